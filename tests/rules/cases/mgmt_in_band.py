# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import BRANCH_LAN, half_read
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - management -"
NONE = f"not_applicable: {SAYS} branch has no management-access"

CASES = {
    "the inside address is in the tunnel": Case(
        around({"management_access": "inside"}),
        NONE,
        f"fail info: {SAYS} hq: 10.1.0.1 on inside is reached through this tunnel",
    ),
    "it is not": Case(
        around({"management_access": "inside", "acl": [("10.9.0.0/16", BRANCH_LAN)]}),
        NONE,
        f"pass: {SAYS} hq: 10.1.0.1 on inside is not of this tunnel",
    ),
    "an interface without an address": Case(
        around({"management_access": "mgmt"}), f"unknown: {SAYS} the address of mgmt of hq is not known", NONE
    ),
    "it was not read": Case(
        around({"unread": frozenset({"management-access"})}),
        f"unknown: {SAYS} management-access of hq was not read",
        NONE,
    ),
    "at neither end": Case(around(), f"not_applicable: {SAYS} hq has no management-access", NONE),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - management - the configuration of branch was not read (connection timed out)",
        f"not_applicable: {SAYS} hq has no management-access",
    ),
}
