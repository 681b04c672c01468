# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - notice of disconnection -"

CASES = {
    "on at both ends": Case(
        around(settings(disconnect_notify=True), settings(disconnect_notify=True)), f"pass: {SAYS} hq: on branch: on"
    ),
    "off by default at branch": Case(
        around(settings(disconnect_notify=True), settings()), f"fail warning: {SAYS} hq: on branch: off (default)"
    ),
    "a whole reading that does not print it": Case(
        around({**settings(), "all_read": frozenset({"crypto"})}, settings(disconnect_notify=False)),
        f"fail warning: {SAYS} hq: off branch: off",
    ),
    "the settings were not read": Case(
        around({}, settings(disconnect_notify=True)), f"unknown: {SAYS} the IKE settings of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the IKE settings of hq were not read",
    ),
}
