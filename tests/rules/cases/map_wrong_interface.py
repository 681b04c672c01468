# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Interface,
    NextHop,
    Route,
    StaticRoute,
    Tunnel,
)
from tests.build import HQ, half_read, hq_config
from tests.rules.around import route, table
from tests.rules.case import Case
from tests.rules.maps import BRANCH, alone, dynamic_hub, joined, mapped, route_based

GATEWAY = ip_address("203.0.113.6")


def at_branch(made: Tunnel) -> Tunnel:
    """Branch's way is known, so that only hq's is told of."""
    left, right = made.ends
    way = table(route("0.0.0.0/0", "outside"))
    return replace(made, ends=(left, replace(right, device=replace(right.device, routing=way))))


def routed(*routes: Route, **changes: Any) -> Tunnel:
    return at_branch(joined(hq_config(**changes), routing=table(*routes)))


def at_hub(made: Tunnel, *routes: Route) -> Tunnel:
    left, right = made.ends
    return replace(made, ends=(replace(left, device=replace(left.device, routing=table(*routes))), right))


def virtual_routed(*routes: Route) -> Tunnel:
    return at_branch(at_hub(route_based(), *routes))


def configured(*routes: StaticRoute, **changes: Any) -> Tunnel:
    return at_branch(joined(hq_config(routes=routes, **changes)))


def static(network: str, interface: str, metric: int = 1) -> StaticRoute:
    return StaticRoute(interface, ip_network(network), GATEWAY, metric)


BEHIND = Interface("Ethernet0/2", "dmz", ip_address("198.51.100.1"), ip_network("198.51.100.0/29"))
INTERFACES = hq_config().interfaces


CASES = {
    "the default route": Case(
        routed(route("0.0.0.0/0", "outside")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside, map on outside "
            "branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a longer route elsewhere": Case(
        routed(route("0.0.0.0/0", "outside"), route("198.51.100.0/24", "inside")),
        (
            "fail critical: hq-branch / outside_map 10 - way to the peer - hq: 198.51.100.0/24 by inside, map on "
            "outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a longer route back": Case(
        routed(route("198.51.100.0/24", "inside"), route("198.51.100.2/32", "outside")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 198.51.100.2/32 by outside, map on outside "
            "branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "the default route of tunnels does not count": Case(
        routed(route("0.0.0.0/0", "inside", tunneled=True), route("0.0.0.0/0", "outside")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside, map on outside "
            "branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a route that names its next hop alone": Case(
        routed(
            route("198.51.100.0/24", None, via="10.1.0.9"),
            route("10.1.0.0/16", "inside"),
            route("0.0.0.0/0", "outside"),
        ),
        (
            "fail critical: hq-branch / outside_map 10 - way to the peer - hq: 198.51.100.0/24 by inside, map on "
            "outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a next hop that nothing leads to": Case(
        routed(route("198.51.100.0/24", None, via="10.9.0.9")),
        ("unknown: hq-branch / outside_map 10 - way to the peer - the route of hq to 198.51.100.2 names no interface"),
    ),
    "two ways, one of them right": Case(
        routed(route("0.0.0.0/0", "outside"), route("0.0.0.0/0", "backup")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside, backup, map on "
            "outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "no route": Case(
        routed(route("10.0.0.0/8", "inside")),
        (
            "fail critical: hq-branch / outside_map 10 - way to the peer - hq: no route, map on outside branch: "
            "0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a route under a name": Case(
        routed(Route(("S",), "branch-net", "via", (NextHop(GATEWAY, "inside"),))),
        (
            "unknown: hq-branch / outside_map 10 - way to the peer - a route of hq is printed under a name that "
            "was not read"
        ),
    ),
    "the configured default route": Case(
        configured(static("0.0.0.0/0", "outside")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside (as configured), map "
            "on outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a configured route elsewhere": Case(
        configured(static("0.0.0.0/0", "outside"), static("198.51.100.0/24", "inside")),
        (
            "unknown: hq-branch / outside_map 10 - way to the peer - hq: 198.51.100.0/24 by inside (as "
            "configured), map on outside, unless another route wins: the routing table was not read"
        ),
    ),
    "a spare default route": Case(
        configured(static("0.0.0.0/0", "backup", 254), static("0.0.0.0/0", "outside")),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside (as configured), map "
            "on outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "the peer is a neighbour elsewhere": Case(
        configured(static("0.0.0.0/0", "outside"), interfaces=(*INTERFACES, BEHIND)),
        (
            "fail critical: hq-branch / outside_map 10 - way to the peer - hq: connected to dmz, map on outside "
            "branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "a neighbour of an interface that is shut down": Case(
        configured(static("0.0.0.0/0", "outside"), interfaces=(*INTERFACES, replace(BEHIND, shutdown=True))),
        (
            "pass: hq-branch / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by outside (as configured), map "
            "on outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "no configured route": Case(
        configured(static("10.0.0.0/8", "inside")),
        (
            "unknown: hq-branch / outside_map 10 - way to the peer - no route of hq's configuration leads to "
            "198.51.100.2, and its routing table was not read"
        ),
    ),
    "a map of another provider stands by": Case(
        routed(
            route("0.0.0.0/0", "backup"),
            crypto_maps=(mapped(10), replace(mapped(10), map="backup_map")),
            crypto_map_interfaces={"outside_map": ("outside",), "backup_map": ("backup",)},
        ),
        (
            "pass: hq-branch:outside_map/10 / outside_map 10 - way to the peer - hq: 0.0.0.0/0 by backup, map on "
            "outside (stands by for backup_map 10) branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "the map is applied nowhere": Case(
        at_branch(joined(hq_config(crypto_map_interfaces={}), public_addresses=(ip_address(HQ),))),
        "pass: hq-branch / outside_map 10 - way to the peer - branch: 0.0.0.0/0 by outside, map on outside",
    ),
    "nothing of it was read": Case(
        alone(foreign_peers=[ip_address(BRANCH)]),
        "unknown: hq-198.51.100.2 / outside_map 10 - way to the peer - the routes of hq were not read",
    ),
    "hq takes what branch proposes": Case(
        at_branch(dynamic_hub()),
        "pass: hq-branch / outside_map 10 - way to the peer - branch: 0.0.0.0/0 by outside, map on outside",
    ),
    "two tunnel interfaces, and no routes were read": Case(
        route_based(),
        "unknown: hq-branch / Tunnel1 - way to the peer - the routes of hq were not read",
        "unknown: hq-branch / Tunnel1 - way to the peer - the routes of branch were not read",
    ),
    "a tunnel interface whose peer is behind another one than its source": Case(
        virtual_routed(route("0.0.0.0/0", "outside"), route("198.51.100.0/24", "inside")),
        (
            "fail critical: hq-branch / Tunnel1 - way to the peer - hq: 198.51.100.0/24 by inside, tunnel source on "
            "outside branch: 0.0.0.0/0 by outside, tunnel source on outside"
        ),
    ),
    "a tunnel interface whose peer is where its source is": Case(
        virtual_routed(route("0.0.0.0/0", "outside")),
        (
            "pass: hq-branch / Tunnel1 - way to the peer - hq: 0.0.0.0/0 by outside, tunnel source on outside branch: "
            "0.0.0.0/0 by outside, tunnel source on outside"
        ),
    ),
    "a hub of a dynamic map whose peer is behind another interface": Case(
        at_branch(at_hub(dynamic_hub(), route("198.51.100.0/24", "inside"))),
        (
            "fail critical: hq-branch / outside_map 65535 - way to the peer - hq: 198.51.100.0/24 by inside, map on "
            "outside branch: 0.0.0.0/0 by outside, map on outside"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - way to the peer - the configuration of branch was not read (connection timed out)",
        "unknown: hq-branch / outside_map 10 - way to the peer - the routes of hq were not read",
    ),
}
