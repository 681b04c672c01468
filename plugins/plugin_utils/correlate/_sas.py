# SPDX-License-Identifier: GPL-3.0-or-later
"""The SAs of one reading, by what they are looked up by: a hub is searched once, and not once a tunnel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._references import Peer, resolved
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    Direction,
    IkeSa,
    IpsecEntry,
    ProxyIdentities,
    SaReading,
)


class SaIndex:
    """One reading of a device; what was not read is ``None`` and stays so."""

    def __init__(self, device: Device, reading: SaReading | None) -> None:
        self.device = device
        self.ipsec: dict[Peer, list[IpsecEntry]] | None = None
        self.ike: dict[Peer, list[IkeSa]] | None = None
        if reading is not None and reading.ipsec is not None:
            self.ipsec = defaultdict(list)
            for entry in reading.ipsec:
                self.ipsec[resolved(device, entry.peer)].append(entry)
        if reading is not None and reading.ike is not None:
            self.ike = defaultdict(list)
            for sa in reading.ike:
                self.ike[resolved(device, sa.peer)].append(sa)

    def entries(self, peers: Iterable[Peer], at: Collection[Address] = ()) -> tuple[IpsecEntry, ...] | None:
        """The SAs with these peers. ``at`` leaves out those that this device ends at other addresses of its own."""
        if self.ipsec is None:
            return None
        return tuple(
            entry
            for peer in peers
            for entry in self.ipsec.get(peer, ())
            if self._ends(entry.local_endpoint or entry.local_address, at)
        )

    def ike_sas(self, peers: Iterable[Peer], at: Collection[Address] = ()) -> tuple[IkeSa, ...] | None:
        if self.ike is None:
            return None
        return tuple(sa for peer in peers for sa in self.ike.get(peer, ()) if self._ends(sa.local, at))

    def _ends(self, local: Peer | None, at: Collection[Address]) -> bool:
        address = resolved(self.device, local or "")
        return not at or isinstance(address, str) or address in at

    @cached_property
    def by_outbound(self) -> dict[int, Peer]:
        """The peer that each outbound SPI is sent to."""
        return {
            spi: peer
            for peer, entries in (self.ipsec or {}).items()
            for entry in entries
            for spi in entry.spis(Direction.OUTBOUND)
        }

    @cached_property
    def by_identities(self) -> dict[ProxyIdentities, set[Peer]]:
        found: dict[ProxyIdentities, set[Peer]] = defaultdict(set)
        for peer, entries in (self.ipsec or {}).items():
            for entry in entries:
                found[entry.identities].add(peer)
        return found
