# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, at_hq_only, both_lists, route_based, without_lines

CASES = {
    "one family": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - address families - hq: IPv4 branch: IPv4",
    ),
    "IPv6 at both ends": Case(
        both_lists(["permit ip 2001:db8:a::/64 any6"], ["permit ip any6 2001:db8:a::/64"]),
        "pass: hq-branch / outside_map 10 - address families - hq: IPv6 branch: IPv6",
    ),
    "both families at hq": Case(
        at_hq_only(THERE, "permit ip 2001:db8:a::/64 2001:db8:b::/64"),
        "fail warning: hq-branch / outside_map 10 - address families - hq: IPv4 and IPv6 in VPN branch: IPv4",
    ),
    "the other family is inactive": Case(
        at_hq_only(THERE, "permit ip 2001:db8:a::/64 2001:db8:b::/64 inactive"),
        "pass: hq-branch / outside_map 10 - address families - hq: IPv4 branch: IPv4",
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch - address families - hq's Tunnel1 takes what is routed to it: it has no "
            "crypto map and no access list"
        ),
    ),
    "no line of the list is left": Case(
        without_lines(),
        "not_applicable: hq-branch - address families - hq's access list VPN has no line: see map-entry-incomplete",
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - address families - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - address families - the configuration of branch was not read (connection timed out)",
    ),
}
