# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from tests.build import BRANCH, at_branch, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import OTHER_PEER, alone, dynamic_hub, joined, route_based

CASES = {
    "each names the other": Case(
        tunnel(),
        "pass: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: 198.51.100.2 to 203.0.113.1",
    ),
    "branch is reached through NAT": Case(
        tunnel(hq(config=hq_config("192.0.2.77")), branch(at_branch(), public_addresses=(ip_address("192.0.2.77"),))),
        ("pass: hq-branch - pairing - hq: 203.0.113.1 to 192.0.2.77 branch: 198.51.100.2 as 192.0.2.77 to 203.0.113.1"),
    ),
    "hq names branch as its backup peer": Case(
        joined(hq_config([OTHER_PEER, BRANCH])),
        "pass: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: 198.51.100.2 to 203.0.113.1",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: 198.51.100.2 to 203.0.113.1",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "pass: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: 198.51.100.2 to 203.0.113.1",
    ),
    "hq names an address that nobody has": Case(
        joined(hq_config("198.51.100.99")),
        (
            "fail error: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.99 (not an address of branch) "
            "branch: 198.51.100.2 to 203.0.113.1"
        ),
    ),
    "branch does not name hq": Case(
        tunnel(right=branch(at_branch(), config=branch_config(crypto_maps=()))),
        "fail error: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: names no such peer",
    ),
    "the peer is in no inventory": Case(
        alone(),
        (
            "unknown: hq-198.51.100.2 - pairing - hq's peer 198.51.100.2 is no address of a device that was read; "
            "add it to the inventory, or declare it foreign"
        ),
    ),
    "the peer is foreign": Case(
        alone(foreign_peers=[ip_address(BRANCH)]),
        "not_applicable: hq-198.51.100.2 - pairing - 198.51.100.2 is declared foreign: judged from hq's end alone",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - pairing - branch could not be read",
    ),
}
