# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel uses IKEv2."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._remedies import suite_fix
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured

RULE = Rule(
    id="ikev1-in-use",
    title="The tunnel uses IKEv2",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="IKEv1 is historic. Its deletes are not acknowledged, so that one lost on the way leaves a stale SA, and "
    "on an ASA it knows no hash better than SHA-1.",
    reads=("show running-config crypto",),
    sources=("RFC 9395", "Cisco ASA VPN STIG V2R2"),
    fixed_by="IKEv2 at both ends, verified, before IKEv1 is removed at both: a human decides",
    stig=("CASA-VN-000160", "V-239952"),
)
SUBJECT = "IKE version"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = [(end, sorted(versions(entry))) for end, _, entry in configured(tunnel.ends)]
    words = " ".join(f"{end.name}: {' and '.join(f'IKEv{each}' for each in offered)}" for end, offered in judged)
    old = [end for end, offered in judged if 1 in offered]
    if old:
        # A device before 8.4 has no IKEv2, and then the other end needs none either.
        able = all(modern(end.device) for end in tunnel.ends)
        wanting = [end for end, offered in judged if able and 2 not in offered]
        fix = [fix for end in wanting if (fix := suite_fix(tunnel, end)) is not None]
        tail = "" if able else ": IKEv2 needs 8.4 or later at both ends"
        findings.append(RULE.fails(tunnel, SUBJECT, words + tail, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end's configuration says")
