# SPDX-License-Identifier: GPL-3.0-or-later
"""Join devices into tunnels by the addresses that their configurations name."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._lost import Lost
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._names import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._references import (
    Peer,
    Reference,
    by_entry,
    components,
    interface_address,
    interface_addresses,
    mentions,
    terminating,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._sas import SaIndex
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._units import (
    AddressClaimedTwiceError,
    without_standbys,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    Device,
    Direction,
    End,
    ProxyIdentities,
    SaReading,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import (
    dynamic_entries,
    dynamic_entry,
    permitted,
    tunnel_group,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once

_NAMED = 3
Claim = TypeVar("Claim", bound=Hashable)


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
    return _Pairing(without_standbys(devices), frozenset(foreign_peers), stimulated).tunnels()


class _Pairing:
    def __init__(self, devices: Sequence[Device], foreign: frozenset[Address], stimulated: bool) -> None:
        self.devices = devices
        self.foreign = foreign
        self.stimulated = stimulated
        self.references = [tuple(mentions(index, device)) for index, device in enumerate(devices)]
        self.terminating = _claims(terminating(device) for device in devices)
        self.elsewhere = _claims(interface_addresses(device) for device in devices)
        self.by_name = _claims({device.name, device.hostname} - {None} for device in devices)
        self.indexes = [(SaIndex(device, _first(device)), SaIndex(device, _second(device))) for device in devices]
        self.silent = [device.name for device in devices if device.config is None and not any(terminating(device))]
        # Peers that a device meets on several interfaces: their SAs are told apart by where this device ends them.
        met = Counter((owner, peer) for owner, peer, _ in {(r.owner, r.peer, r.interface) for r in self._every()})
        self.met_twice = {key for key, times in met.items() if times > 1}

    def _every(self) -> Iterator[Reference]:
        return chain.from_iterable(self.references)

    def tunnels(self) -> tuple[Tunnel, ...]:
        between: dict[tuple[int, int], list[Reference]] = defaultdict(list)
        nowhere = [Lost(self._identities, self.foreign) for _ in self.devices]
        for reference in self._every():
            other = self._owner(reference.peer, reference.owner)
            if other is None:
                nowhere[reference.owner].add(reference)
            else:
                between[min(reference.owner, other), max(reference.owner, other)].append(reference)

        found: list[Tunnel] = []
        for (left, right), references in sorted(between.items()):
            self._adopt(left, right, references, nowhere)
            for group in components(left, references):
                found.append(self._joined(left, right, group, nowhere))
        for index, lost in enumerate(nowhere):
            for beyond in (False, True):
                kind = [reference for reference in lost.applied if (reference.peer in self.foreign) is beyond]
                found.extend(self._one_ended(index, group) for group in by_entry(kind))
        order = {device.name: position for position, device in enumerate(self.devices)}
        found.sort(key=lambda tunnel: [order[end.name] for end in tunnel.ends] + [len(order)] * (2 - len(tunnel.ends)))
        return named(found)

    def _owner(self, peer: Peer, asking: int) -> int | None:
        """The device that peers find at this address, or the only one that has it on any interface."""
        if peer in self.foreign:
            return None
        if isinstance(peer, str):
            # A name that this device asks the DNS for: the device of that name, if there is one.
            called = [owner for owner in self.by_name.get(peer, ()) if owner != asking]
            called = called or [owner for owner in self.by_name.get(peer.partition(".")[0], ()) if owner != asking]
            return called[0] if len(called) == 1 else None
        owners = [owner for owner in self.terminating.get(peer, ()) if owner != asking]
        if len(owners) > 1:
            raise AddressClaimedTwiceError(peer, [self.devices[owner] for owner in owners])
        owners = owners or [owner for owner in self.elsewhere.get(peer, ()) if owner != asking]
        return owners[0] if len(owners) == 1 else None

    def _adopt(self, left: int, right: int, references: list[Reference], nowhere: Sequence[Lost]) -> None:
        """Give a device that is named and does not name back its entry with a wrong peer address, if there is one.

        The entry is known by its crypto access list, else by being the only one whose peer is nobody's.
        """
        named_by = {reference.owner: reference for reference in references}
        if len(named_by) != 1:
            return
        (namer,) = named_by
        index = right if namer == left else left
        lost, config = nowhere[index], self.devices[index].config
        # Whom no entry names a dynamic map may serve.
        guess = config is None or not dynamic_entries(config)
        stranger = lost.stranger(lambda: (each.mirrored() for each in self._identities(named_by[namer])), guess=guess)
        if stranger is not None:
            lost.take(stranger)
            references.append(stranger)

    def _identities(self, reference: Reference) -> frozenset[ProxyIdentities]:
        config = self.devices[reference.owner].config
        if config is None or reference.entry is None or reference.entry.access_list is None:
            return frozenset()
        return permitted(config, reference.entry.access_list)

    def _joined(self, left: int, right: int, references: Sequence[Reference], nowhere: Sequence[Lost]) -> Tunnel:
        mine = [reference for reference in references if reference.owner == left]
        theirs = [reference for reference in references if reference.owner == right]
        mine = mine or self._revealed(left, theirs, nowhere[left])
        theirs = theirs or self._revealed(right, mine, nowhere[right])
        ends = (self._end(left, mine, theirs), self._end(right, theirs, mine))
        return self._tunnel(ends)

    def _revealed(self, index: int, theirs: Sequence[Reference], lost: Lost) -> list[Reference]:
        """What a device says of a peer whose address nobody knows, found by its SAs: they mirror the peer's.

        So it is for a spoke whose address comes from its provider, and for one behind a NAT that no inventory tells of.
        """
        live = lost.live
        known = {address for reference in theirs for address in reference.addresses}
        if not live or any(address in live for address in known):
            return []
        others = {peer for reference in theirs for peer in self._mirroring(index, reference) if peer in live}
        if len(others) != 1:
            return []
        reference = live[others.pop()]
        lost.take(reference)
        return [reference]

    def _mirroring(self, index: int, reference: Reference) -> Iterator[Peer]:
        """The peers of a device whose SAs have the SPIs that another device accepts, else its identities."""
        held = [
            spi
            for reading in self.indexes[reference.owner]
            for entry in reading.entries([reference.peer]) or ()
            for spi in entry.spis(Direction.INBOUND)
        ]
        by_spi = [
            reading.by_outbound[spi] for reading in self.indexes[index] for spi in held if spi in reading.by_outbound
        ]
        if by_spi:
            yield from by_spi
            return
        for reading in self.indexes[index]:
            for identities in self._identities(reference):
                yield from reading.by_identities.get(identities.mirrored(), ())

    def _one_ended(self, index: int, references: Sequence[Reference]) -> Tunnel:
        # The first that is typed, whichever of them is in use now: a name must not change with a failover.
        peer = references[0].peer
        end = self._end(index, references, ())
        if peer in self.foreign:
            missing = f"{peer} is declared foreign: judged from {end.name}'s end alone"
            return replace(self._tunnel((end,), peer), missing=missing, foreign=True)
        # A few names are a hint; all of them, at every tunnel of a hub, would be a flood.
        more = f" and {len(self.silent) - _NAMED} more" if len(self.silent) > _NAMED else ""
        unread = ", ".join(self.silent[:_NAMED]) + more
        why = f"not read: {unread}" if unread else "add it to the inventory, or declare it foreign"
        missing = f"{end.name}'s peer {peer} is no address of a device that was read; {why}"
        return replace(self._tunnel((end,), peer), missing=missing, unread=unread)

    def _end(self, index: int, mine: Sequence[Reference], theirs: Sequence[Reference]) -> End:
        device = self.devices[index]
        first, second = self.indexes[index]
        peers = [reference.peer for reference in mine]
        peers += [address for reference in theirs for address in reference.addresses]
        if not mine and theirs:
            peers += self.devices[theirs[0].owner].public_addresses
        peers = list(dict.fromkeys(peers))
        peer = _active(peers, second, first)
        found = list({(r.entry.map, r.entry.sequence): r.entry for r in mine if r.entry is not None}.values())
        config = device.config
        if not found and config is not None and dynamic_entries(config):
            dynamic = dynamic_entry(config, peers, self._wanted(index, peers, theirs))
            found = [dynamic] if dynamic is not None else []
        address, interface = _own_address(device, mine, theirs, found)
        entry = found[0] if found else None
        dynamic_peer = entry is not None and entry.dynamic_map is not None
        twice = any((index, each) in self.met_twice for each in peers)
        at = {each for reference in mine for each in reference.addresses} if twice else set()
        return End(
            device=device,
            address=address,
            peer_address=peer if not isinstance(peer, str) else None,
            interface=interface,
            map_entry=entry,
            tunnel_group=tunnel_group(config, [peer, *peers], dynamic=dynamic_peer) if config is not None else None,
            first=first.entries(peers, at),
            second=second.entries(peers, at),
            first_ike=first.ike_sas(peers, at),
            second_ike=second.ike_sas(peers, at),
            initiates=not dynamic_peer and (entry is None or entry.connection_type != "answer-only"),
            more_entries=tuple(found[1:]),
        )

    def _wanted(self, index: int, peers: Sequence[Peer], theirs: Sequence[Reference]) -> set[ProxyIdentities]:
        """The identities that a peer asks this device for, this device's own way round: its list's, else its SAs'."""
        wanted = {identities.mirrored() for reference in theirs for identities in self._identities(reference)}
        return wanted or {entry.identities for one in self.indexes[index] for entry in one.entries(peers) or ()}

    def _tunnel(self, ends: tuple[End, ...], beyond: Peer | None = None) -> Tunnel:
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
        name = "-".join([end.name for end in ends] + ([] if beyond is None else [str(beyond)]))
        return Tunnel(name=name, ends=ends, interval=interval, overlap=overlap, stimulated=self.stimulated)


def _first(device: Device) -> SaReading | None:
    return device.readings[0] if device.readings else None


def _second(device: Device) -> SaReading | None:
    return device.readings[-1] if len(device.readings) > 1 else None


def _claims(claimed: Iterable[Iterable[Claim]]) -> dict[Claim, list[int]]:
    claims: dict[Claim, list[int]] = defaultdict(list)
    for index, each in enumerate(claimed):
        for claim in dict.fromkeys(each):
            claims[claim].append(index)
    return claims


def _active(peers: Sequence[Peer], *readings: SaIndex) -> Peer | None:
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
    nameifs: list[str] = []
    if config is not None:
        nameifs += chain.from_iterable(config.crypto_map_interfaces.get(entry.map, ()) for entry in entries)
        own += [(address, nameif) for nameif in nameifs for address in interface_address(config, nameif)]
    # An interface may have addresses of both families, and a peer is met in its own.
    families = {peer.version for reference in mine if not isinstance(peer := reference.peer, str)}
    own.sort(key=lambda each: each[0] not in named and each[0].version not in families)
    chosen = next((each for each in own if each[0] in named), own[0] if own else None)
    if chosen is None:
        elsewhere = [peer for peer in named if not isinstance(peer, str)]
        return (elsewhere[0] if elsewhere else None), next(iter(nameifs), None)
    if config is not None:
        return chosen[0], _nameifs(config).get(chosen[0], chosen[1])
    return chosen


@once
def _nameifs(config: Config) -> dict[Address, str]:
    return {address: each.nameif for each in config.interfaces if each.nameif for address in each.addresses}
