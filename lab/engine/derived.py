# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a device's policy alone."""

from __future__ import annotations

from ipaddress import IPv4Address

from lab.engine.matching import CryptoTable
from lab.engine.policy import Interface, Policy
from lab.engine.routing import Route
from lab.engine.translation import Translation


class Derived:
    """Kept while the policy stays the same."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.nameifs: dict[str, str] = {}  # by its own addresses
        for interface in policy.interfaces:
            self.nameifs.setdefault(str(interface.address.ip), interface.nameif)
        self._sources: dict[str, str | None] = {}
        self.translation = Translation(policy)
        self.routing: tuple[Route, ...] | None = None
        self.egress: dict[int, Interface | None] = {}
        self.changes = -1
        maps = [*policy.maps.values(), *policy.dynamic_maps.values()]
        self.follows_sas = bool(policy.tunnels) or any(entry.reverse_route for entries in maps for entry in entries)
        self._tables: dict[str, CryptoTable] = {}

    def source(self, destination: str) -> str | None:
        """The own address that IKE towards an address leaves from."""
        if destination not in self._sources:
            egress = self.policy.egress(IPv4Address(destination))
            self._sources[destination] = str(egress.address.ip) if egress else None
        return self._sources[destination]

    def table(self, nameif: str) -> CryptoTable:
        if nameif not in self._tables:
            self._tables[nameif] = CryptoTable(self.policy, nameif)
        return self._tables[nameif]


EMPTY = Policy((), (), {}, (), frozenset(), {}, {}, {}, {}, 0, 0)
