# SPDX-License-Identifier: GPL-3.0-or-later
"""An end keeps no more SAs than a rekey needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    Finding,
    Group,
    IpsecSa,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side, live_sides, spis, unread
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="sa-duplicate-stale",
    title="An end keeps no more SAs than a rekey needs",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="A rekey has two inbound SAs for a while. More than one outbound or two inbound SAs in both readings "
    "are leaked: the data path may use one that the control plane has forgotten.",
    reads=("show crypto ipsec sa",),
    sources=("Cisco bug CSCwc48375",),
    fixed_by="clear_ipsec_sa; if they stay, failover or reload: a human decides",
)
SUBJECT = "leaked SAs"
EXPIRING = 120


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread(RULE, tunnel, SUBJECT)
    judged = [side for side in live_sides(tunnel) if side.up]
    for side in judged:
        place = str(side.entries[0].identities)
        words = f"{side.end.name}: outbound {spis(_outbound(side))} inbound {spis(side.inbound)}"
        if not _too_many(side, side.sas):
            continue
        # The pair before a rekey says so until it is deleted, and may have hours left.
        kept = not _too_many(side, [sa for sa in side.sas if not sa.rekeyed]) and (tunnel.interval or 0) < EXPIRING
        if kept or side.changed or (side.seconds_left is not None and side.seconds_left < EXPIRING):
            findings.append(RULE.transient(tunnel, SUBJECT, f"{words}: a rekey is in progress", where=place))
        elif side.earlier is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"{words}: read once", where=place))
        else:
            findings.append(RULE.fails(tunnel, SUBJECT, words, where=place))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, "none")
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA at any end")


def _too_many(side: Side, sas: Sequence[IpsecSa]) -> bool:
    """More than one outbound or two inbound SAs, for each entry of these proxy identities."""
    inbound, outbound = ({sa.spi for sa in sas if sa.direction is each} for each in Direction)
    return len(outbound) > len(side.entries) or len(inbound) > 2 * len(side.entries)


def _outbound(side: Side) -> frozenset[int]:
    return frozenset(sa.spi for sa in side.sas if sa.direction is Direction.OUTBOUND)
