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
    mapped,
    route_based,
    without_lines,
)

CASES = {
    "alone": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: nothing branch: nothing",
    ),
    "a host is another tunnel's": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"permit ip host 10.1.0.9 {BRANCH_NET}"),
        (
            "fail info: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 5 (10.1.0.9/32 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "two that cross": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit ip 10.1.5.0 255.255.255.0 10.0.0.0 255.0.0.0"),
        (
            "fail warning: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 "
            "<-> 10.2.0.0/16 by outside_map 5 (10.1.5.0/24 <-> 10.0.0.0/8) branch: nothing"
        ),
    ),
    "all of it": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), THERE),
        "pass: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: nothing branch: nothing",
    ),
    "all of it at some hours": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), THERE + " time-range OFFICE"),
        (
            "fail warning: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 "
            "<-> 10.2.0.0/16 by outside_map 5 (10.1.0.0/16 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "all of it in two parts": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"permit ip host 10.1.0.9 {BRANCH_NET}", THERE),
        (
            "fail info: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 by outside_map 5 (10.1.0.9/32 <-> 10.2.0.0/16) branch: nothing"
        ),
    ),
    "all but a host": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), f"deny ip host 10.1.0.9 {BRANCH_NET}", "permit ip any any"),
        (
            "fail warning: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 "
            "<-> 10.2.0.0/16 by outside_map 5 (0.0.0.0/0 <-> 0.0.0.0/0) branch: nothing"
        ),
    ),
    "one port above": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit tcp any any eq 443"),
        (
            "fail warning: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: 10.1.0.0/16 "
            "<-> 10.2.0.0/16 by outside_map 5 (0.0.0.0/0/6/0 <-> 0.0.0.0/0/6/443) branch: nothing"
        ),
    ),
    "two ports that differ": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit tcp any any eq 443", own=("permit tcp any any eq 80",)),
        "pass: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: nothing branch: nothing",
    ),
    "two protocols": Case(
        beside(mapped(5, "OTHER", OTHER_PEER), "permit tcp any any", own=("permit udp any any",)),
        "pass: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq: nothing branch: nothing",
    ),
    "the list of an earlier sequence was not read": Case(
        beside(mapped(5, "GONE", OTHER_PEER), unread=frozenset({"access-list"})),
        (
            "unknown: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq's access list GONE "
            "of outside_map 5 was not read whole"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - taken in part by an earlier sequence - branch: nothing",
    ),
    "a tunnel interface has no map": Case(
        route_based(),
        (
            "not_applicable: hq-branch - taken in part by an earlier sequence - hq's Tunnel1 takes what is routed "
            "to it: it has no crypto map and no access list"
        ),
    ),
    "no line of the list is left": Case(
        without_lines(),
        (
            "not_applicable: hq-branch - taken in part by an earlier sequence - hq's access list VPN "
            "has no line: see map-entry-incomplete"
        ),
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        (
            "unknown: hq-branch / outside_map 10 - taken in part by an earlier sequence - hq's access list VPN "
            "was not read"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - taken in part by an earlier sequence - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
