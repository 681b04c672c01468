# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of a device's log are about one of its tunnels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, LogLine, Selector

TUNNEL_MANAGER = 752
# `Map Tag = outside_map . Map Sequence Number = 10.`: the tunnel manager names the map and not the peer.
_MAP = re.compile(r"Map Tag ?= ?(\S+?) ?\. +Map Sequence Number ?= ?(\d+)")


def about(end: End) -> Callable[[LogLine], bool]:
    """A test whether a line names this end's peer, or its crypto map entry: made once, for logs are long."""
    entries = [entry for entry in (end.map_entry, *end.more_entries) if entry is not None]
    # The peer in use and those that stand by.
    peers = frozenset([end.peer_address, *(peer for entry in entries for peer in entry.peers)])
    maps = frozenset((entry.map, entry.sequence) for entry in entries)

    def ours(line: LogLine) -> bool:
        if line.peer is not None:
            return line.peer in peers
        if (line.message_id or 0) // 1000 != TUNNEL_MANAGER:
            return False
        match = _MAP.search(line.text)
        return match is not None and (match[1], int(match[2])) in maps

    return ours


def lines(end: End, *message_ids: int) -> Iterator[LogLine]:
    """The lines about this tunnel with one of these ids, in the log's order."""
    ours = about(end)
    return (line for line in end.device.log if line.message_id in message_ids and ours(line))


def in_clear(line: LogLine, end: End) -> bool:
    """Whether the line names two hosts of this tunnel's networks: 402117 names no peer."""
    if line.message_id != 402117 or line.peer is None or line.local is None:
        return False
    return any(line.local in ours.network and line.peer in theirs.network for ours, theirs in _proxies(end))


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
