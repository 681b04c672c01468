# SPDX-License-Identifier: GPL-3.0-or-later
"""Packet counters move when there is traffic."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side, comparable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="counters-frozen",
    title="Packet counters move when there is traffic",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="The tunnel is up and nothing is encrypted or decrypted though traffic was sent on purpose. Without a "
    "stimulus counters that stand still only say that nobody had anything to send.",
    reads=("show crypto ipsec sa",),
    sources=("supportforums.cisco.com/discussion/10546926/spi-mismatch",),
    fixed_by="routing, NAT exemption and the crypto access list decide what enters the tunnel: a human decides",
)
SUBJECT = "packet counters"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    sides = [side for lane in lanes if len(lane.up) == 2 for side in lane.sides]
    grown = [side.grown(counter) for side in sides for counter in ("pkts encaps", "pkts decaps")]
    words = values(tunnel, lambda end: _words([side for side in sides if side.end is end]))
    if any(grown):
        yield RULE.passes(tunnel, SUBJECT, words)
    elif findings:
        yield from findings
    elif not grown or None in grown:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SAs at both ends with counters in both readings")
    elif tunnel.stimulated:
        yield RULE.fails(tunnel, SUBJECT, f"{words}, though traffic was sent")
    else:
        yield RULE.passes(tunnel, SUBJECT, f"{words}: idle, and no stimulus was sent")


def _words(sides: list[Side]) -> str:
    encaps, decaps = (sum(side.grown(f"pkts {label}") or 0 for side in sides) for label in ("encaps", "decaps"))
    return f"encaps +{encaps} decaps +{decaps}"
