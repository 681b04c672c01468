# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, at_hq_only, dynamic_hub, route_based, without_lines

CASES = {
    "none": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - inactive lines - hq: none branch: none",
    ),
    "a line is off": Case(
        at_hq_only(THERE, "permit ip 10.1.0.0 255.255.0.0 10.3.0.0 255.255.0.0 inactive"),
        (
            "fail warning: hq-branch / outside_map 10 - inactive lines - hq: 1 line: access-list VPN extended "
            "permit ip 10.1.0.0 255.255.0.0 10.3.0.0 255.255.0.0 inactive branch: none"
        ),
    ),
    "of many lines": Case(
        at_hq_only(THERE, *(f"permit ip host 10.1.0.{n} host 10.3.0.1 inactive" for n in range(6))),
        (
            "fail warning: hq-branch / outside_map 10 - inactive lines - hq: 6 lines: access-list VPN extended "
            "permit ip host 10.1.0.0 host 10.3.0.1 inactive, access-list VPN extended permit ip host 10.1.0.1 "
            "host 10.3.0.1 inactive, access-list VPN extended permit ip host 10.1.0.2 host 10.3.0.1 inactive, "
            "access-list VPN extended permit ip host 10.1.0.3 host 10.3.0.1 inactive and 2 more branch: none"
        ),
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch - inactive lines - hq's Tunnel1 takes what is routed to it: it has no "
            "crypto map and no access list"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - inactive lines - branch: none",
    ),
    "no line of the list is left": Case(
        without_lines(),
        "not_applicable: hq-branch - inactive lines - hq's access list VPN has no line: see map-entry-incomplete",
    ),
    "no line of hq's list is left": Case(
        config_tunnel(hq_config(access_lists={})),
        "pass: hq-branch / outside_map 10 - inactive lines - branch: none",
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - inactive lines - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - inactive lines - the configuration of branch was not read (connection timed out)",
    ),
}
