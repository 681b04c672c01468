# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import BRANCH_LAN, half_read
from tests.rules.around import BRANCH_ROUTES, HQ_ROUTES, around, route, table
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - reverse route -"
ON = {"map_changes": {"reverse_route": True}}
LOST = table(route(BRANCH_LAN, "inside", "10.1.0.2"))

CASES = {
    "at neither end": Case(around(), f"pass: {SAYS} hq: off branch: off"),
    "at both": Case(around(ON, ON), f"pass: {SAYS} hq: on branch: on"),
    "at one, and the other is routed": Case(
        around({}, ON, left={"routing": HQ_ROUTES}, right={"routing": BRANCH_ROUTES}),
        f"pass: {SAYS} hq: off, and its routes lead there branch: on",
    ),
    "at one, and the other goes astray": Case(
        around({}, ON, left={"routing": LOST}), f"fail warning: {SAYS} hq: off, and no route leads there branch: on"
    ),
    "at one, and the routes were not read": Case(around({}, ON), f"fail info: {SAYS} hq: off branch: on"),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - reverse route - the configuration of branch was not read (connection timed out)",
    ),
}
