# SPDX-License-Identifier: GPL-3.0-or-later
"""No second list decides what passes the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import Effective, group_policies
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="gp-vpn-filter",
    title="No second list decides what passes the tunnel",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="SAs are up, packets are decrypted, and nothing arrives: a vpn-filter drops them after the tunnel. It is "
    "often wanted, and has to be known. A change to it counts only for sessions made afterwards.",
    reads=("show running-config group-policy", "show running-config all tunnel-group"),
    sources=("ASA command reference, vpn-filter", "Cisco TechNote 99103: VPN filters on ASA"),
    fixed_by="nothing to mend; a human decides whether the filter is wanted",
    stig=("CASA-VN-000300", "V-239960"),
)
SUBJECT = "vpn-filter"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = group_policies(RULE, tunnel, SUBJECT)
    words = " ".join(f"{each.end.name}: {_words(each)}" for each in known)
    if any(each.policy.filter for each in known):
        findings.append(RULE.fails(tunnel, SUBJECT, words))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)


def _words(found: Effective) -> str:
    return (found.policy.filter or "none") + found.mark("filter")
