# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - VPN traffic past access lists -"

CASES = {
    "by default": Case(around(settings(), settings()), f"pass: {SAYS} hq: on (default) branch: on (default)"),
    "printed": Case(
        around({**settings(permit_vpn=True), "all_read": frozenset({"sysopt"})}, settings()),
        f"pass: {SAYS} hq: on branch: on (default)",
    ),
    "off at hq": Case(
        around(settings(permit_vpn=False), settings()),
        f"fail info: {SAYS} hq: off: the access list of outside must permit the far networks branch: on (default)",
    ),
    "the part was refused": Case(
        around({**settings(), "unread": frozenset({"sysopt"})}, settings()),
        f"unknown: {SAYS} the system options of hq were not read",
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the system options of hq were not read",
    ),
}
