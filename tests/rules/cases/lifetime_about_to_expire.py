# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "time left": Case(tunnel(), "pass: hq-branch - time left - hq: 20000 s branch: 20000 s"),
    "a rekey is near": Case(
        tunnel(hq(at_hq(seconds=119))), "transient: hq-branch - time left - hq: 119 s branch: 20000 s"
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - time left - no SA at any end"),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - time left - the SAs of branch were not read (connection timed out)"
    ),
}
