# SPDX-License-Identifier: GPL-3.0-or-later
"""What each device says of its peers, and which of these sayings belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Config, CryptoMapEntry, Device

Peer = Address | str


@dataclass(frozen=True)
class Reference:
    """One device's mention of a peer: a crypto map entry, or a live SA where no entry says it."""

    owner: int
    peer: Peer
    entry: CryptoMapEntry | None = None
    interface: str | None = None
    addresses: tuple[Address, ...] = ()
    applied: bool = True


def mentions(index: int, device: Device) -> Iterator[Reference]:
    """Every peer that this device names, in the order of its crypto maps."""
    named: set[Peer] = set()
    config = device.config
    if config is not None:
        for entry in config.crypto_maps:
            nameifs = config.crypto_map_interfaces.get(entry.map, ())
            addresses = tuple(chain.from_iterable(interface_address(config, nameif) for nameif in nameifs))
            for peer in dict.fromkeys(resolved(device, peer) for peer in entry.peers):
                named.add(peer)
                interface = nameifs[0] if nameifs else None
                yield Reference(index, peer, entry, interface, addresses, applied=bool(nameifs))
    if config is None or dynamic_entry(config) is not None or not config.crypto_maps:
        yield from _live_references(index, device, named)


def _live_references(index: int, device: Device, named: set[Peer]) -> Iterator[Reference]:
    """Peers that only the SAs name. A read configuration's strangers are remote-access clients: not ours to pair."""
    for reading in device.readings:
        for entry in reading.ipsec or ():
            peer = resolved(device, entry.peer)
            if peer not in named:
                named.add(peer)
                local = entry.local_endpoint or entry.local_address
                addresses = () if local is None or isinstance(local, str) else (local,)
                yield Reference(index, peer, None, entry.interface, addresses, applied=device.config is None)
        for sa in reading.ike or ():
            peer = resolved(device, sa.peer)
            if peer not in named and sa.kind != "user":
                named.add(peer)
                yield Reference(index, peer, applied=device.config is None)


def terminating(device: Device) -> Iterator[Address]:
    """The addresses at which peers may find this device."""
    yield from device.public_addresses
    if device.config is not None:
        for nameifs in device.config.crypto_map_interfaces.values():
            for nameif in nameifs:
                yield from interface_address(device.config, nameif)
        return
    for reading in device.readings:
        for entry in reading.ipsec or ():
            local = entry.local_endpoint or entry.local_address
            if local is not None and not isinstance(local, str):
                yield local


def interface_addresses(device: Device) -> Iterator[Address]:
    if device.config is not None:
        yield from (each.address for each in device.config.interfaces if each.address is not None)


def interface_address(config: Config, nameif: str) -> tuple[Address, ...]:
    interface = config.interface(nameif)
    return (interface.address,) if interface is not None and interface.address is not None else ()


def dynamic_entry(config: Config | None) -> CryptoMapEntry | None:
    if config is None:
        return None
    applied = (entry for entry in config.crypto_maps if config.crypto_map_interfaces.get(entry.map))
    return next((entry for entry in applied if entry.dynamic_map is not None), None)


def resolved(device: Device, peer: Peer) -> Peer:
    if isinstance(peer, str) and device.config is not None:
        return device.config.names.get(peer, peer)
    return peer


def components(left: int, references: Sequence[Reference]) -> list[list[Reference]]:
    """Split what two devices say of each other into tunnels.

    References belong together when they name each other's addresses, or come from one crypto map entry (backup peers
    of one tunnel), or name the same peer (entries that share an IKE SA). What is left on both sides names a wrong
    address: it is one tunnel, so that a rule can say so. What one side alone says, in a map that is applied nowhere,
    is a leftover and no tunnel.
    """
    groups = [[reference] for reference in references]
    merged = True
    while merged:
        merged = False
        for here, group in enumerate(groups):
            for other in groups[here + 1 :]:
                if any(_belong(a, b) for a in group for b in other):
                    group.extend(other)
                    groups.remove(other)
                    merged = True
                    break
    complete = [group for group in groups if len({reference.owner for reference in group}) == 2]
    lonely_left = [group for group in groups if group not in complete and group[0].owner == left]
    lonely_right = [group for group in groups if group not in complete and group[0].owner != left]
    while lonely_left and lonely_right:
        complete.append(lonely_left.pop(0) + lonely_right.pop(0))
    leftovers = [group for group in lonely_left + lonely_right if any(reference.applied for reference in group)]
    return complete + leftovers


def _belong(a: Reference, b: Reference) -> bool:
    if a.owner == b.owner:
        same_entry = a.entry is not None and a.entry is b.entry
        return same_entry or (a.peer == b.peer and a.interface == b.interface)
    return a.peer in b.addresses and b.peer in a.addresses


def by_peer(references: Iterable[Reference]) -> list[list[Reference]]:
    groups: dict[tuple[Peer, str | None], list[Reference]] = defaultdict(list)
    for reference in references:
        groups[reference.peer, reference.interface].append(reference)
    return list(groups.values())
