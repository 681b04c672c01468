# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import BRANCH, branch, half_read, hq, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import OTHER_PEER, dynamic_hub, joined, route_based

OLDER = Version(9, 12, 4)
V2 = {"transform_sets": (), "ikev2_proposals": ("AES",)}

CASES = {
    "one": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - peers - hq: 198.51.100.2 branch: 203.0.113.1",
    ),
    "two": Case(
        joined(hq_config([BRANCH, OTHER_PEER])),
        (
            "fail info: hq-branch / outside_map 10 - peers - hq: 198.51.100.2, 192.0.2.9, tried in this order "
            "branch: 203.0.113.1"
        ),
    ),
    "two for IKEv2 of an older release": Case(
        joined(
            hq_config([BRANCH, OTHER_PEER], map_changes=V2),
            version=Version(9, 12, 4),
        ),
        (
            "fail warning: hq-branch / outside_map 10 - peers - hq: 198.51.100.2, 192.0.2.9 (IKEv2 uses the first "
            "alone in 9.12(4)) branch: 203.0.113.1"
        ),
    ),
    "two for IKEv2 of an older release, and branch is the second": Case(
        next(
            each
            for each in pair([hq(config=hq_config([OTHER_PEER, BRANCH], map_changes=V2), version=OLDER), branch()])
            if each.both
        ),
        (
            "fail error: hq-branch / outside_map 10 - peers - hq: 192.0.2.9, 198.51.100.2 (IKEv2 uses the first "
            "alone in 9.12(4), so hq cannot start the tunnel) branch: 203.0.113.1"
        ),
    ),
    "two for IKEv2 of a newer release": Case(
        joined(
            hq_config([BRANCH, OTHER_PEER], map_changes=V2),
            version=Version(9, 16, 4),
        ),
        (
            "fail info: hq-branch / outside_map 10 - peers - hq: 198.51.100.2, 192.0.2.9, tried in this order "
            "branch: 203.0.113.1"
        ),
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - peers - branch: 203.0.113.1",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        (
            "not_applicable: hq-branch - peers - hq's Tunnel1 takes what is routed to it: it has no crypto map "
            "and no access list"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - peers - the configuration of branch was not read (connection timed out)",
    ),
}
