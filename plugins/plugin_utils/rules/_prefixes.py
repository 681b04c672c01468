# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks to look up in: which of them cover one, and which lie within it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Network

T = TypeVar("T")


class Prefixes(Generic[T]):
    """Values by network. Two networks overlap only when one covers the other, so two searches find everything.

    A search costs one look for each prefix length in use, plus what it finds.
    """

    def __init__(self, items: Iterable[tuple[Network, T]]) -> None:
        self._exact: dict[tuple[int, int, int], list[T]] = defaultdict(list)
        self._network: dict[tuple[int, int, int], Network] = {}
        for network, value in items:
            key = (network.version, network.prefixlen, int(network.network_address))
            self._exact[key].append(value)
            self._network[key] = network
        self._lengths = {
            version: sorted({length for each, length, _ in self._exact if each == version}, reverse=True)
            for version in (4, 6)
        }
        self._keys = {
            version: sorted((key for key in self._exact if key[0] == version), key=lambda key: (key[2], key[1]))
            for version in (4, 6)
        }
        self._starts = {version: [key[2] for key in keys] for version, keys in self._keys.items()}

    def covering(self, network: Network) -> Iterator[tuple[Network, T]]:
        """What covers the network or is it, the narrowest first."""
        base, bits = int(network.network_address), network.max_prefixlen
        for length in self._lengths[network.version]:
            if length <= network.prefixlen:
                shift = bits - length
                key = (network.version, length, base >> shift << shift)
                for value in self._exact.get(key, ()):
                    yield self._network[key], value

    def within(self, network: Network) -> Iterator[tuple[Network, T]]:
        """What is narrower than the network and a part of it, by address."""
        base, starts = int(network.network_address), self._starts[network.version]
        low, high = bisect_left(starts, base), bisect_right(starts, base + network.num_addresses - 1)
        for key in self._keys[network.version][low:high]:
            if key[1] > network.prefixlen:
                for value in self._exact[key]:
                    yield self._network[key], value

    def overlapping(self, network: Network) -> Iterator[tuple[Network, T]]:
        yield from self.covering(network)
        yield from self.within(network)

    def common(self, network: Network) -> list[Network]:
        """What the network has in common with those known: itself, its parts, or nothing."""
        if next(self.covering(network), None) is not None:
            return [network]
        found: list[Network] = []
        for part, _ in self.within(network):
            # Sorted by address and then by length, so that a part of a part follows it.
            if not found or int(part.network_address) > int(found[-1].broadcast_address):
                found.append(part)
        return found
