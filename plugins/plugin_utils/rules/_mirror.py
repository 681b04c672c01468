# SPDX-License-Identifier: GPL-3.0-or-later
"""The SAs of two ends side by side: what one sends on, what the other accepts.

The receiver decides (RFC 4301 section 4.1): a packet is accepted if its SPI is in the receiver's database, whichever
of its SAs that is. So an outbound SPI is looked for among *all* inbound SAs of the mirrored proxy identities, those
of a rekey in progress included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    End,
    Finding,
    IpsecEntry,
    IpsecSa,
    ProxyIdentities,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names, values

EXPIRING = 60
"""Seconds before its expiry in which an SA may be replaced at any moment."""


@dataclass(frozen=True)
class Side:
    """One end's SAs for one pair of proxy identities, in its newest reading and (if there was one) the earlier."""

    end: End
    entries: tuple[IpsecEntry, ...]
    earlier: tuple[IpsecEntry, ...] | None

    @cached_property
    def sas(self) -> tuple[IpsecSa, ...]:
        return tuple(sa for entry in self.entries for sa in entry.sas)

    @cached_property
    def up(self) -> bool:
        return bool(self.sas) or bool(self.outbound)

    @cached_property
    def outbound(self) -> tuple[int, ...]:
        """The SPIs this end sends on now: one an entry."""
        return tuple(spi for entry in self.entries if (spi := entry.outbound_spi))

    @cached_property
    def inbound(self) -> frozenset[int]:
        return _spis(self.entries, Direction.INBOUND)

    @cached_property
    def changed(self) -> bool:
        if self.earlier is None:
            return False
        return any(_spis(self.entries, each) != _spis(self.earlier, each) for each in Direction) or (
            {entry.outbound_spi for entry in self.entries} != {entry.outbound_spi for entry in self.earlier}
        )

    @cached_property
    def seconds_left(self) -> int | None:
        return min((sa.lifetime_seconds for sa in self.sas if sa.lifetime_seconds is not None), default=None)

    @cached_property
    def incomplete(self) -> str:
        reasons = [entry.incomplete for entry in self.entries] + [sa.incomplete for sa in self.sas]
        return next((reason for reason in reasons if reason), "")

    def grown(self, counter: str) -> int | None:
        """By how much a counter grew between the readings, or ``None`` when that is not known.

        A counter that fell was reset by a clear: its growth is not known either.
        """
        if self.earlier is None or self.changed:
            return None
        now = [entry.counters.get(counter) for entry in self.entries]
        then = [entry.counters.get(counter) for entry in self.earlier]
        if not now or len(now) != len(then) or None in now or None in then:
            return None
        growth = sum(each for each in now if each is not None) - sum(each for each in then if each is not None)
        return growth if growth >= 0 else None


@dataclass(frozen=True)
class Lane:
    """One pair of proxy identities with the side of each end, in the tunnel's order."""

    identities: ProxyIdentities
    sides: tuple[Side, ...]

    def __str__(self) -> str:
        return str(self.identities)

    @cached_property
    def directions(self) -> tuple[tuple[Side, Side], ...]:
        """Sender and receiver, both ways."""
        return tuple((a, b) for a in self.sides for b in self.sides if a is not b)

    @cached_property
    def up(self) -> tuple[Side, ...]:
        return tuple(side for side in self.sides if side.up)

    @cached_property
    def refused(self) -> tuple[Side, ...]:
        """The senders whose packets the other end does not accept. Meant for lanes that are up at both ends."""
        return tuple(sender for sender, receiver in self.directions if not accepted(sender, receiver))

    @cached_property
    def mirrored(self) -> bool:
        return len(self.up) == len(self.sides) and not self.refused

    @cached_property
    def unsettled(self) -> str:
        """Why what was read may already be otherwise, or nothing."""
        for side in self.sides:
            if side.changed:
                return f"{side.end.name}'s SAs changed between the readings"
        for side in self.sides:
            if side.seconds_left is not None and side.seconds_left < EXPIRING:
                return f"an SA of {side.end.name} expires in {side.seconds_left} s"
        return ""


def accepted(sender: Side, receiver: Side) -> bool:
    """Every SPI the sender uses is among the receiver's inbound SAs."""
    return bool(sender.outbound) and receiver.inbound.issuperset(sender.outbound)


@once
def sides(end: End) -> dict[ProxyIdentities, Side]:
    """One end's SAs by proxy identities, its own way round. Empty when it was not read."""
    newest, earlier = _grouped(end.ipsec), _grouped(end.first)
    twice = end.first is not None and end.second is not None
    return {
        identities: Side(end, newest.get(identities, ()), earlier.get(identities, ()) if twice else None)
        for identities in dict.fromkeys([*newest, *(earlier if twice else ())])
    }


@once
def lanes(tunnel: Tunnel) -> tuple[Lane, ...]:
    """The tunnel's proxy identities as its first end names them, each with the sides of its ends.

    Identities that both ends name alike make one lane. Those that have SAs at one end and no counterpart at the other
    are joined to what overlaps them there: one end may hold as one what the other holds as several.
    """
    if len(tunnel.ends) == 1:
        return tuple(Lane(identities, (side,)) for identities, side in sides(tunnel.ends[0]).items())
    left, right = tunnel.ends
    mine = sides(left)
    theirs = {identities.mirrored(): side for identities, side in sides(right).items()}
    lonely_mine = {key: side for key, side in mine.items() if side.up and key not in theirs}
    lonely_theirs = {key: side for key, side in theirs.items() if side.up and key not in mine}
    found = []
    groups = _overlapping(lonely_mine, lonely_theirs)
    for keys in groups:
        both = tuple(
            _merged(end, [known[key] for key in keys if key in known])
            for end, known in ((left, lonely_mine), (right, lonely_theirs))
        )
        found.append(Lane(keys[0], both))
    split = {key for keys in groups for key in keys}
    for key in dict.fromkeys([*mine, *theirs]):
        if key not in split:
            found.append(Lane(key, (mine.get(key, _nothing(left)), theirs.get(key, _nothing(right)))))
    return tuple(sorted(found, key=lambda lane: str(lane.identities)))


@once
def why_not(tunnel: Tunnel) -> str:
    """Why the SAs of the two ends must not be compared, or nothing."""
    if not tunnel.both:
        return tunnel.missing or "the peer is in no inventory"
    unread = [end for end in tunnel.ends if end.first is None and end.second is None]
    if unread:
        return "; ".join(f"the SAs of {end.name} were not read{_because(end)}" for end in unread)
    once = [end for end in tunnel.ends if end.first is None or end.second is None]
    if once:
        return f"{names(once)} {'was' if len(once) == 1 else 'were'} read once: a comparison needs two readings"
    if not tunnel.overlap:
        return "no instant is proven to lie between both readings of both ends"
    return ""


def in_step(tunnel: Tunnel) -> bool:
    """Both ends have SAs, and each is proven to accept what the other sends, in every lane."""
    up = [] if why_not(tunnel) else [lane for lane in lanes(tunnel) if lane.up]
    return bool(up) and all(lane.mirrored for lane in up)


def comparable(rule: Rule, tunnel: Tunnel, subject: str) -> tuple[list[Lane], list[Finding]]:
    """The lanes that may be judged, and what must be said of those that may not."""
    if tunnel.foreign:
        return [], [rule.not_applicable(tunnel, subject, tunnel.missing)]
    reason = why_not(tunnel)
    if reason:
        return [], [rule.unknown(tunnel, subject, reason)]
    judged: list[Lane] = []
    findings: list[Finding] = []
    for lane in lanes(tunnel):
        if reason := unreadable(lane):
            findings.append(rule.unknown(tunnel, subject, reason, where=str(lane)))
        elif lane.unsettled:
            findings.append(rule.transient(tunnel, subject, lane.unsettled, where=str(lane)))
        else:
            judged.append(lane)
    return judged, findings


def unreadable(lane: Lane) -> str:
    """Why this lane was not read whole, or nothing."""
    return next((f"{side.end.name}: {side.incomplete}" for side in lane.sides if side.incomplete), "")


def spi(number: int) -> str:
    return f"0x{number:08X}"


def spis(numbers: Iterable[int], none: str = "nothing") -> str:
    return ", ".join(spi(number) for number in sorted(numbers)) or none


def sends(sender: Side, receiver: Side) -> str:
    return f"{sender.end.name} sends on {spis(sender.outbound)}, {receiver.end.name} accepts {spis(receiver.inbound)}"


def evidence(lane: Lane) -> list[str]:
    """What each end printed about this lane, SA by SA."""
    lines = []
    for side in lane.sides:
        for entry in side.entries:
            for sa in entry.sas:
                left = "" if sa.lifetime_seconds is None else f", {sa.lifetime_seconds} s left"
                current = ", current" if sa.spi in (entry.outbound_spi, entry.current_inbound_spi) else ""
                lines.append(
                    f"{side.end.name}: {entry.identities}: {sa.direction.value} {spi(sa.spi)} ({sa.spi}){current}{left}"
                )
    return lines


def where(lanes: Sequence[Lane]) -> str:
    return str(lanes[0]) if len(lanes) == 1 else f"{len(lanes)} proxy identities"


def live_sides(tunnel: Tunnel) -> list[Side]:
    """Every side that was read, for rules that need no second end."""
    return [side for end in tunnel.ends if end.ipsec is not None for side in sides(end).values()]


def unread(rule: Rule, tunnel: Tunnel, subject: str) -> list[Finding]:
    """One ``unknown`` for each end whose SAs were not read."""
    return [
        rule.unknown(tunnel, subject, f"the SAs of {end.name} were not read{_because(end)}")
        for end in tunnel.ends
        if end.ipsec is None
    ]


def ike_words(tunnel: Tunnel) -> str:
    return values(tunnel, ike_word)


def ike_word(end: End) -> str:
    if end.ike is None:
        return "not read"
    return ", ".join(sa.state for sa in end.ike) or "none"


def alive(end: End) -> bool:
    """An IKE SA to the peer is up at this end."""
    return any(sa.up for sa in end.ike or ())


def _because(end: End) -> str:
    problems = [problem for reading in end.device.readings for problem in reading.problems] or [*end.device.problems]
    return f" ({problems[0]})" if problems else ""


def _nothing(end: End) -> Side:
    return Side(end, (), () if end.first is not None and end.second is not None else None)


def _spis(entries: Iterable[IpsecEntry], direction: Direction) -> frozenset[int]:
    return frozenset(number for entry in entries for number in entry.spis(direction))


def _grouped(entries: Sequence[IpsecEntry] | None) -> dict[ProxyIdentities, tuple[IpsecEntry, ...]]:
    groups: dict[ProxyIdentities, list[IpsecEntry]] = defaultdict(list)
    for entry in entries or ():
        groups[entry.identities].append(entry)
    return {identities: tuple(group) for identities, group in groups.items()}


def _merged(end: End, parts: Sequence[Side]) -> Side:
    entries = tuple(entry for part in parts for entry in part.entries)
    if any(part.earlier is None for part in parts):
        return Side(end, entries, None)
    return Side(end, entries, tuple(entry for part in parts for entry in part.earlier or ()))


def _overlapping(mine: Iterable[ProxyIdentities], theirs: Iterable[ProxyIdentities]) -> list[list[ProxyIdentities]]:
    """Group identities of the two ends that overlap; what touches nothing is left out."""
    index = Index(theirs)
    groups: dict[ProxyIdentities, tuple[list[ProxyIdentities], dict[ProxyIdentities, None]]] = {}
    for key in mine:
        touching = [index.pairs[position] for position in index.near(key)]
        if not touching:
            continue
        # One that overlaps members of several groups makes one group of them: an SA belongs to one lane only.
        joined = list({id(groups[other]): groups[other] for other in touching if other in groups}.values())
        left, right = group = joined[0] if joined else ([], {})
        moved = [other for other in touching if other not in groups]
        for more_left, more_right in joined[1:]:
            left += more_left
            moved += more_right
        left.append(key)
        right.update(dict.fromkeys(moved))
        groups.update(dict.fromkeys(moved, group))
    return [[*left, *right] for left, right in {id(group): group for group in groups.values()}.values()]
