# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import entries, route_based, virtual

CASES = {
    "applied": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - applied to - hq: outside branch: outside",
    ),
    "applied nowhere at hq": Case(
        config_tunnel(hq_config(crypto_map_interfaces={})),
        "fail critical: hq-branch / outside_map 10 - applied to - hq: no interface branch: outside",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        (
            "not_applicable: hq-branch - applied to - hq's Tunnel1 takes what is routed to it: it has no crypto "
            "map and no access list"
        ),
    ),
    "a tunnel interface at one end": Case(
        entries(virtual(), tunnel().ends[1].map_entry),
        "pass: hq-branch / Tunnel1 - applied to - branch: outside",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - applied to - the configuration of branch was not read (connection timed out)",
    ),
    "no entry at either end": Case(
        entries(None, None),
        "not_applicable: hq-branch - applied to - no end has a crypto map entry",
    ),
}
