# SPDX-License-Identifier: GPL-3.0-or-later
"""By which interface a device reaches an address: its routing table, else what its configuration says.

The configuration alone cannot see what a routing protocol learned, nor whether a tracked route is in use. So what it
says is good for agreeing, and for an answer it is sure of: a network of its own interfaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    Device,
    Network,
    Route,
    RoutingTable,
)

T = TypeVar("T")
_DEEP = 5


@dataclass(frozen=True)
class Way:
    """The interfaces towards an address, with the words for them; sure is false where another route may win.

    interfaces is empty when no route leads there.
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
    routes = [route for route in table.routes if not _tunneled(route)]
    if any(isinstance(route.network, str) for route in routes):
        return f"a route of {name} is printed under a name that was not read"
    best = _longest([(route.network, route) for route in routes if not isinstance(route.network, str)], address)
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


def _tunneled(route: Route) -> bool:
    return bool(route.next_hops) and all(hop.tunneled for hop in route.next_hops)


def _configured(name: str, config: Config, address: Address) -> Way | str:
    connected = [
        (each.network, each.nameif)
        for each in config.interfaces
        if each.network is not None and each.nameif is not None and not each.shutdown
    ]
    own = _longest(connected, address)
    routes = [each for each in config.routes or () if not each.tunneled]
    static = _longest([(each.network, each) for each in routes], address)
    longest = max((network.prefixlen for network, _ in connected if address in network), default=-1)
    if own and all(longest >= each.network.prefixlen for each in static):
        return Way((own[0],), f"connected to {own[0]}", sure=True)
    if not static:
        return f"no route of {name}'s configuration leads to {address}, and its routing table was not read"
    least = min(each.metric for each in static)
    names = tuple(dict.fromkeys(each.interface for each in static if each.metric == least))
    return Way(names, f"{static[0].network} by {', '.join(names)} (as configured)", sure=False)


def _longest(entries: list[tuple[Network, T]], address: Address) -> list[T]:
    """What stands beside the longest of the networks that hold the address."""
    held = [(network.prefixlen, item) for network, item in entries if address in network]
    longest = max((length for length, _ in held), default=0)
    return [item for length, item in held if length == longest]
