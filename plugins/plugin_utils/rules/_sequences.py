# SPDX-License-Identifier: GPL-3.0-or-later
"""The sequences of a device's crypto maps, in the order in which a packet is tried against them.

A packet is taken by the first line that permits it. A line that denies it ends this sequence's list, and the next
sequence is tried (Cisco ASA CLI configuration guide, "Cascading ACLs in a Crypto Map Set"). So what is above a tunnel's
own sequence decides what that tunnel gets.

A hub has thousands of sequences and as many tunnels, each of which asks what is above it. Networks overlap only when
one holds the other, so that the holders of a network are found by its shortened forms and what it holds by its place in
a sorted list: a question looks at what overlaps, not at everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    CryptoMapEntry,
    Network,
    ProxyIdentities,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._once import once


def within(inner: ProxyIdentities, outer: ProxyIdentities) -> bool:
    """Whether every packet of the one is a packet of the other."""
    return _side_within(inner.local, outer.local) and _side_within(inner.remote, outer.remote)


def overlap(a: ProxyIdentities, b: ProxyIdentities) -> bool:
    """Whether some packet is of both."""
    return _sides_meet(a.local, b.local) and _sides_meet(a.remote, b.remote)


def traffic(rule: AccessRule) -> ProxyIdentities:
    return ProxyIdentities(rule.source, rule.destination)


def deciding_lines(access_list: AccessList) -> list[AccessRule]:
    """The active lines, without the second of two that say the same: groups give thousands of them."""
    said: dict[Hashable, AccessRule] = {}
    for rule in access_list.rules:
        if not rule.inactive:
            said.setdefault((rule.source, rule.destination, rule.permit, rule.time_range), rule)
    return [*said.values()]


_FEW = 16
"""So many are looked at one by one: that costs less than an index."""


class Index:
    """Proxy identities in order, to find those that overlap given ones."""

    def __init__(self, pairs: Iterable[ProxyIdentities]) -> None:
        self.pairs = tuple(pairs)
        large = len(self.pairs) > _FEW
        self._local = _Axis([pair.local.network for pair in self.pairs]) if large else None
        self._remote = _Axis([pair.remote.network for pair in self.pairs]) if large else None

    def near(self, pair: ProxyIdentities, start: int = 0, stop: int | None = None) -> Iterator[int]:
        """The positions from ``start`` and before ``stop`` of what overlaps, in order."""
        few: Sequence[int] = range(len(self.pairs))
        if self._local is not None and self._remote is not None:
            sides = ((self._remote, pair.remote.network), (self._local, pair.local.network))
            # Many sites share one side (the hub's), hardly any the other: ask the side that tells them apart.
            (axis, network), (other, beyond) = sorted(sides, key=lambda side: side[0].at_most(side[1]))
            found = axis.near(network)
            if len(found) > _FEW and 2 * other.at_most(beyond) < len(self.pairs):
                # Neither side tells much alone, as in a list that is the product of two groups.
                found = list(set(found).intersection(other.near(beyond)))
            few = sorted(found)
        few = few[bisect_left(few, start) : None if stop is None else bisect_left(few, stop)]
        return (position for position in few if overlap(pair, self.pairs[position]))

    def holds(self, pair: ProxyIdentities) -> bool:
        """Whether one of them holds all of these packets."""
        return any(within(pair, self.pairs[position]) for position in self.near(pair))


class _Axis:
    """The networks of one side: those that hold another, and those that it holds."""

    def __init__(self, networks: Sequence[Network]) -> None:
        exact: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for position, network in enumerate(networks):
            first = int(network.network_address)
            exact[network.version, network.prefixlen, first >> network.max_prefixlen - network.prefixlen].append(
                position
            )
            starts[network.version].append((first, position))
        self.exact = dict(exact)
        self.networks = networks
        self.lengths = sorted({(network.version, network.prefixlen) for network in networks})
        self.starts = {version: sorted(each) for version, each in starts.items()}

    def near(self, network: Network) -> list[int]:
        first, size = int(network.network_address), network.max_prefixlen
        found: list[int] = []
        for version, length in self.lengths:
            if version == network.version and length <= network.prefixlen:
                found += self.exact.get((version, length, first >> size - length), ())
        low, high = self._bounds(network)
        held = (position for _, position in self.starts.get(network.version, [])[low:high])
        found += (position for position in held if self.networks[position].prefixlen > network.prefixlen)
        return found

    def at_most(self, network: Network) -> int:
        """How many ``near`` may find, without finding them."""
        first, size = int(network.network_address), network.max_prefixlen
        holders = sum(
            len(self.exact.get((version, length, first >> size - length), ()))
            for version, length in self.lengths
            if version == network.version and length <= network.prefixlen
        )
        low, high = self._bounds(network)
        return holders + high - low

    def _bounds(self, network: Network) -> tuple[int, int]:
        starts = self.starts.get(network.version, [])
        low = bisect_left(starts, (int(network.network_address), -1))
        return low, bisect_right(starts, (int(network.broadcast_address), len(self.networks)))


@dataclass(frozen=True)
class Clash:
    """A line of another sequence that takes traffic of a tunnel's own line: all of it (``whole``), or a part."""

    entry: CryptoMapEntry
    theirs: ProxyIdentities
    mine: ProxyIdentities
    whole: bool

    def __str__(self) -> str:
        return f"{self.mine} by {self.entry} ({self.theirs})"

    @property
    def specific(self) -> bool:
        """The other line is a part of this tunnel's: the order in which one line is meant to except from another."""
        return within(self.theirs, self.mine) and not within(self.mine, self.theirs)


class Sequences:
    """One crypto map: the lines of its static sequences in the order tried.

    A list that several sequences match stands once, with the first of them: what it holds is taken there.
    """

    def __init__(self, config: Config, name: str) -> None:
        lines: list[tuple[CryptoMapEntry, AccessRule]] = []
        self.opaque: list[CryptoMapEntry] = []
        ordered = sorted((each for each in config.crypto_maps if each.map == name), key=lambda entry: entry.sequence)
        self.dynamic = [entry for entry in ordered if entry.dynamic_map is not None]
        self._uses: dict[str, list[CryptoMapEntry]] = defaultdict(list)
        for entry in ordered:
            # The device passes over an entry that is incomplete (map-entry-incomplete).
            if entry.access_list is None or not entry.peers or not (entry.transform_sets or entry.ikev2_proposals):
                continue
            access_list = config.access_lists.get(entry.access_list)
            if access_list is None or access_list.unresolved:
                self.opaque.append(entry)
            uses = self._uses[entry.access_list]
            uses.append(entry)
            if access_list is not None and len(uses) == 1:
                lines += ((entry, rule) for rule in deciding_lines(access_list))
        self.entries = [entry for entry, _ in lines]
        self.rules = [rule for _, rule in lines]
        self._last = max((uses[-1].sequence for uses in self._uses.values()), default=0)
        self._numbers = [entry.sequence for entry in self.entries]
        self._index = Index(traffic(rule) for rule in self.rules)

    def above(self, entry: CryptoMapEntry, mine: ProxyIdentities) -> list[Clash]:
        """What earlier sequences take of a line of ``entry``, up to the first that takes all of it."""
        near = self._index.near(mine, stop=self.before(entry))
        return self._clashes(mine, ((self.entries[position], position) for position in near))

    def before(self, entry: CryptoMapEntry) -> int:
        """How many lines stand above ``entry``: what ``above`` says depends on nothing else of it."""
        return bisect_left(self._numbers, entry.sequence)

    def after(self, entry: CryptoMapEntry) -> bool:
        """Whether a later sequence has a list."""
        return self._last > entry.sequence

    def below(self, entry: CryptoMapEntry, mine: ProxyIdentities) -> list[Clash]:
        """What later sequences would take of a line of ``entry`` if that line were not."""
        near = ((self._next_use(position, entry), position) for position in self._index.near(mine))
        later = [(use, position) for use, position in near if use is not None]
        return self._clashes(mine, sorted(later, key=lambda each: (each[0].sequence, each[1])))

    def _next_use(self, position: int, entry: CryptoMapEntry) -> CryptoMapEntry | None:
        uses = self._uses[self.entries[position].access_list or ""]
        found = bisect_right(uses, entry.sequence, key=lambda use: use.sequence)
        return uses[found] if found < len(uses) else None

    def unread_above(self, entry: CryptoMapEntry) -> CryptoMapEntry | None:
        """The first earlier sequence whose list is not known whole."""
        return next((each for each in self.opaque if each.sequence < entry.sequence), None)

    def _clashes(self, mine: ProxyIdentities, lines: Iterable[tuple[CryptoMapEntry, int]]) -> list[Clash]:
        found: list[Clash] = []
        # A denial sends what it matches to the next sequence, past the rest of its own: all of this line or a part.
        passed: set[int] = set()
        parted: set[int] = set()
        for entry, position in lines:
            rule, theirs = self.rules[position], self._index.pairs[position]
            if entry.sequence in passed:
                continue
            always = within(mine, theirs) and rule.time_range is None
            if not rule.permit:
                (passed if always else parted).add(entry.sequence)
                continue
            whole = always and entry.sequence not in parted
            found.append(Clash(entry, theirs, mine, whole))
            if whole:
                break
        return found


def sequences(config: Config, name: str) -> Sequences:
    """A crypto map's sequences, made once for a configuration."""
    return once(config, ("sequences", name), lambda: Sequences(config, name))


def _side_within(inner: Selector, outer: Selector) -> bool:
    if not _held(inner.network, outer.network) or outer.protocol not in (0, inner.protocol):
        return False
    if not (outer.port_low or outer.port_high):
        return True
    narrow = bool(inner.port_low or inner.port_high)
    return narrow and outer.port_low <= inner.port_low and inner.port_high <= outer.port_high


def _sides_meet(a: Selector, b: Selector) -> bool:
    if not (_held(a.network, b.network) or _held(b.network, a.network)):
        return False
    if a.protocol and b.protocol and a.protocol != b.protocol:
        return False
    if not (a.port_low or a.port_high) or not (b.port_low or b.port_high):
        return True
    return a.port_low <= b.port_high and b.port_low <= a.port_high


def _held(inner: Network, outer: Network) -> bool:
    if inner.version != outer.version or inner.prefixlen < outer.prefixlen:
        return False
    shift = outer.max_prefixlen - outer.prefixlen
    return int(inner.network_address) >> shift == int(outer.network_address) >> shift
