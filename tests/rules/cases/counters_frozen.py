# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "they move": Case(
        tunnel(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]), stimulated=True),
        "pass: hq-branch - packet counters - hq: encaps +30 decaps +30 branch: encaps +0 decaps +0",
    ),
    "idle": Case(
        tunnel(),
        (
            "pass: hq-branch - packet counters - hq: encaps +0 decaps +0 branch: encaps +0 decaps +0: idle, "
            "and no stimulus was sent"
        ),
    ),
    "frozen though traffic was sent": Case(
        tunnel(stimulated=True),
        (
            "fail error: hq-branch - packet counters - hq: encaps +0 decaps +0 branch: encaps +0 decaps +0, "
            "though traffic was sent"
        ),
    ),
    "no SA": Case(
        tunnel(hq(), branch(), stimulated=True),
        "not_applicable: hq-branch - packet counters - no SAs at both ends with counters in both readings",
    ),
    "the SAs changed": Case(
        tunnel(hq(at_hq(), then=[at_hq(outbound=(0xC1,))])),
        (
            "transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packet counters - hq's SAs changed between "
            "the readings"
        ),
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - packet counters - the SAs of branch were not read (connection timed out)"
    ),
}
