# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from tests.build import BRANCH, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, alone, at_hq_only, dynamic_hub, lists, route_based, without_lines

CASES = {
    "none": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - ports or protocols - hq: none branch: none",
    ),
    "a port": Case(
        at_hq_only(THERE, "permit tcp 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0 eq 443"),
        (
            "fail warning: hq-branch / outside_map 10 - ports or protocols - hq: 1 line: access-list VPN extended "
            "permit tcp 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0 eq 443 branch: none"
        ),
    ),
    "a protocol at a foreign peer": Case(
        alone(
            hq_config(access_lists=lists("permit gre host 10.1.0.1 host 10.2.0.1")), foreign_peers=[ip_address(BRANCH)]
        ),
        (
            "fail warning: hq-198.51.100.2 / outside_map 10 - ports or protocols - hq: 1 line: access-list VPN "
            "extended permit gre host 10.1.0.1 host 10.2.0.1"
        ),
    ),
    "an inactive line of a port": Case(
        at_hq_only(THERE, "permit tcp any any eq 443 inactive"),
        "pass: hq-branch / outside_map 10 - ports or protocols - hq: none branch: none",
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch - ports or protocols - hq's Tunnel1 takes what is routed to it: it has no "
            "crypto map and no access list"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - ports or protocols - branch: none",
    ),
    "no line of the list is left": Case(
        without_lines(),
        "not_applicable: hq-branch - ports or protocols - hq's access list VPN has no line: see map-entry-incomplete",
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - ports or protocols - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - ports or protocols - the configuration of branch was not read (connection timed out)",
    ),
}
