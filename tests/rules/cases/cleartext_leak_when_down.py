# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessGroup,
    AccessList,
    AccessRule,
    Selector,
    StaticRoute,
    Tunnel,
)
from tests.build import BRANCH_LAN, HQ_LAN, half_read, hq_config
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - traffic while it is down -"
VTI = SAYS.replace("outside_map 10", "vti")
DEFAULT = StaticRoute("outside", ip_network("0.0.0.0/0"), ip_address("203.0.113.6"))
NULL = {"routes": (StaticRoute("Null0", ip_network(HQ_LAN), metric=254),)}
DROPPED = "branch: dropped by Null0"


def vti(*routes: StaticRoute) -> Tunnel:
    """The entry of hq is a virtual tunnel interface."""
    made = around({"routes": routes}, NULL)
    mine = made.ends[0]
    assert mine.map_entry is not None
    entry = replace(mine.map_entry, map="vti", sequence=0, access_list=None, tunnel_interface="vti", profile="P")
    return replace(made, ends=(replace(mine, map_entry=entry), made.ends[1]))


def outwards(*, permit: bool) -> dict[str, Any]:
    """Hq with a default route, and with a list out of its outside interface."""
    whole = Selector(ip_network("0.0.0.0/0"))
    rules = [
        AccessRule(permit, Selector(ip_network(HQ_LAN)), Selector(ip_network(BRANCH_LAN)), "the networks"),
        AccessRule(True, whole, whole, "the rest"),
    ]
    lists = {**hq_config().access_lists, "OUTSIDE_OUT": AccessList("OUTSIDE_OUT", tuple(rules))}
    groups = (AccessGroup("OUTSIDE_OUT", "out", "outside"),)
    return {"routes": (DEFAULT,), "access_lists": lists, "access_groups": groups}


THROUGH = StaticRoute("vti", ip_network(BRANCH_LAN), ip_address("169.254.1.2"))

CASES = {
    "dropped at both ends": Case(
        around({"routes": (StaticRoute("Null0", ip_network("10.0.0.0/8"), metric=254),)}, NULL),
        f"pass: {SAYS} hq: dropped by Null0 {DROPPED}",
    ),
    "a crypto map and a default route": Case(
        around({"routes": (DEFAULT,)}, NULL), f"fail info: {SAYS} hq: 10.2.0.0/16 would take another route {DROPPED}"
    ),
    "the interface's list lets nothing out": Case(
        around(outwards(permit=False), NULL), f"pass: {SAYS} hq: dropped by OUTSIDE_OUT {DROPPED}"
    ),
    "the interface's list lets it out": Case(
        around(outwards(permit=True), NULL),
        f"fail info: {SAYS} hq: 10.2.0.0/16 would take another route {DROPPED}",
    ),
    "a tunnel interface with a route to nowhere": Case(
        vti(DEFAULT, THROUGH, StaticRoute("Null0", ip_network(BRANCH_LAN), metric=254)),
        f"pass: {VTI} hq: dropped by Null0 {DROPPED}",
    ),
    "a tunnel interface and the default route": Case(
        vti(DEFAULT, THROUGH), f"fail warning: {VTI} hq: 10.2.0.0/16 would take another route {DROPPED}"
    ),
    "a tunnel interface that a protocol routes to": Case(
        vti(DEFAULT),
        f"not_applicable: {VTI} no configured route of hq leads to vti",
        f"pass: {VTI} {DROPPED}",
    ),
    "the routes were not read": Case(around({}, NULL), f"unknown: {SAYS} the configured routes of hq were not read"),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - traffic while it is down - the configuration of branch was not read "
        "(connection timed out)",
        f"unknown: {SAYS} the configured routes of hq were not read",
    ),
}
