# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    Interface,
    NextHop,
    Route,
    StaticRoute,
    Tunnel,
)
from tests.build import BRANCH_LAN, HQ_LAN, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.around import BRANCH_ROUTES, HQ_ROUTES, around, route, table
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - route to the remote networks -"
WELL = "branch: 10.1.0.0/16 by outside"


def routed(*routes: Route, **changes: Any) -> Tunnel:
    """A tunnel of which hq has these routes beside its connected ones."""
    known = table(*routes, *HQ_ROUTES[0].routes)
    return around(left={"routing": known}, right={"routing": BRANCH_ROUTES}, **changes)


def configured(*routes: StaticRoute) -> Tunnel:
    return around({"routes": routes}, right={"routing": BRANCH_ROUTES})


def with_vti(*routes: Route, up: bool = True) -> Tunnel:
    """The entry of hq is a virtual tunnel interface."""
    made = around(left={"routing": table(*HQ_ROUTES[0].routes, *routes)}, right={"routing": BRANCH_ROUTES})
    end = made.ends[0]
    assert end.device.config is not None
    assert end.map_entry is not None
    entry = replace(end.map_entry, map="Tunnel1", sequence=0, access_list=None, tunnel_interface="Tunnel1", profile="P")
    vti = Interface("Tunnel1", "vti", ip_address("169.254.1.1"), ip_network("169.254.1.0/30"))
    config = replace(end.device.config, crypto_maps=(entry,), interfaces=(*end.device.config.interfaces, vti))
    sas = (end.first, end.second) if up else ((), ())
    changed = replace(end, map_entry=entry, device=replace(end.device, config=config), first=sas[0], second=sas[1])
    return replace(made, ends=(changed, made.ends[1]))


CASES = {
    "by the default route at both ends": Case(routed(), f"pass: {SAYS} hq: 10.2.0.0/16 by outside {WELL}"),
    "the inside router has it, and nothing is encrypted": Case(
        routed(route("10.2.0.0/16", "inside", "10.1.0.2"), sas=()),
        f"fail critical: {SAYS} hq: 10.2.0.0/16 by inside, not by outside {WELL}",
    ),
    "an SA is up all the same": Case(
        routed(route("10.2.0.0/16", "inside", "10.1.0.2"), sas=(at_hq(encaps=0),)),
        f"fail error: {SAYS} hq: 10.2.0.0/16 by inside, not by outside {WELL}",
    ),
    "something is encrypted all the same": Case(
        routed(route("10.0.0.0/8", "inside", "10.1.0.2")),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 by inside, not by outside {WELL}",
    ),
    "what no tunnel takes is dropped, and that is taken": Case(
        routed(Route(("S",), ip_network(BRANCH_LAN), "directly connected", (NextHop(interface="Null0"),)), sas=()),
        f"fail critical: {SAYS} hq: 10.2.0.0/16 by Null0, not by outside {WELL}",
    ),
    "a part goes elsewhere": Case(
        routed(route("10.2.7.0/24", "inside", "10.1.0.2"), sas=()),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 by outside, but 10.2.7.0/24 by inside, not by outside {WELL}",
    ),
    "one of two equal ways": Case(
        routed(
            Route(
                ("O",),
                ip_network(BRANCH_LAN),
                "via",
                (NextHop(ip_address("10.1.0.2"), "inside"), NextHop(None, "outside")),
            ),
            sas=(),
        ),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 by inside and outside, not by outside {WELL}",
    ),
    "the two halves of it": Case(
        around(
            left={"routing": table(route("10.2.0.0/17", "outside"), route("10.2.128.0/17", "outside"))},
            right={"routing": BRANCH_ROUTES},
        ),
        f"pass: {SAYS} hq: 10.2.0.0/16 by outside {WELL}",
    ),
    "one half of it": Case(
        around(left={"routing": table(route("10.2.0.0/17", "outside"))}, right={"routing": BRANCH_ROUTES}),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 only 10.2.0.0/17 has a route, not by outside {WELL}",
    ),
    "there is no route": Case(
        around(left={"routing": table(route("10.9.0.0/16", "outside"))}, right={"routing": BRANCH_ROUTES}, sas=()),
        f"fail critical: {SAYS} hq: 10.2.0.0/16 no route, not by outside {WELL}",
    ),
    "a reverse route comes with the SA": Case(
        around(
            {"map_changes": {"reverse_route": True}},
            left={"routing": table(route("10.9.0.0/16", "outside"))},
            right={"routing": BRANCH_ROUTES},
            sas=(),
        ),
        f"unknown: {SAYS} hq's route to 10.2.0.0/16: no route",
    ),
    "a route of BGP names a gateway alone": Case(
        routed(Route(("B",), ip_network(BRANCH_LAN), "via", (NextHop(ip_address("192.0.2.77")),))),
        f"pass: {SAYS} hq: 10.2.0.0/16 by outside {WELL}",
    ),
    "a tunneled default is not for what goes into a tunnel": Case(
        routed(
            Route(("S",), ip_network(BRANCH_LAN), "via", (NextHop(ip_address("10.1.0.2"), "inside", tunneled=True),))
        ),
        f"pass: {SAYS} hq: 10.2.0.0/16 by outside {WELL}",
    ),
    "the remote network is wide enough to hold the local one": Case(
        around(
            {"acl": [(HQ_LAN, "10.0.0.0/8")]},
            {"acl": [("10.0.0.0/8", HQ_LAN)]},
            left={"routing": HQ_ROUTES},
            right={"routing": BRANCH_ROUTES},
        ),
        f"pass: {SAYS} hq: 10.0.0.0/8 by outside {WELL}",
    ),
    "everything goes into the tunnel": Case(
        around(
            {"acl": [(HQ_LAN, "0.0.0.0/0")]},
            {"acl": [("0.0.0.0/0", HQ_LAN)]},
            left={"routing": HQ_ROUTES},
            right={"routing": BRANCH_ROUTES},
        ),
        f"pass: {SAYS} hq: 0.0.0.0/0 by outside {WELL}",
    ),
    "IPv6, of which no route was read": Case(
        around(
            {"acl": [("2001:db8:1::/48", "2001:db8:2::/48")]},
            left={"routing": HQ_ROUTES},
            right={"routing": BRANCH_ROUTES},
        ),
        f"unknown: {SAYS} hq's route to 2001:db8:2::/48: no route of its family was read",
    ),
    "configured routes alone": Case(
        configured(StaticRoute("outside", ip_network("0.0.0.0/0"), ip_address("203.0.113.6"))),
        f"pass: {SAYS} hq: 10.2.0.0/16 by outside (configured) {WELL}",
    ),
    "a configured route leads elsewhere": Case(
        configured(
            StaticRoute("outside", ip_network("0.0.0.0/0"), ip_address("203.0.113.6")),
            StaticRoute("inside", ip_network(BRANCH_LAN), ip_address("10.1.0.2")),
            StaticRoute("outside", ip_network(BRANCH_LAN), ip_address("203.0.113.6"), metric=200),
        ),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 by inside (configured), not by outside {WELL}",
    ),
    "a tracked route may be out": Case(
        configured(
            StaticRoute("outside", ip_network(BRANCH_LAN), ip_address("203.0.113.6"), metric=200),
            StaticRoute("inside", ip_network(BRANCH_LAN), ip_address("10.1.0.2"), track=1),
        ),
        f"fail warning: {SAYS} hq: 10.2.0.0/16 by inside and outside (configured), not by outside {WELL}",
    ),
    "no configured route, and a protocol may know one": Case(
        configured(), f"unknown: {SAYS} hq's route to 10.2.0.0/16: no route (configured)"
    ),
    "the routes of hq were not read": Case(
        around(right={"routing": BRANCH_ROUTES}),
        f"unknown: {SAYS} the routes of hq were not read",
    ),
    "routes lead to the tunnel interface": Case(
        with_vti(route("10.2.0.0/16", "vti", "169.254.1.2"), route("169.254.1.0/30", "vti", None, code="C")),
        f"pass: {SAYS.replace('outside_map 10', 'Tunnel1')} hq: 10.2.0.0/16 by vti {WELL}",
    ),
    "no route leads to the tunnel interface": Case(
        with_vti(route("169.254.1.0/30", "vti", None, code="C")),
        f"fail warning: {SAYS.replace('outside_map 10', 'Tunnel1')} hq: no route leads to vti {WELL}",
    ),
    "the tunnel interface is down": Case(
        with_vti(up=False),
        f"unknown: {SAYS.replace('outside_map 10', 'Tunnel1')} no route of hq leads to vti, "
        "but one may come when the interface is up",
    ),
    "the crypto map is on no interface": Case(
        tunnel(
            hq(at_hq(), config=hq_config(crypto_map_interfaces={}), routing=HQ_ROUTES),
            branch(config=branch_config(), routing=BRANCH_ROUTES),
        ),
        f"not_applicable: {SAYS} hq's crypto map is on no interface: see map-not-applied",
        f"pass: {SAYS} {WELL}",
    ),
    "no line of hq's list is left": Case(
        around({"access_lists": {}}, left={"routing": HQ_ROUTES}, right={"routing": BRANCH_ROUTES}),
        f"not_applicable: {SAYS} hq protects nothing",
        f"pass: {SAYS} {WELL}",
    ),
    "hq's list was not read": Case(
        around(
            {"access_lists": {}, "unread": frozenset({"access-list"})},
            left={"routing": HQ_ROUTES},
            right={"routing": BRANCH_ROUTES},
        ),
        f"unknown: {SAYS} hq's access list VPN was not read",
    ),
    "hq's list cannot be followed": Case(
        around(
            {"access_lists": {"VPN": AccessList("VPN", (), ("access-list VPN extended permit ip object LAN any",))}},
            left={"routing": HQ_ROUTES},
            right={"routing": BRANCH_ROUTES},
        ),
        (f"unknown: {SAYS} hq's access list VPN cannot be followed: access-list VPN extended permit ip object LAN any"),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - route to the remote networks - the configuration of branch was not read "
        "(connection timed out)",
        f"unknown: {SAYS} the routes of hq were not read",
    ),
}
