# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, at_hq_only, dynamic_hub, route_based, without_lines

CASES = {
    "none": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - deny lines - hq: none branch: none",
    ),
    "a host is denied": Case(
        at_hq_only(THERE, "deny ip host 10.1.0.9 10.2.0.0 255.255.0.0"),
        (
            "fail warning: hq-branch / outside_map 10 - deny lines - hq: 1 line: access-list VPN extended deny ip "
            "host 10.1.0.9 10.2.0.0 255.255.0.0 branch: none"
        ),
    ),
    "an inactive denial": Case(
        at_hq_only("deny ip any any inactive", THERE),
        "pass: hq-branch / outside_map 10 - deny lines - hq: none branch: none",
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch - deny lines - hq's Tunnel1 takes what is routed to it: it has no crypto "
            "map and no access list"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - deny lines - branch: none",
    ),
    "no line of the list is left": Case(
        without_lines(),
        "not_applicable: hq-branch - deny lines - hq's access list VPN has no line: see map-entry-incomplete",
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - deny lines - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - deny lines - the configuration of branch was not read (connection timed out)",
    ),
}
