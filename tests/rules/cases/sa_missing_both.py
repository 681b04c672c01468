# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import branch, hq, tunnel, unread_branch
from tests.rules.case import Case

CASES = {
    "present": Case(tunnel(), "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SAs at either end - present"),
    "idle": Case(
        tunnel(hq(), branch()), "pass: hq-branch - SAs at either end - none: idle, and traffic will make them"
    ),
    "always on and down": Case(
        tunnel(hq(), branch()),
        "fail error: hq-branch - SAs at either end - none, though the tunnel is declared always on",
        limits={"always_on": True},
    ),
    "always on and an end was not read": Case(
        tunnel(hq(), unread_branch()),
        "unknown: hq-branch - SAs at either end - the SAs of branch were not read (connection timed out)",
        limits={"always_on": True},
    ),
    "traffic was sent and nothing came up": Case(
        tunnel(hq(), branch(), stimulated=True),
        ("fail critical: hq-branch - SAs at either end - none, though traffic was sent between the readings"),
    ),
    "an end was not read": Case(
        tunnel(hq(), unread_branch(), stimulated=True),
        "unknown: hq-branch - SAs at either end - the SAs of branch were not read (connection timed out)",
    ),
}
