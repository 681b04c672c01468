# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry
from tests.build import half_read, tunnel
from tests.rules.case import Case
from tests.rules.maps import (
    beside,
    dynamic_hub,
    route_based,
)

CASES = {
    "no dynamic map": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - dynamic map - hq: none branch: none",
    ),
    "at the end": Case(
        beside(CryptoMapEntry("outside_map", 65535, dynamic_map="DYN")),
        "pass: hq-branch / outside_map 10 - dynamic map - hq: DYN at 65535 branch: none",
    ),
    "before the entry": Case(
        beside(CryptoMapEntry("outside_map", 5, dynamic_map="DYN")),
        "fail error: hq-branch / outside_map 10 - dynamic map - hq: DYN at 5 before 10 branch: none",
    ),
    "before the entry, for any traffic": Case(
        beside(CryptoMapEntry("outside_map", 5, dynamic_map="DYN"), dynamic_maps=(CryptoMapEntry("DYN", 1),)),
        "fail error: hq-branch / outside_map 10 - dynamic map - hq: DYN at 5 before 10 branch: none",
    ),
    "before the entry, for other traffic": Case(
        beside(
            CryptoMapEntry("outside_map", 5, dynamic_map="DYN"),
            "permit ip any 10.9.0.0 255.255.0.0",
            dynamic_maps=(CryptoMapEntry("DYN", 1, "OTHER"),),
        ),
        "fail warning: hq-branch / outside_map 10 - dynamic map - hq: DYN at 5 before 10 branch: none",
    ),
    "before the entry, for its traffic": Case(
        beside(
            CryptoMapEntry("outside_map", 5, dynamic_map="DYN"),
            "permit ip any 10.0.0.0 255.0.0.0",
            dynamic_maps=(CryptoMapEntry("DYN", 1, "OTHER"),),
        ),
        "fail error: hq-branch / outside_map 10 - dynamic map - hq: DYN at 5 before 10 branch: none",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - dynamic map - branch: none",
    ),
    "a tunnel interface has no map": Case(
        route_based(),
        (
            "not_applicable: hq-branch - dynamic map - hq's Tunnel1 takes what is routed to it: it has no crypto "
            "map and no access list"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - dynamic map - the configuration of branch was not read (connection timed out)",
    ),
}
