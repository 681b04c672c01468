# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of a device's log are about one tunnel.

A hub logs for all of its tunnels, and each of them asks several times: what a line names is looked up, in an index that
is made once a device, and no tunnel reads the lines of the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    End,
    LogLine,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes

TUNNEL_MANAGER = 752
IN_CLEAR = 402117
# `Map Tag = outside_map . Map Sequence Number = 10.`: the tunnel manager names the map and not the peer.
_MAP = re.compile(r"Map Tag ?= ?(\S+?) ?\. +Map Sequence Number ?= ?(\d+)")


class _Index:
    """The places in a log by what its lines name: a peer, an SPI, a crypto map entry, or two hosts of the networks."""

    def __init__(self, log: Sequence[LogLine]) -> None:
        peers: dict[object, list[int]] = defaultdict(list)
        spis: dict[object, list[int]] = defaultdict(list)
        entries: dict[object, list[int]] = defaultdict(list)
        hosts: list[tuple[Address, int]] = []
        for place, line in enumerate(log):
            if line.spi is not None:
                spis[line.spi].append(place)
            if line.peer is not None:
                peers[line.peer].append(place)
                if line.message_id == IN_CLEAR and line.local is not None:
                    hosts.append((line.peer, place))
            elif (line.message_id or 0) // 1000 == TUNNEL_MANAGER and (match := _MAP.search(line.text)):
                entries[match[1], int(match[2])].append(place)
        self.peers, self.spis, self.entries = dict(peers), dict(spis), dict(entries)
        self.hosts = Prefixes((ip_network(host), place) for host, place in hosts)
        self.in_clear = bool(hosts)


@once
def _index(device: Device) -> _Index:
    return _Index(device.log)


def naming(device: Device, *, peers: Iterable[object] = (), spis: Iterable[int] = ()) -> tuple[LogLine, ...]:
    """The lines that name one of these peers or SPIs, in the log's order."""
    index = _index(device)
    return _lines(device, [*_places(index.peers, peers), *_places(index.spis, spis)])


def about(end: End) -> tuple[LogLine, ...]:
    """The lines that name this end's peer or its crypto map entry, in the log's order."""
    return _lines(end.device, _named(end))


def touching(end: End, spis: Iterable[int]) -> tuple[LogLine, ...]:
    """Those and the lines that name one of these SPIs, or two hosts of the tunnel's networks: 402117 names no peer."""
    return _lines(end.device, [*_named(end), *_places(_index(end.device).spis, spis), *_in_clear(end)])


def _named(end: End) -> Iterator[int]:
    index = _index(end.device)
    entries = [entry for entry in (end.map_entry, *end.more_entries) if entry is not None]
    # The peer in use and those that stand by.
    yield from _places(index.peers, [end.peer_address, *(peer for entry in entries for peer in entry.peers)])
    yield from _places(index.entries, [(entry.map, entry.sequence) for entry in entries])


def _in_clear(end: End) -> Iterator[int]:
    index, log = _index(end.device), end.device.log
    if not index.in_clear:
        # A hub's template may hold a line for each of its spokes, and would be walked for each of them.
        return
    for ours, theirs in _proxies(end):
        for _, place in index.hosts.overlapping(theirs.network):
            local = log[place].local
            if local is not None and local in ours.network:
                yield place


def _places(index: dict[object, list[int]], names: Iterable[object]) -> Iterator[int]:
    return (place for name in names for place in index.get(name, ()))


def _lines(device: Device, places: Iterable[int]) -> tuple[LogLine, ...]:
    return tuple(device.log[place] for place in sorted(set(places)))


def _proxies(end: End) -> Iterator[tuple[Selector, Selector]]:
    """The networks of both sides, as the SAs and the crypto access lists name them."""
    for entry in end.ipsec or ():
        yield entry.identities.local, entry.identities.remote
    lists = end.device.config.access_lists if end.device.config is not None else {}
    for each in (end.map_entry, *end.more_entries):
        named = lists.get(each.access_list) if each is not None and each.access_list is not None else None
        for rule in named.rules if named is not None else ():
            if rule.permit and not rule.inactive:
                yield rule.source, rule.destination
