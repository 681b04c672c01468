# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end sends on the SA that is the other's current one."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Side,
    comparable,
    evidence,
    spis,
    where,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="spi-match-noncurrent",
    title="Each end sends on the SA that is the other's current one",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="During a rekey the old SA is kept until it dies, so sending on it for moments is normal. For minutes, "
    "it means that one end missed the switch; when the old SA expires the traffic stops.",
    reads=("show crypto ipsec sa",),
    sources=("Cisco bugs CSCvx23833, CSCwc54984",),
    fixed_by="wait one rekey; then clear_ipsec_sa by hand",
    practice=True,
)
SUBJECT = "current SA"
PATIENCE = 120


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    yield from findings
    mirrored = [lane for lane in lanes if lane.mirrored]
    judged = [lane for lane in mirrored if all(_current(side) for side in lane.sides)]
    late = False
    for lane in judged:
        for sender, receiver in lane.directions:
            if not _current(receiver).issuperset(sender.outbound):
                late = True
                lasting = tunnel.interval is not None and tunnel.interval >= PATIENCE
                yield RULE.fails(
                    tunnel,
                    SUBJECT,
                    f"{sender.end.name} sends on {spis(sender.outbound)}, "
                    f"{receiver.end.name}'s current one is {spis(_current(receiver))}",
                    where=str(lane),
                    severity=Severity.WARNING if lasting else Severity.INFO,
                    evidence=evidence(lane),
                )
    if late or findings:
        return
    if judged:
        yield RULE.passes(tunnel, SUBJECT, "both ends are in step", where=where(judged))
    elif mirrored:
        yield RULE.not_applicable(tunnel, SUBJECT, "the release prints no current inbound SPI")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no proxy identities whose SPIs mirror")


def _current(side: Side) -> frozenset[int]:
    """The inbound SPIs that this end calls current; before 8.4 only a single one can be known for current."""
    printed = frozenset(entry.current_inbound_spi for entry in side.entries if entry.current_inbound_spi)
    if printed:
        return printed
    return side.inbound if len(side.inbound) == len(side.entries) else frozenset()
