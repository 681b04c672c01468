# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "none": Case(tunnel(hq(at_hq(errors=7))), "pass: hq-branch - errors - none between the readings"),
    "they grow": Case(
        tunnel(hq(at_hq(errors=9), then=[at_hq(errors=7)])),
        ("fail warning: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - errors - hq: send errors +2 recv errors +0"),
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - errors - no SAs with counters in both readings"),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - errors - the SAs of branch were not read (connection timed out)"
    ),
}
