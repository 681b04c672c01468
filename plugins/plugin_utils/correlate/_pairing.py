# SPDX-License-Identifier: GPL-3.0-or-later
"""Join devices into tunnels by the addresses that their configurations name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._names import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._references import (
    Peer,
    Reference,
    by_peer,
    components,
    dynamic_entry,
    interface_address,
    interface_addresses,
    mentions,
    resolved,
    terminating,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    Device,
    End,
    IkeSa,
    IpsecEntry,
    ProxyIdentities,
    SaReading,
    Tunnel,
    TunnelGroup,
)

_NAMED = 3


class AddressClaimedTwiceError(ValueError):
    """A peer address belongs to two devices of the inventory, so nobody can say which of them is the peer."""

    def __init__(self, address: Peer, devices: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(devices)} both claim {address}, and neither is the other's failover standby. "
            "Take one of them out of the inventory, or correct its address or public addresses."
        )
        self.address = address
        self.devices = tuple(devices)


class _SaIndex:
    """The SAs of one reading by peer, so that a hub is searched once and not once a tunnel."""

    def __init__(self, device: Device, reading: SaReading | None) -> None:
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

    def entries(self, peers: Iterable[Peer]) -> tuple[IpsecEntry, ...] | None:
        if self.ipsec is None:
            return None
        return tuple(chain.from_iterable(self.ipsec.get(peer, ()) for peer in peers))

    def ike_sas(self, peers: Iterable[Peer]) -> tuple[IkeSa, ...] | None:
        if self.ike is None:
            return None
        return tuple(chain.from_iterable(self.ike.get(peer, ()) for peer in peers))


def pair(
    devices: Sequence[Device], *, foreign_peers: Collection[Address] = (), stimulated: bool = False
) -> tuple[Tunnel, ...]:
    """Join ``devices`` into tunnels, in the order of the devices.

    A ``set peer`` of an applied crypto map is joined to the device that has the address on the interface its own map
    is applied to, or reaches the world under it (``public_addresses``). Live SAs say the same where a configuration
    was not read, or where a dynamic map names nobody. An address is looked up only when somebody names it as a peer:
    many sites have the same private address behind their provider's router, and that is no error.

    ``overlap`` of a tunnel: each end is read twice, with a barrier between the two collecting tasks. A device whose
    SAs are equal in both of its readings held them at every moment between. So an instant at which both ends held
    what they show exists if and only if ``max(first finished) <= min(second started)``.
    """
    return _Pairing(_without_standbys(devices), frozenset(foreign_peers), stimulated).tunnels()


class _Pairing:
    def __init__(self, devices: Sequence[Device], foreign: frozenset[Address], stimulated: bool) -> None:
        self.devices = devices
        self.foreign = foreign
        self.stimulated = stimulated
        self.references = [tuple(mentions(index, device)) for index, device in enumerate(devices)]
        self.terminating = _claims(terminating(device) for device in devices)
        self.elsewhere = _claims(interface_addresses(device) for device in devices)
        self.indexes = [(_SaIndex(device, _first(device)), _SaIndex(device, _second(device))) for device in devices]

    def tunnels(self) -> tuple[Tunnel, ...]:
        between: dict[tuple[int, int], list[Reference]] = defaultdict(list)
        nowhere: dict[int, list[Reference]] = defaultdict(list)
        for reference in chain.from_iterable(self.references):
            other = self._owner(reference.peer, reference.owner)
            if other is None:
                nowhere[reference.owner].append(reference)
            else:
                between[min(reference.owner, other), max(reference.owner, other)].append(reference)

        found: list[Tunnel] = []
        for (left, right), references in sorted(between.items()):
            self._adopt(left, right, references, nowhere)
            for group in components(left, references):
                found.append(self._joined(left, right, group))
        for index in sorted(nowhere):
            applied = [reference for reference in nowhere[index] if reference.applied]
            found.extend(self._one_ended(index, group) for group in by_peer(applied))
        order = {device.name: position for position, device in enumerate(self.devices)}
        found.sort(key=lambda tunnel: [order[end.name] for end in tunnel.ends] + [len(order)] * (2 - len(tunnel.ends)))
        return named(found)

    def _owner(self, peer: Peer, asking: int) -> int | None:
        """The device that peers find at this address, or the only one that has it on any interface."""
        if isinstance(peer, str) or peer in self.foreign:
            return None
        owners = [owner for owner in self.terminating.get(peer, ()) if owner != asking]
        if len(owners) > 1:
            raise AddressClaimedTwiceError(peer, [self.devices[owner].name for owner in owners])
        owners = owners or [owner for owner in self.elsewhere.get(peer, ()) if owner != asking]
        return owners[0] if len(owners) == 1 else None

    def _adopt(
        self, left: int, right: int, references: list[Reference], nowhere: Mapping[int, list[Reference]]
    ) -> None:
        """Give a device that is named and does not name back its entry with a wrong peer address, if there is one.

        The entry is known by its crypto access list, else by being the only one whose peer is nobody's.
        """
        named_by = {reference.owner: reference for reference in references}
        if len(named_by) != 1:
            return
        (namer,) = named_by
        named = right if namer == left else left
        lost = nowhere.get(named, [])
        strangers = [each for each in lost if each.entry is not None and each.peer not in self.foreign]
        wanted = {identities.mirrored() for identities in self._identities(named_by[namer])}
        alike = [each for each in strangers if wanted & self._identities(each)] if wanted else []
        chosen = alike or (strangers if len(strangers) == 1 and not wanted else [])
        for reference in chosen[:1]:
            lost.remove(reference)
            references.append(reference)

    def _identities(self, reference: Reference) -> frozenset[ProxyIdentities]:
        config = self.devices[reference.owner].config
        if config is None or reference.entry is None or reference.entry.access_list is None:
            return frozenset()
        return _permitted(config, reference.entry.access_list)

    def _joined(self, left: int, right: int, references: Sequence[Reference]) -> Tunnel:
        mine = [reference for reference in references if reference.owner == left]
        theirs = [reference for reference in references if reference.owner == right]
        ends = (self._end(left, mine, theirs), self._end(right, theirs, mine))
        return self._tunnel(ends)

    def _one_ended(self, index: int, references: Sequence[Reference]) -> Tunnel:
        peer = references[0].peer
        end = self._end(index, references, ())
        if peer in self.foreign:
            missing = f"{peer} is declared foreign: judged from {end.name}'s end alone"
            return replace(self._tunnel((end,)), missing=missing, foreign=True)
        silent = [device.name for device in self.devices if device.config is None and not any(terminating(device))]
        # A few names are a hint; all of them, at every tunnel of a hub, would be a flood.
        unread = ", ".join(silent[:_NAMED]) + (f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else "")
        why = f"not read: {unread}" if unread else "add it to the inventory, or declare it foreign"
        missing = f"{end.name}'s peer {peer} is no address of a device that was read; {why}"
        return replace(self._tunnel((end,)), missing=missing, unread=unread)

    def _end(self, index: int, mine: Sequence[Reference], theirs: Sequence[Reference]) -> End:
        device = self.devices[index]
        first, second = self.indexes[index]
        peers = [reference.peer for reference in mine]
        peers += [address for reference in theirs for address in reference.addresses]
        if not mine and theirs:
            peers += self.devices[theirs[0].owner].public_addresses
        peers = list(dict.fromkeys(peers))
        peer = _active(peers, second, first)
        entries = list(dict.fromkeys((r.entry.map, r.entry.sequence) for r in mine if r.entry is not None))
        by_sequence = {(r.entry.map, r.entry.sequence): r.entry for r in mine if r.entry is not None}
        found = [by_sequence[key] for key in entries]
        if not found and (dynamic := dynamic_entry(device.config)) is not None:
            found = [dynamic]
        address, interface = _own_address(device, mine, theirs, found)
        entry = found[0] if found else None
        return End(
            device=device,
            address=address,
            peer_address=peer if not isinstance(peer, str) else None,
            interface=interface,
            map_entry=entry,
            tunnel_group=_tunnel_group(device.config, peers, peer, entry),
            first=first.entries(peers),
            second=second.entries(peers),
            first_ike=first.ike_sas(peers),
            second_ike=second.ike_sas(peers),
            initiates=entry is None or (entry.dynamic_map is None and entry.connection_type != "answer-only"),
            more_entries=tuple(found[1:]),
        )

    def _tunnel(self, ends: tuple[End, ...]) -> Tunnel:
        firsts = [reading for end in ends if (reading := _first(end.device)) is not None]
        seconds = [reading for end in ends if (reading := _second(end.device)) is not None]
        complete = len(firsts) == len(seconds) == len(ends)
        overlap = (
            complete
            and len(ends) == 2
            and all(end.first is not None and end.second is not None for end in ends)
            and max(reading.finished for reading in firsts) <= min(reading.started for reading in seconds)
        )
        interval: float | None = None
        if complete:
            interval = min(b.started - a.finished for a, b in zip(firsts, seconds, strict=True))
            # The moments of a reading that somebody else took may be unknown.
            interval = interval if math.isfinite(interval) else None
        name = "-".join([end.name for end in ends] + [str(ends[0].peer_address)] * (2 - len(ends)))
        return Tunnel(name=name, ends=ends, interval=interval, overlap=overlap, stimulated=self.stimulated)


def _without_standbys(devices: Sequence[Device]) -> list[Device]:
    """Leave out a failover standby whose active unit is here too: it answers with the active unit's configuration."""
    active = {device.hostname for device in devices if device.hostname and "active" in _unit(device)}
    return [device for device in devices if "standby" not in _unit(device) or device.hostname not in active]


def _unit(device: Device) -> str:
    return (device.failover or "").lower()


def _first(device: Device) -> SaReading | None:
    return device.readings[0] if device.readings else None


def _second(device: Device) -> SaReading | None:
    return device.readings[-1] if len(device.readings) > 1 else None


def _claims(addresses: Iterable[Iterable[Address]]) -> dict[Address, list[int]]:
    claims: dict[Address, list[int]] = defaultdict(list)
    for index, each in enumerate(addresses):
        for address in dict.fromkeys(each):
            claims[address].append(index)
    return claims


def _permitted(config: Config, access_list: str) -> frozenset[ProxyIdentities]:
    rules = config.access_lists[access_list].rules if access_list in config.access_lists else ()
    return frozenset(
        ProxyIdentities(rule.source, rule.destination) for rule in rules if rule.permit and not rule.inactive
    )


def _active(peers: Sequence[Peer], *readings: _SaIndex) -> Peer | None:
    """The peer that has SAs now, else the one that would be tried first."""
    for reading in readings:
        for peer in peers:
            if reading.ipsec and reading.ipsec.get(peer):
                return peer
    return peers[0] if peers else None


def _own_address(
    device: Device, mine: Sequence[Reference], theirs: Sequence[Reference], entries: Sequence[CryptoMapEntry]
) -> tuple[Address | None, str | None]:
    named = [reference.peer for reference in theirs]
    own = [(address, r.interface) for r in mine for address in r.addresses]
    config = device.config
    if config is not None:
        nameifs = chain.from_iterable(config.crypto_map_interfaces.get(entry.map, ()) for entry in entries)
        own += [(address, nameif) for nameif in nameifs for address in interface_address(config, nameif)]
    chosen = next((each for each in own if each[0] in named), own[0] if own else None)
    if chosen is None:
        elsewhere = [peer for peer in named if not isinstance(peer, str)]
        return (elsewhere[0] if elsewhere else None), None
    if config is not None:
        interfaces = {each.address: each.nameif for each in config.interfaces if each.nameif is not None}
        return chosen[0], interfaces.get(chosen[0], chosen[1])
    return chosen


def _tunnel_group(
    config: Config | None, peers: Sequence[Peer], peer: Peer | None, entry: CryptoMapEntry | None
) -> TunnelGroup | None:
    if config is None:
        return None
    for candidate in [peer, *peers]:
        if str(candidate) in config.tunnel_groups:
            return config.tunnel_groups[str(candidate)]
    if entry is not None and entry.dynamic_map is not None:
        return config.tunnel_groups.get("DefaultL2LGroup")
    return None
