# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction
from tests.build import at_hq, branch, half_read, hq, hq_config, once, sa, tunnel
from tests.rules.case import Case

# A rekey by volume: the new pair stands first, the old one has nothing left and waits for its end.
REKEYED = replace(
    at_hq(),
    sas=(*at_hq().sas, sa(Direction.INBOUND, 0xA0, kilobytes=0), sa(Direction.OUTBOUND, 0xB0, kilobytes=0)),
)

CASES = {
    "the old pair of a rekey by volume is used up": Case(
        tunnel(hq(REKEYED)), "pass: hq-branch - volume left - every SA has some, or has no limit"
    ),
    "used up while the SAs changed between the readings": Case(
        tunnel(hq(at_hq(kilobytes=0), then=[at_hq(inbound=(0xA7,))])),
        "transient: hq-branch - volume left - hq's SAs changed between the readings",
    ),
    "some left": Case(tunnel(), "pass: hq-branch - volume left - every SA has some, or has no limit"),
    "used up": Case(
        tunnel(hq(at_hq(kilobytes=0))),
        ("fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: inbound 0x000000A1 (0/20000)"),
        ("fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: outbound 0x000000B1 (0/20000)"),
    ),
    "used up and packets still pass": Case(
        tunnel(hq(at_hq(kilobytes=0, encaps=1030, decaps=1030), then=[at_hq(kilobytes=0)])),
        (
            "fail warning: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: inbound 0x000000A1 "
            "(0/20000), and packets still pass"
        ),
        (
            "fail warning: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: outbound 0x000000B1 "
            "(0/20000), and packets still pass"
        ),
    ),
    "used up and read once": Case(
        tunnel(once(hq(at_hq(kilobytes=0)))),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: inbound 0x000000A1 (0/20000): read "
            "once, and a rekey by volume may be under way"
        ),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - volume left - hq: outbound 0x000000B1 (0/20000): read "
            "once, and a rekey by volume may be under way"
        ),
    ),
    "seconds alone are printed": Case(
        tunnel(hq(at_hq(kilobytes=None))), "pass: hq-branch - volume left - every SA has some, or has no limit"
    ),
    "the limit is unlimited and zero is no end": Case(
        tunnel(hq(at_hq(kilobytes=0), config=hq_config(lifetime_kilobytes=0))),
        "pass: hq-branch - volume left - every SA has some, or has no limit",
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - volume left - no SA with a limited volume"),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - volume left - the SAs of branch were not read (connection timed out)"
    ),
}
