# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry
from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import (
    BRANCH_NET,
    OTHER_PEER,
    THERE,
    beside,
    dynamic_hub,
    joined,
    lists,
    mapped,
    route_based,
    without_lines,
)

CASES = {
    "two earlier sequences match this very list": Case(
        joined(
            hq_config(crypto_maps=(mapped(5, peer="192.0.2.5"), mapped(7, peer="192.0.2.7"), mapped(10))),
        ),
        (
            "fail error: hq-branch / outside_map 10 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> 10.2.0.0/16 "
            "by outside_map 5 (10.1.0.0/16 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "alone": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "another peer's traffic above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit ip 10.1.0.0 255.255.0.0 10.9.0.0 255.255.0.0"),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the same traffic above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), THERE),
        (
            "fail error: hq-branch / outside_map 10 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 5 (10.1.0.0/16 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "the same traffic below": Case(
        beside(mapped(20, "OTHER", OTHER_PEER), THERE),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "a wider line above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit ip 10.0.0.0 255.0.0.0 10.0.0.0 255.0.0.0"),
        (
            "fail error: hq-branch / outside_map 10 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 5 (10.0.0.0/8 <-> 10.0.0.0/8) branch: nothing"
        ),
    ),
    "an entry above without a peer takes nothing": Case(
        beside(mapped(5, "OTHER", peers=()), THERE),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "everything above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit ip any any"),
        (
            "fail error: hq-branch / outside_map 10 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 5 (0.0.0.0/0 <-> 0.0.0.0/0) branch: nothing"
        ),
    ),
    "one of two lines": Case(
        beside(
            mapped(5, "OTHER", OTHER_PEER),
            "permit ip any 10.3.0.0 255.255.0.0",
            own=(THERE, "permit ip 10.1.0.0 255.255.0.0 10.3.7.0 255.255.255.0"),
        ),
        (
            "fail error: hq-branch / outside_map 10 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.3.7.0/24 by outside_map 5 (0.0.0.0/0 <-> 10.3.0.0/16) branch: nothing"
        ),
    ),
    "the line above lets this traffic pass": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"deny ip any {BRANCH_NET}", "permit ip any any"),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the line above lets a host pass": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"deny ip host 10.1.0.9 {BRANCH_NET}", "permit ip any any"),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the line above is inactive": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit ip any any inactive"),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "a part above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"permit ip host 10.1.0.9 {BRANCH_NET}"),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the peer's own sequence above": Case(
        joined(hq_config(crypto_maps=(mapped(5, "OTHER"), mapped(10)), access_lists=lists(THERE, OTHER=[THERE]))),
        "pass: hq-branch / outside_map 5 - taken by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the list of an earlier sequence was not read": Case(
        beside(mapped(5, "GONE", OTHER_PEER), unread=frozenset({"access-list"})),
        (
            "unknown: hq-branch / outside_map 10 - taken by an earlier sequence - hq's access list GONE of "
            "outside_map 5 was not read whole"
        ),
    ),
    "hq answers branch from a dynamic map, and an earlier sequence takes the answers": Case(
        joined(
            hq_config(
                crypto_maps=(
                    mapped(10, "WIDE", peer=OTHER_PEER),
                    CryptoMapEntry("outside_map", 65535, dynamic_map="DYN"),
                ),
                dynamic_maps=(),
                access_lists=lists(THERE, WIDE=["permit ip any any"]),
            )
        ),
        (
            "fail error: hq-branch / outside_map 65535 - taken by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 10 (0.0.0.0/0 <-> 0.0.0.0/0) branch: nothing"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - taken by an earlier sequence - branch: nothing",
    ),
    "a tunnel interface has no map": Case(
        route_based(),
        (
            "not_applicable: hq-branch - taken by an earlier sequence - hq's Tunnel1 takes what is routed to it: "
            "it has no crypto map and no access list"
        ),
    ),
    "no line of the list is left": Case(
        without_lines(),
        (
            "not_applicable: hq-branch - taken by an earlier sequence - hq's access list VPN "
            "has no line: see map-entry-incomplete"
        ),
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - taken by an earlier sequence - hq's access list VPN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - taken by an earlier sequence - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
