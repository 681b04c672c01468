# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules found by a pair of addresses without trying each: one probe per pair of mask lengths that occurs."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network


class PairTable:
    """Numbers of rules, in their order, by source and destination network."""

    def __init__(self) -> None:
        self._by_masks: dict[tuple[int, int], dict[tuple[int, int], list[int]]] = {}
        self._always: list[int] = []

    def add(self, number: int, source: IPv4Network, destination: IPv4Network) -> None:
        masks = source.prefixlen, destination.prefixlen
        nets = int(source.network_address), int(destination.network_address)
        self._by_masks.setdefault(masks, {}).setdefault(nets, []).append(number)

    def add_always(self, number: int) -> None:
        """A rule that has to be looked at for every packet."""
        self._always.append(number)

    def find(self, source: IPv4Address, destination: IPv4Address) -> list[int]:
        near, far = int(source), int(destination)
        found = list(self._always)
        for (one, other), nets in self._by_masks.items():
            found += nets.get((near & _mask(one), far & _mask(other)), ())
        return sorted(set(found))


def _mask(length: int) -> int:
    return (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF
