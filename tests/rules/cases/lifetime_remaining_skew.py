# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from math import inf

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, IkeSa
from tests.build import (
    LANE,
    at_branch,
    at_hq,
    branch,
    branch_config,
    half_read,
    hq,
    hq_config,
    tunnel,
)
from tests.rules.case import Case

V2_LIFETIMES = (
    "not_applicable: hq-branch - time left - IKEv2 negotiates no lifetime, and the ends' are not known to agree"
)


def _v2(device: Device) -> Device:
    def modern(sa: IkeSa) -> IkeSa:
        return replace(sa, version=2, state="READY")

    return replace(
        device, readings=tuple(replace(each, ike=tuple(map(modern, each.ike or ()))) for each in device.readings)
    )


def _without_moments(device: Device) -> Device:
    last = replace(device.readings[-1], finished=inf)
    return replace(device, readings=(device.readings[0], last))


CASES = {
    "equally old": Case(tunnel(), f"pass: hq-branch / {LANE} - time left - hq: 20000 s branch: 20000 s"),
    "equally old in two lanes": Case(
        tunnel(
            hq(at_hq(), at_hq(inbound=(0xA2,), outbound=(0xB2,), local="10.3.0.0/16")),
            branch(at_branch(), at_branch(inbound=(0xB2,), outbound=(0xA2,), remote="10.3.0.0/16")),
        ),
        "pass: hq-branch / 2 proxy identities - time left - not more than 120 s apart",
    ),
    "read at different moments": Case(
        tunnel(right=branch(at_branch(seconds=19880))),
        f"pass: hq-branch / {LANE} - time left - hq: 20000 s branch: 19880 s",
    ),
    "branch missed a rekey": Case(
        tunnel(hq(at_hq(inbound=(0xA2,), outbound=(0xB2,), seconds=28000)), branch(at_branch(seconds=20000))),
        (f"fail error: hq-branch / {LANE} - time left - hq: 28000 s branch: 20000 s: hq's are of a later negotiation"),
    ),
    "branch missed a rekey that came soon after": Case(
        tunnel(hq(at_hq(inbound=(0xA2,), outbound=(0xB2,), seconds=20500))),
        (
            f"fail warning: hq-branch / {LANE} - time left - hq: 20500 s branch: 20000 s: hq's are of a later "
            "negotiation"
        ),
    ),
    "half an hour is allowed": Case(
        tunnel(hq(at_hq(inbound=(0xA2,), outbound=(0xB2,), seconds=20500))),
        f"pass: hq-branch / {LANE} - time left - hq: 20500 s branch: 20000 s",
        limits={"seconds": 1800},
    ),
    "the SPIs mirror all the same": Case(
        tunnel(hq(at_hq(seconds=28000))),
        f"fail info: hq-branch / {LANE} - time left - hq: 28000 s branch: 20000 s, though the SPIs mirror",
    ),
    "hq still keeps the pair before a rekey": Case(
        tunnel(hq(replace(at_hq(), sas=(*at_hq().sas, *at_hq(inbound=(0xA9,), outbound=(0xB9,), seconds=4000).sas)))),
        f"pass: hq-branch / {LANE} - time left - hq: 20000 s branch: 20000 s",
    ),
    "IKEv2 with two lifetimes": Case(
        tunnel(
            _v2(hq(at_hq(seconds=28000), config=hq_config(lifetime_seconds=28800))),
            _v2(branch(at_branch(seconds=3000), config=branch_config(lifetime_seconds=3600))),
        ),
        V2_LIFETIMES,
    ),
    "IKEv2 with one lifetime": Case(
        tunnel(_v2(hq(at_hq())), _v2(branch(at_branch()))),
        f"pass: hq-branch / {LANE} - time left - hq: 20000 s branch: 20000 s",
    ),
    "the moment of a reading is unknown": Case(
        tunnel(hq(at_hq(seconds=28000)), _without_moments(branch(at_branch()))),
        "not_applicable: hq-branch - time left - no proxy identities have SAs with a time at both ends",
    ),
    "no time is printed": Case(
        tunnel(hq(at_hq(seconds=None))),
        "not_applicable: hq-branch - time left - no proxy identities have SAs with a time at both ends",
    ),
    "a rekey is near": Case(
        tunnel(hq(at_hq(seconds=40))),
        f"transient: hq-branch / {LANE} - time left - an SA of hq expires in 40 s",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - time left - the SAs of branch were not read (connection timed out)"
    ),
}
