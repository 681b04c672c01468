# SPDX-License-Identifier: GPL-3.0-or-later
"""What each device says of its peers, and which of these sayings belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Config, CryptoMapEntry, Device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import dynamic_entries

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
    if config is None or dynamic_entries(config) or not config.crypto_maps:
        yield from _live_references(index, device, named)


def _live_references(index: int, device: Device, named: set[Peer]) -> Iterator[Reference]:
    """Peers that only the SAs name. A read configuration's strangers are remote-access clients: not ours to pair."""
    for reading in device.readings:
        for entry in reading.ipsec or ():
            peer = resolved(device, entry.peer)
            if peer not in named:
                named.add(peer)
                local = resolved(device, entry.local_endpoint or entry.local_address or "")
                addresses = () if isinstance(local, str) else (local,)
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
        nameifs = list(dict.fromkeys(chain.from_iterable(device.config.crypto_map_interfaces.values())))
        known = [interface_address(device.config, nameif) for nameif in nameifs]
        yield from chain.from_iterable(known)
        # The SAs tell where the others are: their addresses come from a provider.
        if all(known):
            return
    for reading in device.readings:
        for entry in reading.ipsec or ():
            local = resolved(device, entry.local_endpoint or entry.local_address or "")
            if not isinstance(local, str):
                yield local


def interface_addresses(device: Device) -> Iterator[Address]:
    """Addresses that may be this device's, where nobody is known to terminate tunnels at them."""
    if device.config is not None:
        yield from chain.from_iterable(each.addresses for each in device.config.interfaces)
    elif device.login_address is not None:
        yield device.login_address


def interface_address(config: Config, nameif: str) -> tuple[Address, ...]:
    interface = config.interface(nameif)
    return interface.addresses if interface is not None else ()


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
    groups = _joined(references)
    complete = [group for group in groups if len({reference.owner for reference in group}) == 2]
    lonely = [group for group in groups if len({reference.owner for reference in group}) == 1]
    lonely_left = [group for group in lonely if group[0].owner == left]
    lonely_right = [group for group in lonely if group[0].owner != left]
    complete += [mine + theirs for mine, theirs in zip(lonely_left, lonely_right, strict=False)]
    met = min(len(lonely_left), len(lonely_right))
    leftovers = [
        group for group in lonely_left[met:] + lonely_right[met:] if any(reference.applied for reference in group)
    ]
    return complete + leftovers


def _joined(references: Sequence[Reference]) -> list[list[Reference]]:
    """The references that belong together, in the order of their first: a union-find over what they have in common.

    Two that name each other share the pair of addresses, written from the lower owner's side.
    """
    parents = list(range(len(references)))

    def root(position: int) -> int:
        while parents[position] != position:
            parents[position] = parents[parents[position]]
            position = parents[position]
        return position

    first: dict[Hashable, int] = {}
    pairs: dict[Hashable, dict[int, int]] = defaultdict(dict)
    lowest = min((reference.owner for reference in references), default=0)

    def join(a: int, b: int) -> None:
        a, b = sorted((root(a), root(b)))
        parents[b] = a

    for position, reference in enumerate(references):
        marks: list[Hashable] = [("peer", reference.owner, reference.peer, reference.interface)]
        if reference.entry is not None:
            marks.append(("entry", reference.owner, id(reference.entry)))
        for mark in marks:
            join(first.setdefault(mark, position), position)
        for address in reference.addresses:
            pair = (address, reference.peer) if reference.owner == lowest else (reference.peer, address)
            owners = pairs[pair]
            owners.setdefault(reference.owner, position)
            for other in owners.values():
                join(other, position)
    groups: dict[int, list[Reference]] = defaultdict(list)
    for position, reference in enumerate(references):
        groups[root(position)].append(reference)
    return [groups[position] for position in sorted(groups)]


def by_entry(references: Sequence[Reference]) -> list[list[Reference]]:
    """The peers that one device alone names, those of one entry or of one IKE SA together."""
    return _joined(references)
