# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from tests.build import BRANCH, at_branch, at_hq, branch, branch_config, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "each names the other": Case(
        tunnel(), "pass: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: 198.51.100.2 to 203.0.113.1"
    ),
    "branch does not name hq": Case(
        tunnel(right=branch(at_branch(), config=branch_config(crypto_maps=()))),
        "fail error: hq-branch - pairing - hq: 203.0.113.1 to 198.51.100.2 branch: names no such peer",
    ),
    "the peer is in no inventory": Case(
        pair([hq(at_hq())])[0],
        (
            "unknown: hq-198.51.100.2 - pairing - hq's peer 198.51.100.2 is no address of a device that was "
            "read; add it to the inventory, or declare it foreign"
        ),
    ),
    "the peer is foreign": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        ("not_applicable: hq-198.51.100.2 - pairing - 198.51.100.2 is declared foreign: judged from hq's end alone"),
    ),
    "an end was not read": Case(half_read(), "unknown: hq-branch - pairing - branch could not be read"),
}
