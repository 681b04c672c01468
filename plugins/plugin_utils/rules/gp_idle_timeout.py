# SPDX-License-Identifier: GPL-3.0-or-later
"""An idle tunnel stays up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import (
    Effective,
    group_policies,
    policy_fix,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="gp-idle-timeout",
    title="An idle tunnel stays up",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="The default of 30 minutes holds for site-to-site tunnels too. The end with the shorter timeout deletes "
    "the tunnel, and when its delete is lost the other end keeps SAs that nobody has. A tunnel that is made on demand "
    "may idle out: then set always_on to false.",
    reads=("show running-config group-policy", "show running-config all tunnel-group"),
    sources=("ASA command reference, vpn-idle-timeout", "itsecworks.com: defaults of site-to-site tunnels on ASA"),
    fixed_by="lift_idle_timeout",
    safe=True,
    limits={"always_on": True},
)
SUBJECT = "idle timeout"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    known, findings = group_policies(RULE, tunnel, SUBJECT)
    timed = [each for each in known if each.policy.idle_timeout]
    words = " ".join(f"{each.end.name}: {_words(each)}" for each in known)
    if timed:
        shortest = min(each.policy.idle_timeout or 0 for each in timed)
        first = " and ".join(each.end.name for each in timed if each.policy.idle_timeout == shortest)
        verb = "deletes" if " and " not in first else "delete"
        said = f"{words}: {first} {verb} the tunnel after {shortest} minutes without traffic"
        severity = Severity.WARNING if limits["always_on"] else Severity.INFO
        fix = [policy_fix(each, "vpn-idle-timeout none", safe=True) for each in timed]
        findings.append(RULE.fails(tunnel, SUBJECT, said, severity=severity, fix=fix))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)


def _words(found: Effective) -> str:
    minutes = found.policy.idle_timeout
    return (f"{minutes} minutes" if minutes else "none") + found.mark("idle_timeout")
