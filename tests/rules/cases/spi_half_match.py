# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "both directions match": Case(
        tunnel(),
        ("pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - one-way SPI match - each end accepts what the other sends"),
    ),
    "hq sends on an SPI that branch has replaced": Case(
        tunnel(hq(at_hq(outbound=(0xA2280726,)))),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - one-way SPI match - refused: hq sends "
            "on 0xA2280726, branch accepts 0x000000B1; accepted: branch sends on 0x000000A1, hq accepts "
            "0x000000A1"
        ),
    ),
    "neither direction matches": Case(
        tunnel(hq(at_hq(outbound=(0xC1,))), branch(at_branch(outbound=(0xC2,)))),
        ("not_applicable: hq-branch - one-way SPI match - neither direction matches: see spi-mirror-mismatch"),
    ),
    "no SA": Case(
        tunnel(hq(), branch()),
        "not_applicable: hq-branch - one-way SPI match - no proxy identities have SAs at both ends",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - one-way SPI match - the SAs of branch were not read (connection timed out)"
    ),
    "a rekey is going on": Case(
        tunnel(hq(at_hq(outbound=(0xC1,), seconds=5))),
        ("transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - one-way SPI match - an SA of hq expires in 5 s"),
    ),
}
