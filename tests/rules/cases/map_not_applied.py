# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import BRANCH, HQ, config_tunnel, half_read, hq_config, tunnel, vti
from tests.rules.case import Case
from tests.rules.maps import entries, joined, route_based

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
        "pass: hq-branch / Tunnel1 - applied to - hq: outside branch: outside",
    ),
    "a tunnel interface that is shut down": Case(
        joined(vti(HQ, BRANCH, tunnel={"shutdown": True}), vti(BRANCH, HQ)),
        "fail critical: hq-branch / Tunnel1 - applied to - hq: no interface (shut down) branch: outside",
    ),
    "a tunnel interface without a source": Case(
        joined(vti(HQ, BRANCH, tunnel={"tunnel_source": None}), vti(BRANCH, HQ)),
        "fail critical: hq-branch / Tunnel1 - applied to - hq: no interface branch: outside",
    ),
    "a tunnel interface at one end": Case(
        joined(vti(HQ, BRANCH)),
        "pass: hq-branch / Tunnel1 - applied to - hq: outside branch: outside",
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
