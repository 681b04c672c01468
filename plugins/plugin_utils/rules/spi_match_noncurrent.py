# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end sends on the SA that is the other's current one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    Finding,
    Group,
    IpsecEntry,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._age import ipsec_lifetime
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
                age = _age(tunnel, receiver)
                lasting = max(age or 0, tunnel.interval or 0) >= PATIENCE
                old = f", which is {duration(age)} old" if age is not None else ""
                yield RULE.fails(
                    tunnel,
                    SUBJECT,
                    f"{sender.end.name} sends on {spis(sender.outbound)}, "
                    f"{receiver.end.name}'s current one is {spis(_current(receiver))}{old}",
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


def _age(tunnel: Tunnel, side: Side) -> int | None:
    """How old this end's youngest current SA was at the earlier reading at the least, ``None`` when not known.

    Between the readings nothing changed, or the lane would not be judged: so it was as old as this at both.
    """
    lifetime = ipsec_lifetime(tunnel)
    if lifetime is None or side.earlier is None or _printed(side.earlier) != _current(side):
        return None
    left = [
        sa.lifetime_seconds
        for entry in side.earlier
        for sa in entry.sas
        if sa.direction is Direction.INBOUND and sa.spi in _current(side)
    ]
    known = [seconds for seconds in left if seconds is not None]
    return max(0, lifetime - max(known)) if known and len(known) == len(left) else None


def _printed(entries: Iterable[IpsecEntry]) -> frozenset[int]:
    return frozenset(entry.current_inbound_spi for entry in entries if entry.current_inbound_spi)


def _current(side: Side) -> frozenset[int]:
    """The inbound SPIs that this end calls current; before 8.4 only a single one can be known for current."""
    printed = _printed(side.entries)
    if printed:
        return printed
    return side.inbound if len(side.inbound) == len(side.entries) else frozenset()
