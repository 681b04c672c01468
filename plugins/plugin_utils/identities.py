# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy identities as sets of packets: which hold others, which have packets in common, and how to find those.

A hub has thousands of them and as many tunnels that ask. A question looks at what overlaps, not at everything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessRule,
    Network,
    ProxyIdentities,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes


def within(inner: ProxyIdentities, outer: ProxyIdentities) -> bool:
    """Whether every packet of the one is a packet of the other."""
    return _side_within(inner.local, outer.local) and _side_within(inner.remote, outer.remote)


def overlap(a: ProxyIdentities, b: ProxyIdentities) -> bool:
    """Whether some packet is of both."""
    return _sides_meet(a.local, b.local) and _sides_meet(a.remote, b.remote)


def traffic(rule: AccessRule) -> ProxyIdentities:
    return ProxyIdentities(rule.source, rule.destination)


_FEW = 16
"""So many are looked at one by one: that costs less than an index."""


class Index:
    """Proxy identities in order, to find those that overlap given ones."""

    def __init__(self, pairs: Iterable[ProxyIdentities]) -> None:
        self.pairs = tuple(pairs)
        large = len(self.pairs) > _FEW
        self._local = Prefixes((pair.local.network, at) for at, pair in enumerate(self.pairs)) if large else None
        self._remote = Prefixes((pair.remote.network, at) for at, pair in enumerate(self.pairs)) if large else None

    def near(self, pair: ProxyIdentities, start: int = 0, stop: int | None = None) -> Iterator[int]:
        """The positions from ``start`` and before ``stop`` of what overlaps, in order."""
        few: Sequence[int] = range(len(self.pairs))
        if self._local is not None and self._remote is not None:
            sides = ((self._remote, pair.remote.network), (self._local, pair.local.network))
            # Many sites share one side (the hub's), hardly any the other: ask the side that tells them apart.
            (known, network), (others, beyond) = sorted(sides, key=lambda side: side[0].count(side[1]))
            found = {position for _, position in known.overlapping(network)}
            if len(found) > _FEW and 2 * others.count(beyond) < len(self.pairs):
                # Neither side tells much alone, as in a list that is the product of two groups.
                found &= {position for _, position in others.overlapping(beyond)}
            few = sorted(found)
        few = few[bisect_left(few, start) : None if stop is None else bisect_left(few, stop)]
        return (position for position in few if overlap(pair, self.pairs[position]))

    def holds(self, pair: ProxyIdentities) -> bool:
        """Whether one of them holds all of these packets."""
        return any(within(pair, self.pairs[position]) for position in self.near(pair))


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
