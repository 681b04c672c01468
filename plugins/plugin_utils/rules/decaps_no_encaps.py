# SPDX-License-Identifier: GPL-3.0-or-later
"""An end that decrypts also answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import overlap
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side, live_sides, unread
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="decaps-no-encaps",
    title="An end that decrypts also answers",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="The tunnel delivers and the end never answers into it: NAT exemption, routing inside, an interface "
    "access list or a vpn-filter at that end, which no clear mends. When all of these are right, its data path may "
    "hold an entry that nobody renewed (asp-context-stale), which a clear by hand may free.",
    reads=("show crypto ipsec sa",),
    fixed_by="NAT exemption, routing and filters of the silent end: a human decides",
    practice=True,
)
SUBJECT = "answers"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread(RULE, tunnel, SUBJECT)
    sides = [side for side in live_sides(tunnel) if side.up]
    grown = [(side, side.grown("pkts encaps"), side.grown("pkts decaps")) for side in sides]
    judged = [(side, out, back) for side, out, back in grown if out is not None and back is not None]
    answering = [side for side, out, _ in judged if out > 0]
    one_way = [(side, back) for side, out, back in judged if out == 0 and back > 0 and not _shared(side, answering)]
    for side, back in one_way if tunnel.stimulated else ():
        # Nobody knows which of them the stimulus took: the answers of the others may be the answers to it.
        elsewhere = any(each.end is side.end for each in answering)
        words = f"{side.end.name}: decaps +{back} encaps +0"
        findings.append(
            RULE.fails(
                tunnel,
                SUBJECT,
                words + (", though it answers on other proxy identities" if elsewhere else ""),
                where=_where(side),
                severity=Severity.WARNING if elsewhere else Severity.CRITICAL,
            )
        )
    yield from findings
    if findings:
        return
    if one_way:
        words = " ".join(f"{side.end.name}: decaps +{back} encaps +0" for side, back in one_way)
        yield RULE.passes(tunnel, SUBJECT, f"{words}: one-way traffic is legal, and no stimulus was sent")
    elif judged:
        yield RULE.passes(tunnel, SUBJECT, "no end decrypts without encrypting")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SAs with counters in both readings")


def _where(side: Side) -> str:
    return str(side.entries[0].identities)


def _shared(side: Side, answering: Sequence[Side]) -> bool:
    """Several SAs may hold the same packet, and what comes in on one may go back on another."""
    mine = side.entries[0].identities
    return any(each.end is side.end and overlap(each.entries[0].identities, mine) for each in answering)
