# SPDX-License-Identifier: GPL-3.0-or-later
"""Where peers may find an end, and whether the other end looks for it there."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, End
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import addresses
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries


def reachable(end: End) -> tuple[Address, ...]:
    """Where peers may find this end; for a tunnel interface that is the interface it takes its source from."""
    entry, config = end.map_entry, end.device.config
    if entry is not None and entry.tunnel_interface is not None and config is not None:
        names = (entry.tunnel_interface, entry.map)
        sources = [each.tunnel_source for each in config.interfaces if each.name in names or each.nameif in names]
        found = [
            interface.address
            for source in sources
            if source is not None and (interface := config.interface(source)) is not None
            if interface.address is not None
        ]
        return tuple(dict.fromkeys([*end.device.public_addresses, *found]))
    return addresses(end) or ((end.address,) if end.address is not None else ())


def names_other(end: End, other: End) -> bool:
    """Whether one of this end's peers is an address of the other: the first or a backup.

    The SAs of now do not count: they may be older than the peer that the entry names.
    """
    there = reachable(other)
    known = end.device.config.names if end.device.config is not None else {}
    peers = {known.get(peer, peer) if isinstance(peer, str) else peer for e in own_entries(end) for peer in e.peers}
    nameless = not peers or any(isinstance(peer, str) for peer in peers)
    return not peers.isdisjoint(there) or (nameless and end.peer_address in there)
