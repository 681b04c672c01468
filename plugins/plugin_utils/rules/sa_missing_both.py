# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic makes SAs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import comparable, where
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="sa-missing-both",
    title="Traffic makes SAs",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="An on-demand tunnel without traffic has no SAs, and that is health, unless the catalogue declares it "
    "always on. With traffic sent on purpose and still no SA at either end, the traffic does not reach the crypto map "
    "or the negotiation fails.",
    reads=("show crypto ipsec sa",),
    fixed_by="look at the configuration match rules, routing and NAT exemption: a human decides",
    practice=True,
    limits={"always_on": False},
)
SUBJECT = "SAs at either end"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    up = [lane for lane in lanes if lane.up]
    if up:
        yield RULE.passes(tunnel, SUBJECT, "present", where=where(up))
    elif findings:
        yield from findings
    elif tunnel.stimulated:
        yield RULE.fails(tunnel, SUBJECT, "none, though traffic was sent between the readings")
    elif limits["always_on"]:
        yield RULE.fails(tunnel, SUBJECT, "none, though the tunnel is declared always on", severity=Severity.ERROR)
    else:
        yield RULE.passes(tunnel, SUBJECT, "none: idle, and traffic will make them")
