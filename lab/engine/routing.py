# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes that a device uses at a moment: connected, static, and those that reverse route injection brings.

Sources: Cisco ASA CLI guide, "How the Routing Table Is Populated" (of several to one network the lowest administrative
distance; a route is out while its interface is down); command reference, `route` and `crypto map set reverse-route`.
From engineering practice: a static map's networks are injected whether there are SAs or not, a dynamic map's with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from lab.engine.ipsec import Context
from lab.engine.matching import remote_networks
from lab.engine.policy import Interface, Policy

CONNECTED, STATIC, INJECTED = "connected", "static", "injected"


@dataclass(frozen=True)
class Route:
    """One way to a network. A connected one has no gateway, nor has one that was injected."""

    network: IPv4Network
    nameif: str
    kind: str
    distance: int
    gateway: IPv4Address | None = None


def injected(policy: Policy, contexts: Iterable[Context], nameif_of: dict[str, str]) -> list[tuple[IPv4Network, str]]:
    """What crypto maps bring: networks and interfaces. `nameif_of` has the interfaces by their address."""
    found = [
        (net, nameif)
        for nameif in policy.map_on
        for entry in policy.entries_on(nameif)
        if entry.reverse_route and entry.dynamic_in is None
        for net in remote_networks(entry, policy)
    ]
    for context in contexts:
        pair = context.pairs[0] if context.pairs else None
        if pair and pair.entry.reverse_route and pair.entry.dynamic_in:
            found.append((pair.ident.remote, nameif_of.get(pair.local, "")))
    return found


def in_use(policy: Policy, down: Collection[str], brought: Iterable[tuple[IPv4Network, str]]) -> list[Route]:
    """The best ways to each network, several where they are as good and leave by one interface."""
    up = {interface.nameif for interface in policy.interfaces}.difference(down)
    every = [Route(each.address.network, each.nameif, CONNECTED, 0) for each in policy.interfaces]
    every += [Route(each.network, each.nameif, STATIC, each.metric, each.gateway) for each in policy.routes]
    every += [Route(net, nameif, INJECTED, 1) for net, nameif in brought]
    best: dict[IPv4Network, list[Route]] = {}
    for route in sorted((route for route in every if route.nameif in up), key=lambda route: route.distance):
        ways = best.setdefault(route.network, [route])
        first = ways[0]
        if route not in ways and (route.kind, route.distance, route.nameif) == (
            first.kind,
            first.distance,
            first.nameif,
        ):
            ways.append(route)
    return [route for ways in best.values() for route in ways]


def way_to(address: IPv4Address, routes: Iterable[Route]) -> Route | None:
    """By longest prefix; of equal ways the first."""
    return max(
        (each for each in routes if address in each.network), key=lambda each: each.network.prefixlen, default=None
    )


def interface_to(address: IPv4Address, routes: Iterable[Route], policy: Policy) -> Interface | None:
    route = way_to(address, routes)
    return policy.interface(route.nameif) if route else None
