# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from tests.build import BRANCH, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import alone, dynamic_hub, joined, route_based

DYNAMIC = {"peers": (), "transform_sets": (), "dynamic_map": "DYN"}


def typed(kind: str) -> dict[str, Any]:
    return {"map_changes": {"connection_type": kind}}


CASES = {
    "nothing said": Case(
        tunnel(),
        (
            "pass: hq-branch / outside_map 10 - connection type - hq: bidirectional (default) branch: "
            "bidirectional (default)"
        ),
    ),
    "both may do both": Case(
        config_tunnel(hq_config(**typed("bi-directional")), branch_config(**typed("bidirectional"))),
        "pass: hq-branch / outside_map 10 - connection type - hq: bidirectional branch: bidirectional",
    ),
    "one answers and the other initiates": Case(
        config_tunnel(hq_config(**typed("answer-only")), branch_config(**typed("originate-only"))),
        "pass: hq-branch / outside_map 10 - connection type - hq: answer-only branch: originate-only",
    ),
    "both only answer": Case(
        config_tunnel(hq_config(**typed("answer-only")), branch_config(**typed("answer-only"))),
        "fail critical: hq-branch / outside_map 10 - connection type - hq: answer-only branch: answer-only",
    ),
    "both only initiate": Case(
        config_tunnel(hq_config(**typed("originate-only")), branch_config(**typed("originate-only"))),
        "fail critical: hq-branch / outside_map 10 - connection type - hq: originate-only branch: originate-only",
    ),
    "a dynamic hub and a spoke that initiates": Case(
        dynamic_hub(),
        (
            "pass: hq-branch / outside_map 65535 - connection type - hq: answer-only (dynamic map DYN) branch: "
            "bidirectional (default)"
        ),
    ),
    "a dynamic hub and a spoke that only answers": Case(
        joined(hq_config(map_changes=DYNAMIC), branch_config(**typed("answer-only"))),
        (
            "fail critical: hq-branch / outside_map 10 - connection type - hq: answer-only (dynamic map DYN) "
            "branch: answer-only"
        ),
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "pass: hq-branch / Tunnel1 - connection type - hq: bidirectional (Tunnel1) branch: bidirectional (Tunnel1)",
    ),
    "a foreign peer that cannot call back": Case(
        alone(hq_config(**typed("originate-only")), foreign_peers=[ip_address(BRANCH)]),
        "fail warning: hq-198.51.100.2 / outside_map 10 - connection type - hq: originate-only",
    ),
    "a foreign peer": Case(
        alone(hq_config(**typed("answer-only")), foreign_peers=[ip_address(BRANCH)]),
        (
            "not_applicable: hq-198.51.100.2 - connection type - 198.51.100.2 is declared foreign: judged from "
            "hq's end alone"
        ),
    ),
    "the peer is in no inventory": Case(
        alone(),
        (
            "unknown: hq-198.51.100.2 - connection type - hq's peer 198.51.100.2 is no address of a device that "
            "was read; add it to the inventory, or declare it foreign"
        ),
    ),
    "hq has no entry": Case(
        config_tunnel(hq_config(crypto_maps=())),
        (
            "not_applicable: hq-branch - connection type - hq has no crypto map entry for this peer: see "
            "peer-address-mismatch"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - connection type - the configuration of branch was not read (connection timed out)",
    ),
}
