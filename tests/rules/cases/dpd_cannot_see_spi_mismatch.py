# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "no mismatch": Case(tunnel(), "pass: hq-branch - what DPD can see - there is no mismatch"),
    "a mismatch behind a living IKE SA": Case(
        tunnel(hq(at_hq(outbound=(0xC1,)))),
        (
            "fail info: hq-branch - what DPD can see - hq: MM_ACTIVE branch: MM_ACTIVE: IKE is alive, so DPD "
            "will not notice the mismatch"
        ),
    ),
    "a mismatch and IKE is down at branch": Case(
        tunnel(hq(at_hq(outbound=(0xC1,))), branch(at_branch(), states=[])),
        "pass: hq-branch - what DPD can see - hq: MM_ACTIVE branch: none: IKE is not up at both ends",
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - what DPD can see - no SA at either end"),
    "the SAs changed": Case(
        tunnel(hq(at_hq(), then=[at_hq(outbound=(0xC1,))])),
        (
            "transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - what DPD can see - hq's SAs changed "
            "between the readings"
        ),
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - what DPD can see - the SAs of branch were not read (connection timed out)"
    ),
}
