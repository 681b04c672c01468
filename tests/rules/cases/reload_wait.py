# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - reload after sessions -"

CASES = {
    "on at both ends": Case(
        around(settings(reload_wait=True), settings(reload_wait=True)), f"pass: {SAYS} hq: on branch: on"
    ),
    "off by default at branch": Case(
        around(settings(reload_wait=True), settings()), f"fail info: {SAYS} hq: on branch: off (default)"
    ),
    "a whole reading that does not print it": Case(
        around({**settings(), "all_read": frozenset({"crypto"})}, settings(reload_wait=False)),
        f"fail info: {SAYS} hq: off branch: off",
    ),
    "the settings were not read": Case(
        around({}, settings(reload_wait=True)), f"unknown: {SAYS} the IKE settings of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the IKE settings of hq were not read",
    ),
}
