# SPDX-License-Identifier: GPL-3.0-or-later
"""By which interface a device sends what: its routing table, or what its configuration says of it."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._cache import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._prefixes import Prefixes

NULL = "Null0"
_HOPS = 4


@dataclass(frozen=True)
class Way:
    """One destination's ways. ``interfaces`` is empty where they cannot be told; ``via`` are gateways to follow."""

    network: Network
    interfaces: tuple[str, ...]
    via: tuple[Address, ...] = ()


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
        """The interfaces of a way, through the gateways' own ways where it names none."""
        found = list(way.interfaces)
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
        ways = [way for route in table.routes if (way := _live(route)) is not None]
        return _routes(ways, live=True, doubt=named[0] if named else "")
    config = device.config
    if config is None or config.routes is None or "route" in config.unread:
        return None
    return _routes([*_connected(config), *_static(config.routes)], live=False)


def _routes(ways: list[Way], *, live: bool, doubt: str = "") -> Routes:
    return Routes(Prefixes((way.network, way) for way in ways), live, doubt, tuple(ways))


def _live(route: Route) -> Way | None:
    # A tunneled default is for what came out of a tunnel, never for what goes into one.
    hops = [hop for hop in route.next_hops if not hop.tunneled]
    if isinstance(route.network, str) or (route.next_hops and not hops):
        return None
    interfaces = tuple(dict.fromkeys(hop.interface for hop in hops if hop.interface is not None))
    return Way(route.network, interfaces, tuple(address for hop in hops if (address := _gateway(hop)) is not None))


def _gateway(hop: NextHop) -> Address | None:
    return None if hop.interface is not None or isinstance(hop.via, str) else hop.via


def _connected(config: Config) -> Iterator[Way]:
    for interface in config.interfaces:
        if interface.nameif is not None and interface.network is not None and not interface.shutdown:
            yield Way(interface.network, (interface.nameif,))


def _static(routes: tuple[StaticRoute, ...]) -> Iterator[Way]:
    by_network: dict[Network, list[StaticRoute]] = defaultdict(list)
    for route in routes:
        if not route.tunneled:
            by_network[route.network].append(route)
    for network, every in by_network.items():
        every.sort(key=lambda route: route.metric)
        # A tracked route may be out just now, and the next one in.
        first = next((route.metric for route in every if route.track is None), every[-1].metric)
        yield Way(network, tuple(dict.fromkeys(route.interface for route in every if route.metric <= first)))


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


def crypto_interfaces(end: End) -> tuple[str, ...]:
    """The interfaces by which traffic enters this end's tunnel: those of its crypto map, or the tunnel interface."""
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return ()
    if entry.tunnel_interface is not None:
        names = [each.nameif for each in config.interfaces if entry.tunnel_interface in (each.name, each.nameif)]
        return tuple(name for name in names if name is not None) or (entry.tunnel_interface,)
    return tuple(config.crypto_map_interfaces.get(entry.map, ()))


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
