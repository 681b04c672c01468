# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - replay check -"

CASES = {
    "by default and wider": Case(
        around(settings(), settings(replay_window=1024)),
        f"pass: {SAYS} hq: 64 packets (default) branch: 1024 packets",
    ),
    "off at hq": Case(
        around(settings(replay_window=0), settings()), f"fail warning: {SAYS} hq: off branch: 64 packets (default)"
    ),
    "the settings were not read": Case(
        around({}, settings()), f"unknown: {SAYS} the IPsec settings of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the IPsec settings of hq were not read",
    ),
}
