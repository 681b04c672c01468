# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import at_branch, at_hq, branch, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

JUST_NOW = {"current_inbound": 0xB2, "inbound": (0xB1, 0xB2), "seconds": 28790}


CASES = {
    "in step": Case(
        tunnel(hq(at_hq(current_inbound=0xA1)), branch(at_branch(current_inbound=0xB1))),
        "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - both ends are in step",
    ),
    "sending on the old one during a rekey": Case(
        tunnel(hq(at_hq(current_inbound=0xA1)), branch(at_branch(**JUST_NOW))),
        (
            "fail info: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2, which is 10s old"
        ),
    ),
    "sending on the old one for minutes": Case(
        replace(
            tunnel(hq(at_hq(current_inbound=0xA1)), branch(at_branch(**JUST_NOW))),
            interval=180.0,
        ),
        (
            "fail warning: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2, which is 10s old"
        ),
    ),
    "the new one is five minutes old": Case(
        tunnel(hq(at_hq(current_inbound=0xA1)), branch(at_branch(**{**JUST_NOW, "seconds": 28500}))),
        (
            "fail warning: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2, which is 5m old"
        ),
    ),
    "the other end's shorter lifetime makes the new one young": Case(
        tunnel(
            hq(at_hq(current_inbound=0xA1), config=hq_config(lifetime_seconds=28510)),
            branch(at_branch(**{**JUST_NOW, "seconds": 28500})),
        ),
        (
            "fail info: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2, which is 10s old"
        ),
    ),
    "the new one does not say how old it is": Case(
        tunnel(hq(at_hq(current_inbound=0xA1)), branch(at_branch(**{**JUST_NOW, "seconds": None}))),
        (
            "fail info: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2"
        ),
    ),
    "it became current between the readings": Case(
        tunnel(
            hq(at_hq(current_inbound=0xA1)),
            branch(
                at_branch(**{**JUST_NOW, "seconds": 28500}),
                then=[at_branch(**{**JUST_NOW, "seconds": 28500, "current_inbound": 0xB1})],
            ),
        ),
        (
            "fail info: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq sends on 0x000000B1, "
            "branch's current one is 0x000000B2"
        ),
    ),
    "an old release does not say which of two is current": Case(
        tunnel(right=branch(at_branch(inbound=(0xB1, 0xB2)))),
        "not_applicable: hq-branch - current SA - the release prints no current inbound SPI",
    ),
    "nothing mirrors": Case(
        tunnel(hq(at_hq(outbound=(0xC1,)))),
        "not_applicable: hq-branch - current SA - no proxy identities whose SPIs mirror",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - current SA - the SAs of branch were not read (connection timed out)"
    ),
    "a rekey is going on": Case(
        tunnel(hq(at_hq(), then=[at_hq(outbound=(0xC1,))])),
        ("transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - current SA - hq's SAs changed between the readings"),
    ),
}
