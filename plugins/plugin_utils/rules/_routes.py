# SPDX-License-Identifier: GPL-3.0-or-later
"""By which interface a device reaches an address: its routing table, else what its configuration says.

The configuration alone cannot see what a routing protocol learned, nor whether a tracked route is in use. So what it
says is good for agreeing, and for an answer it is sure of: a network of its own interfaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Generic, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    Device,
    Network,
    Route,
    RoutingTable,
    StaticRoute,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._once import once

T = TypeVar("T")
_DEEP = 5


@dataclass(frozen=True)
class Way:
    """The interfaces towards an address, with the words for them; ``sure`` is false where another route may win.

    ``interfaces`` is empty when no route leads there.
    """

    interfaces: tuple[str, ...]
    words: str
    sure: bool


def way(device: Device, address: Address) -> Way | str:
    """The way to an address, or why it is not known."""
    if device.routing is not None:
        main = next((table for table in device.routing if table.name is None), None)
        if main is not None and main.routes and address.version == 4:
            return _looked_up(device.name, main, address)
    if device.config is None or device.config.routes is None:
        return f"the routes of {device.name} were not read"
    return _configured(device.name, device.config, address)


def _looked_up(name: str, table: RoutingTable, address: Address, depth: int = 0) -> Way | str:
    if once(table, "named", lambda: any(isinstance(route.network, str) for route in table.routes)):
        return f"a route of {name} is printed under a name that was not read"
    prefixes: _Prefixes[Route] = once(table, "prefixes", lambda: _Prefixes(_routes(table)))
    best = prefixes.longest(address)
    if not best:
        return Way((), "no route", sure=True)
    found: list[str] = []
    for hop in (hop for route in best for hop in route.next_hops if not hop.tunneled):
        if hop.interface is not None:
            found.append(hop.interface)
        elif hop.via is not None and not isinstance(hop.via, str) and depth < _DEEP:
            # A BGP route names its next hop alone: the way to that is the way.
            further = _looked_up(name, table, hop.via, depth + 1)
            found += further.interfaces if isinstance(further, Way) else ()
    if not found:
        return f"the route of {name} to {address} names no interface"
    names = tuple(dict.fromkeys(found))
    return Way(names, f"{best[0].network} by {', '.join(names)}", sure=True)


def _routes(table: RoutingTable) -> Iterator[tuple[Network, Route]]:
    for route in table.routes:
        only_for_tunnels = bool(route.next_hops) and all(hop.tunneled for hop in route.next_hops)
        if not isinstance(route.network, str) and not only_for_tunnels:
            yield route.network, route


def _configured(name: str, config: Config, address: Address) -> Way | str:
    connected = once(config, "connected", lambda: _Prefixes(_connected(config))).longest(address)
    static = once(config, "routes", lambda: _Prefixes(_static(config))).longest(address)
    if connected and (not static or connected[0][0].prefixlen >= static[0].network.prefixlen):
        return Way((connected[0][1],), f"connected to {connected[0][1]}", sure=True)
    if not static:
        return f"no route of {name}'s configuration leads to {address}, and its routing table was not read"
    least = min(each.metric for each in static)
    names = tuple(dict.fromkeys(each.interface for each in static if each.metric == least))
    return Way(names, f"{static[0].network} by {', '.join(names)} (as configured)", sure=False)


def _connected(config: Config) -> Iterator[tuple[Network, tuple[Network, str]]]:
    for each in config.interfaces:
        if each.network is not None and each.nameif is not None and not each.shutdown:
            yield each.network, (each.network, each.nameif)


def _static(config: Config) -> Iterator[tuple[Network, StaticRoute]]:
    return ((each.network, each) for each in config.routes or () if not each.tunneled)


class _Prefixes(Generic[T]):
    """What stands beside networks, by the longest that holds an address: a hub has as many routes as tunnels."""

    def __init__(self, entries: Iterable[tuple[Network, T]]) -> None:
        self._known: dict[Network, list[T]] = {}
        for network, item in entries:
            self._known.setdefault(network, []).append(item)
        self._lengths = sorted({(network.version, network.prefixlen) for network in self._known}, reverse=True)

    def longest(self, address: Address) -> list[T]:
        for version, length in self._lengths:
            if version == address.version and (found := self._known.get(ip_network((address, length), strict=False))):
                return found
        return []
