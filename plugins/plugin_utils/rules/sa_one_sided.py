# SPDX-License-Identifier: GPL-3.0-or-later
"""SAs exist at both ends or at none."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Side,
    comparable,
    evidence,
    spis,
    where,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="sa-one-sided",
    title="SAs exist at both ends or at none",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="One end encrypts into the void: the other lost its SAs, and the delete notice, which IKEv1 does not "
    "acknowledge, was lost or never sent.",
    reads=("show crypto ipsec sa",),
    sources=("ASA syslog messages, 402114",),
    fixed_by="clear_ipsec_sa",
    safe=True,
)
SUBJECT = "SAs"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    yield from findings
    one_sided = [lane for lane in lanes if len(lane.up) == 1]
    for lane in one_sided:
        words = " ".join(_words(side) for side in lane.sides)
        yield RULE.fails(tunnel, SUBJECT, words, where=str(lane), evidence=evidence(lane), fix=clears(tunnel))
    both = [lane for lane in lanes if len(lane.up) == 2]
    if findings or one_sided:
        return
    if both:
        yield RULE.passes(tunnel, SUBJECT, "both ends have them", where=where(both))
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA at either end: see sa-missing-both")


def _words(side: Side) -> str:
    if not side.up:
        return f"{side.end.name}: none"
    return f"{side.end.name}: out {spis(side.outbound)} in {spis(side.inbound)}"
