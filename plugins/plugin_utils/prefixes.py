# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks to look up in: which of them cover one, and which lie within it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Generic, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Network

T = TypeVar("T")
# Version, address and length: sorted so, a part follows what it is a part of.
Key = tuple[int, int, int]


class Prefixes(Generic[T]):
    """Values by network. Two networks overlap only when one covers the other, so two searches find everything.

    A search costs one look for each prefix length in use, plus what it finds.
    """

    def __init__(self, items: Iterable[tuple[Network, T]]) -> None:
        exact: dict[Key, list[T]] = defaultdict(list)
        self._network: dict[Key, Network] = {}
        for network, value in items:
            key = (network.version, int(network.network_address), network.prefixlen)
            exact[key].append(value)
            self._network[key] = network
        self._exact = dict(exact)
        self._lengths = {
            version: sorted({length for each, _, length in exact if each == version}, reverse=True)
            for version in (4, 6)
        }
        self._keys = sorted(exact)
        self._before = [0, *accumulate(len(exact[key]) for key in self._keys)]

    def covering(self, network: Network) -> Iterator[tuple[Network, T]]:
        """What covers the network or is it, the narrowest first."""
        for key in self._holders(network):
            for value in self._exact[key]:
                yield self._network[key], value

    def within(self, network: Network) -> Iterator[tuple[Network, T]]:
        """What is narrower than the network and a part of it, by address."""
        low, high = self._bounds(network)
        for key in self._keys[low:high]:
            for value in self._exact[key]:
                yield self._network[key], value

    def overlapping(self, network: Network) -> Iterator[tuple[Network, T]]:
        yield from self.covering(network)
        yield from self.within(network)

    def count(self, network: Network) -> int:
        """How many overlap, without finding them."""
        low, high = self._bounds(network)
        return sum(len(self._exact[key]) for key in self._holders(network)) + self._before[high] - self._before[low]

    def common(self, network: Network) -> list[Network]:
        """What the network has in common with those known: itself, its parts, or nothing."""
        if next(self.covering(network), None) is not None:
            return [network]
        found: list[Network] = []
        for part, _ in self.within(network):
            if not found or int(part.network_address) > int(found[-1].broadcast_address):
                found.append(part)
        return found

    def _holders(self, network: Network) -> Iterator[Key]:
        base, bits = int(network.network_address), network.max_prefixlen
        for length in self._lengths[network.version]:
            if length <= network.prefixlen:
                shift = bits - length
                key = (network.version, base >> shift << shift, length)
                if key in self._exact:
                    yield key

    def _bounds(self, network: Network) -> tuple[int, int]:
        """The keys of what is narrower: at the network's own address those that are longer, and all that follow."""
        version, base, bits = network.version, int(network.network_address), network.max_prefixlen
        last = base + network.num_addresses - 1
        low = bisect_right(self._keys, (version, base, network.prefixlen))
        return low, bisect_right(self._keys, (version, last, bits))
