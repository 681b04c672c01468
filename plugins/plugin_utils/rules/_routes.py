# SPDX-License-Identifier: GPL-3.0-or-later
"""By which interface a device sends what: its routing table, or what its configuration says of it.

The configuration alone cannot see what a routing protocol learned, nor whether a tracked route is in use. So what it
says is good for agreeing, and for an answer it is sure of: a network of its own interfaces.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    Device,
    End,
    Network,
    NextHop,
    Route,
    StaticRoute,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes

NULL = "Null0"
_HOPS = 4


class Source(enum.Enum):
    """Where a way is known from. ``CONFIGURED`` is a static route, which another may beat."""

    TABLE = "table"
    CONNECTED = "connected"
    CONFIGURED = "configured"


@dataclass(frozen=True)
class Way:
    """One destination's ways. ``interfaces`` is empty where they cannot be told; ``via`` are gateways to follow.

    ``standby`` are the interfaces that take over when a tracked route goes.
    """

    network: Network
    interfaces: tuple[str, ...]
    source: Source
    via: tuple[Address, ...] = ()
    standby: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return self.source is not Source.CONFIGURED

    def __str__(self) -> str:
        names = ", ".join(self.interfaces)
        if self.source is Source.CONNECTED:
            return f"connected to {names}"
        return f"{self.network} by {names}" + ("" if self.sure else " (as configured)")


@dataclass(frozen=True)
class Routes:
    """``live`` for a routing table; else static and connected routes, beside which a protocol may know better.

    ``doubt`` is a destination that could not be told.
    """

    ways: Prefixes[Way]
    live: bool
    doubt: str = ""
    every: tuple[Way, ...] = ()

    @cached_property
    def versions(self) -> frozenset[int]:
        """The families of which any route is known."""
        return frozenset(way.network.version for way in self.every)

    @cached_property
    def by_interface(self) -> Mapping[str, tuple[Way, ...]]:
        """What each interface leads to."""
        found: dict[str, list[Way]] = defaultdict(list)
        for way in self.every:
            for interface in self.interfaces(way):
                found[interface].append(way)
        return {interface: tuple(ways) for interface, ways in found.items()}

    def way(self, network: Network) -> Way | None:
        """The way that holds for the whole network, but for narrower ones."""
        return next((way for _, way in self.ways.covering(network)), None)

    def narrower(self, network: Network) -> Iterator[Way]:
        for _, way in self.ways.within(network):
            yield way

    def interfaces(self, way: Way, hops: int = _HOPS) -> tuple[str, ...]:
        """Every interface that a way may take, through the gateways' own ways where it names none."""
        found = [*way.interfaces, *way.standby]
        for gateway in way.via if hops else ():
            next_way = self.way(ip_network(gateway))
            if next_way is not None and next_way is not way:
                found += self.interfaces(next_way, hops - 1)
        return tuple(dict.fromkeys(found))


@once
def of_device(device: Device) -> Routes | None:
    """The device's routes, or ``None`` when neither its table nor its configured routes were read."""
    table = next((table for table in device.routing or () if table.name is None), None)
    if table is not None:
        named = [str(route.network) for route in table.routes if isinstance(route.network, str)]
        return _routes([*_printed(table.routes)], live=True, doubt=named[0] if named else "")
    return _configured(device.config) if device.config is not None else None


def way_to(device: Device, address: Address) -> Way | str | None:
    """The way to one address with its interfaces, ``None`` when no route leads there, or why it is not known."""
    routes = of_device(device)
    if routes is not None and routes.doubt and address.version == 4:
        return f"a route of {device.name} is printed under a name that was not read"
    if routes is not None and address.version not in routes.versions and device.config is not None:
        # Only the routing table of IPv4 is read.
        routes = _configured(device.config)
    if routes is None:
        return f"the routes of {device.name} were not read"
    way = routes.way(ip_network(address))
    if way is None and not routes.live:
        return f"no route of {device.name}'s configuration leads to {address}, and its routing table was not read"
    if way is None or way.interfaces:
        return way
    through = routes.interfaces(way)
    return (
        replace(way, interfaces=through) if through else f"the route of {device.name} to {address} names no interface"
    )


def unrouted(end: End) -> bool:
    """Whether it is known that no route leads to the peer of an end."""
    return end.peer_address is not None and way_to(end.device, end.peer_address) is None


def route_line(interface: str, network: Network) -> str:
    """The line that sends a network out of an interface; its next hop is for whoever types it."""
    if network.version == 4:
        return f"route {interface} {network.network_address} {network.netmask} GATEWAY 1"
    return f"ipv6 route {interface} {network.with_prefixlen} GATEWAY 1"


@once
def _configured(config: Config) -> Routes | None:
    if config.routes is None or "route" in config.unread:
        return None
    return _routes([*_connected(config), *_static(config.routes)], live=False)


def _routes(ways: list[Way], *, live: bool, doubt: str = "") -> Routes:
    return Routes(Prefixes((way.network, way) for way in ways), live, doubt, tuple(ways))


def _printed(routes: tuple[Route, ...]) -> Iterator[Way]:
    by_network: dict[Network, list[NextHop]] = defaultdict(list)
    for route in routes:
        # A tunneled default is for what came out of a tunnel, never for what goes into one.
        hops = [hop for hop in route.next_hops if not hop.tunneled]
        if not isinstance(route.network, str) and (hops or not route.next_hops):
            by_network[route.network] += hops
    for network, hops in by_network.items():
        interfaces = dict.fromkeys(hop.interface for hop in hops if hop.interface is not None)
        gateways = tuple(address for hop in hops if (address := _gateway(hop)) is not None)
        yield Way(network, tuple(interfaces), Source.TABLE, gateways)


def _gateway(hop: NextHop) -> Address | None:
    return None if hop.interface is not None or isinstance(hop.via, str) else hop.via


def _connected(config: Config) -> Iterator[Way]:
    for interface in config.interfaces:
        if interface.nameif is not None and interface.network is not None and not interface.shutdown:
            yield Way(interface.network, (interface.nameif,), Source.CONNECTED)


def _static(routes: tuple[StaticRoute, ...]) -> Iterator[Way]:
    by_network: dict[Network, list[StaticRoute]] = defaultdict(list)
    for route in routes:
        if not route.tunneled:
            by_network[route.network].append(route)
    for network, every in by_network.items():
        every.sort(key=lambda route: route.metric)
        # A tracked route may be out just now, and the next one in.
        last = next((route.metric for route in every if route.track is None), every[-1].metric)
        best = dict.fromkeys(route.interface for route in every if route.metric == every[0].metric)
        after = dict.fromkeys(route.interface for route in every if every[0].metric < route.metric <= last)
        yield Way(network, tuple(best), Source.CONFIGURED, standby=tuple(after))


class Leaves(enum.Enum):
    """Where traffic to a network goes, seen from the interfaces on which a tunnel takes it."""

    THERE = "there"
    PARTLY = "partly"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


def leaves(routes: Routes, remote: Network, local: Network, allowed: Collection[str]) -> tuple[Leaves, str]:
    """Whether all that goes to ``remote`` leaves by an allowed interface, and in words by which it does.

    What lies within ``local`` is not of the tunnel, though the remote network may be wide enough to hold it.
    """
    if remote.version not in routes.versions:
        return Leaves.UNKNOWN, "no route of its family was read"
    way = routes.way(remote)
    interfaces = routes.interfaces(way) if way is not None else ()
    if way is not None and not interfaces:
        return Leaves.UNKNOWN, f"the route to {way.network} names no interface"
    parts = [] if remote.prefixlen == 0 else [part for part in routes.narrower(remote) if not _of(part.network, local)]
    there = [part for part in parts if _all(routes.interfaces(part), allowed)]
    if way is None:
        if remote.prefixlen == 0 and any(_all(routes.interfaces(part), allowed) for part in routes.narrower(remote)):
            return Leaves.THERE, ", ".join(sorted(allowed))
        if there and _fill(remote, [part.network for part in there]):
            return Leaves.THERE, _by(routes.interfaces(there[0]))
        return (Leaves.PARTLY, f"only {there[0].network} has a route") if there else (Leaves.NOWHERE, "no route")
    if not _all(interfaces, allowed):
        some = any(each in allowed for each in interfaces) or bool(there)
        return (Leaves.PARTLY if some else Leaves.ELSEWHERE), _by(interfaces)
    away = next((part for part in parts if not _all(routes.interfaces(part) or interfaces, allowed)), None)
    if away is not None:
        return Leaves.PARTLY, f"{_by(interfaces)}, but {away.network} {_by(routes.interfaces(away))}"
    return Leaves.THERE, _by(interfaces)


def _fill(whole: Network, parts: list[Network]) -> bool:
    """Whether the parts make up the whole; they come by address, a wide one before what it holds."""
    reached = int(whole.network_address)
    for part in parts:
        if int(part.network_address) > reached:
            return False
        reached = max(reached, int(part.broadcast_address) + 1)
    return reached > int(whole.broadcast_address)


def _all(interfaces: Collection[str], allowed: Collection[str]) -> bool:
    return bool(interfaces) and all(each in allowed for each in interfaces)


def _of(network: Network, local: Network) -> bool:
    return network.version == local.version and network.overlaps(local)


def _by(interfaces: Collection[str]) -> str:
    return "by " + (" and ".join(interfaces) or "nobody knows which")
