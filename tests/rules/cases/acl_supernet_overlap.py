# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import (
    BRANCH_NET,
    OTHER_PEER,
    THERE,
    beside,
    dynamic_hub,
    joined,
    mapped,
    route_based,
    without_lines,
)

CASES = {
    "alone": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - wanted by a later sequence - hq: nothing branch: nothing",
    ),
    "a host is wanted below": Case(
        beside(mapped(20, "OTHER", OTHER_PEER), f"permit ip host 10.1.0.9 {BRANCH_NET}"),
        (
            "fail info: hq-branch / outside_map 10 - wanted by a later sequence - hq: 10.1.0.0/16 <-> 10.2.0.0/16 "
            "by outside_map 20 (10.1.0.9/32 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "a supernet is wanted below": Case(
        beside(mapped(20, "OTHER", OTHER_PEER), "permit ip any 10.0.0.0 255.0.0.0"),
        (
            "fail info: hq-branch / outside_map 10 - wanted by a later sequence - hq: 10.1.0.0/16 <-> 10.2.0.0/16 "
            "by outside_map 20 (0.0.0.0/0 <-> 10.0.0.0/8) branch: nothing"
        ),
    ),
    "the same above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), THERE),
        "pass: hq-branch / outside_map 10 - wanted by a later sequence - hq: nothing branch: nothing",
    ),
    "two later sequences match this very list": Case(
        joined(hq_config(crypto_maps=(mapped(10), mapped(20, peer="192.0.2.20"), mapped(30, peer="192.0.2.30")))),
        (
            "fail info: hq-branch / outside_map 10 - wanted by a later sequence - hq: 10.1.0.0/16 <-> 10.2.0.0/16 "
            "by outside_map 20 (10.1.0.0/16 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "another family below": Case(
        beside(mapped(20, "OTHER", OTHER_PEER), "permit ip any6 any6"),
        "pass: hq-branch / outside_map 10 - wanted by a later sequence - hq: nothing branch: nothing",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - wanted by a later sequence - branch: nothing",
    ),
    "a tunnel interface has no map": Case(
        route_based(),
        (
            "not_applicable: hq-branch - wanted by a later sequence - hq's Tunnel1 takes what is routed to it: it "
            "has no crypto map and no access list"
        ),
    ),
    "no line of the list is left": Case(
        without_lines(),
        (
            "not_applicable: hq-branch - wanted by a later sequence - hq's access list VPN "
            "has no line: see map-entry-incomplete"
        ),
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - wanted by a later sequence - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - wanted by a later sequence - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
