# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from tests.build import BRANCH, half_read
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch - names -"

CASES = {
    "none": Case(around(), f"pass: {SAYS} hq: none branch: none"),
    "a name for the peer": Case(
        around({"names": {"branch-fw": ip_address(BRANCH), "lan": ip_address("10.1.0.0")}}),
        f"fail info: {SAYS} hq: 2 in use, branch-fw is 198.51.100.2 branch: none",
    ),
    "names of others": Case(
        around({}, {"names": {"lan": ip_address("10.2.0.0")}}), f"fail info: {SAYS} hq: none branch: 1 in use"
    ),
    "they were not read": Case(
        around({"unread": frozenset({"names"})}), f"unknown: {SAYS} the names of hq were not read"
    ),
    "an end was not read": Case(
        half_read(), f"unknown: {SAYS} the configuration of branch was not read (connection timed out)"
    ),
}
