# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_branch, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "both ends have SAs": Case(tunnel(), "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SAs - both ends have them"),
    "branch lost its SAs": Case(
        tunnel(right=branch()),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SAs - hq: out 0x000000B1 in 0x000000A1 "
            "branch: none"
        ),
    ),
    "hq lost one of two": Case(
        tunnel(right=branch(at_branch(), at_branch(local="10.3.0.0/16", inbound=(0xB2,), outbound=(0xA2,)))),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.3.0.0/16 - SAs - hq: none branch: out 0x000000A2 "
            "in 0x000000B2"
        ),
    ),
    "no SA at either end": Case(
        tunnel(hq(), branch()), "not_applicable: hq-branch - SAs - no SA at either end: see sa-missing-both"
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - SAs - the SAs of branch were not read (connection timed out)"
    ),
    "the SAs went away between the readings": Case(
        tunnel(right=branch(then=[at_branch()])),
        ("transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SAs - branch's SAs changed between the readings"),
    ),
}
