# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "it answers": Case(
        tunnel(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]), stimulated=True),
        "pass: hq-branch - answers - no end decrypts without encrypting",
    ),
    "branch decrypts and never answers": Case(
        tunnel(right=branch(at_branch(decaps=1030), then=[at_branch()]), stimulated=True),
        "fail critical: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - answers - branch: decaps +30 encaps +0",
    ),
    "one-way traffic without a stimulus": Case(
        tunnel(right=branch(at_branch(decaps=1030), then=[at_branch()])),
        (
            "pass: hq-branch - answers - branch: decaps +30 encaps +0: one-way traffic is legal, and no "
            "stimulus was sent"
        ),
    ),
    "no SA": Case(
        tunnel(hq(), branch()), "not_applicable: hq-branch - answers - no SAs with counters in both readings"
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - answers - the SAs of branch were not read (connection timed out)"
    ),
}
