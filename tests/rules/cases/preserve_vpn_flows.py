# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - connections kept over a break -"

CASES = {
    "off by default and off": Case(
        around(settings(), settings(preserve_vpn_flows=False)), f"pass: {SAYS} hq: off (default) branch: off"
    ),
    "kept at branch alone": Case(
        around(settings(), settings(preserve_vpn_flows=True)), f"fail info: {SAYS} hq: off (default) branch: on"
    ),
    "the system options were not read": Case(
        around({}, settings()), f"unknown: {SAYS} the system options of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the system options of hq were not read",
    ),
}
