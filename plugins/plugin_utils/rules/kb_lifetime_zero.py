# SPDX-License-Identifier: GPL-3.0-or-later
"""No SA has used up its volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, IpsecSa, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side, live_sides, spi, unread
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="kb-lifetime-zero",
    title="No SA has used up its volume",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="When the kilobytes of an SA are used up it must be rekeyed at once. Releases with CSCtq57752 do not, "
    "and the tunnel carries nothing until the SA is cleared, seconds left or not.",
    reads=("show crypto ipsec sa", "show running-config crypto"),
    sources=("Cisco bug CSCtq57752", "engineerdirect.co.uk: tunnel stops passing traffic until the SA is cleared"),
    fixed_by="clear_ipsec_sa, then upgrade",
    safe=True,
)
SUBJECT = "volume left"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread(RULE, tunnel, SUBJECT)
    sides = [side for side in live_sides(tunnel) if side.up and not _unlimited(side.end)]
    for side in sides:
        # The old SA of a rekey ends at zero, and its successor carries the traffic.
        current = {*side.outbound, *(entry.current_inbound_spi for entry in side.entries)}
        newest = [sa for sa in side.sas if not sa.rekeyed and (sa.spi in current or not _replaced(sa, side.sas))]
        for sa in filter(_used_up, newest):
            if side.changed:
                findings.append(RULE.transient(tunnel, SUBJECT, f"{side.end.name}'s SAs changed between the readings"))
                break
            words = f"{side.end.name}: {sa.direction.value} {spi(sa.spi)} (0/{sa.lifetime_seconds})"
            if side.earlier is None:
                words += ": read once, and a rekey by volume may be under way"
                findings.append(RULE.unknown(tunnel, SUBJECT, words, where=str(side.entries[0].identities)))
                continue
            findings.append(
                RULE.fails(
                    tunnel,
                    SUBJECT,
                    words + (", and packets still pass" if _moves(side) else ""),
                    where=str(side.entries[0].identities),
                    severity=Severity.WARNING if _moves(side) else Severity.CRITICAL,
                    fix=clears(tunnel),
                )
            )
    yield from findings
    if not findings and sides:
        yield RULE.passes(tunnel, SUBJECT, "every SA has some, or has no limit")
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA with a limited volume")


def _replaced(sa: IpsecSa, every: Sequence[IpsecSa]) -> bool:
    """Another SA of the same direction still has volume left."""
    return any(each.direction is sa.direction and not _used_up(each) for each in every if each is not sa)


def _used_up(sa: IpsecSa) -> bool:
    return sa.lifetime_kilobytes == 0 and bool(sa.lifetime_seconds)


def _unlimited(end: End) -> bool:
    config, entry = end.device.config, end.map_entry
    if config is None:
        return False
    own = entry.lifetime_kilobytes if entry is not None else None
    return (config.lifetime_kilobytes if own is None else own) == 0


def _moves(side: Side) -> bool:
    return bool(side.grown("pkts encaps")) and bool(side.grown("pkts decaps"))
