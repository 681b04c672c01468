# SPDX-License-Identifier: GPL-3.0-or-later
"""No clock ends the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import (
    Effective,
    group_policies,
    policy_fix,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="gp-session-timeout",
    title="No clock ends the tunnel",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="A session timeout tears the tunnel down in the middle of traffic, at the same distance from every "
    "start: outages that come like clockwork (713050, maximum time exceeded).",
    reads=("show running-config group-policy", "show running-config all tunnel-group"),
    sources=("ASA command reference, vpn-session-timeout", "ASA syslog messages, 713050"),
    fixed_by="vpn-session-timeout none in a group-policy of the tunnel's own: a human decides",
)
SUBJECT = "session timeout"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = group_policies(RULE, tunnel, SUBJECT)
    words = " ".join(f"{each.end.name}: {_words(each)}" for each in known)
    timed = [each for each in known if each.policy.session_timeout]
    if timed:
        fix = [policy_fix(each, "vpn-session-timeout none") for each in timed]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)


def _words(found: Effective) -> str:
    minutes = found.policy.session_timeout
    return (f"{minutes} minutes" if minutes else "none") + found.mark("session_timeout")
