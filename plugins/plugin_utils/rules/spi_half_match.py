# SPDX-License-Identifier: GPL-3.0-or-later
"""SPIs match in both directions or in none."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import comparable, evidence, sends, where
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="spi-half-match",
    title="SPIs match in both directions or in none",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="One direction carries traffic and the other is dropped: encaps grow and decaps do not. It refines "
    "spi-mirror-mismatch, which fails too: the end whose packets are refused is the one that missed the rekey.",
    reads=("show crypto ipsec sa",),
    sources=("RFC 4301 section 4.1",),
    fixed_by="clear_ipsec_sa",
    safe=True,
    practice=True,
)
SUBJECT = "one-way SPI match"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    yield from findings
    both = [lane for lane in lanes if len(lane.up) == 2]
    half = [lane for lane in both if len(lane.refused) == 1]
    for lane in half:
        bad = next(each for each in lane.directions if each[0] in lane.refused)
        good = next(each for each in lane.directions if each[0] not in lane.refused)
        words = f"refused: {sends(*bad)}; accepted: {sends(*good)}"
        yield RULE.fails(tunnel, SUBJECT, words, where=str(lane), evidence=evidence(lane), fix=clears(tunnel))
    whole = [lane for lane in both if not lane.refused]
    if findings or half:
        return
    if whole:
        yield RULE.passes(tunnel, SUBJECT, "each end accepts what the other sends", where=where(whole))
    elif both:
        yield RULE.not_applicable(tunnel, SUBJECT, "neither direction matches: see spi-mirror-mismatch")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no proxy identities have SAs at both ends")
