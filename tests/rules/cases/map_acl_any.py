# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, at_hq_only, dynamic_hub, route_based, without_lines

CASES = {
    "none": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - any to any - hq: no branch: no",
    ),
    "all traffic": Case(
        at_hq_only(THERE, "permit ip any any"),
        (
            "fail warning: hq-branch / outside_map 10 - any to any - hq: access-list VPN extended permit ip any "
            "any branch: no"
        ),
    ),
    "all IPv6": Case(
        at_hq_only(THERE, "permit ip any6 any6"),
        (
            "fail warning: hq-branch / outside_map 10 - any to any - hq: access-list VPN extended permit ip any6 "
            "any6 branch: no"
        ),
    ),
    "from anywhere to the branch": Case(
        at_hq_only("permit ip any 10.2.0.0 255.255.0.0"),
        "pass: hq-branch / outside_map 10 - any to any - hq: no branch: no",
    ),
    "all TCP": Case(
        at_hq_only("permit tcp any any"),
        "pass: hq-branch / outside_map 10 - any to any - hq: no branch: no",
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch - any to any - hq's Tunnel1 takes what is routed to it: it has no crypto "
            "map and no access list"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - any to any - branch: no",
    ),
    "no line of the list is left": Case(
        without_lines(),
        "not_applicable: hq-branch - any to any - hq's access list VPN has no line: see map-entry-incomplete",
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - any to any - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - any to any - the configuration of branch was not read (connection timed out)",
    ),
}
