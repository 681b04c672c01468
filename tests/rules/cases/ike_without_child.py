# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from tests.build import BRANCH, at_branch, at_hq, branch, half_read, hq, log, tunnel
from tests.rules.case import Case

CASES = {
    "children": Case(tunnel(), "pass: hq-branch - child SAs - every end with an IKE SA has them"),
    "idle without children": Case(
        tunnel(hq(), branch()), "fail info: hq-branch - child SAs - hq and branch: an IKE SA without child SAs"
    ),
    "without children though traffic was sent": Case(
        tunnel(hq(), branch(), stimulated=True),
        ("fail warning: hq-branch - child SAs - hq and branch: an IKE SA without child SAs, though traffic wants them"),
    ),
    "the log says that phase 2 fails": Case(
        tunnel(hq(log=(log("%ASA-3-713061: Tunnel rejected", 713061, peer=ip_address(BRANCH)),)), branch()),
        ("fail warning: hq-branch - child SAs - hq and branch: an IKE SA without child SAs, though traffic wants them"),
    ),
    "the log says that phase 2 of another tunnel fails": Case(
        tunnel(hq(log=(log("%ASA-3-713061: Tunnel rejected", 713061, peer=ip_address("192.0.2.9")),)), branch()),
        "fail info: hq-branch - child SAs - hq and branch: an IKE SA without child SAs",
    ),
    "IKEv2 is UP-IDLE": Case(
        tunnel(hq(states=["READY"]), branch(states=["READY"])),
        "fail info: hq-branch - child SAs - hq and branch: an IKE SA without child SAs",
    ),
    "the child went away between the readings": Case(
        tunnel(hq(then=[at_hq()]), branch(then=[at_branch()])),
        ("transient: hq-branch - child SAs - hq and branch: an IKE SA was made or lost its children just now"),
    ),
    "no IKE SA": Case(
        tunnel(hq(states=[]), branch(states=[])), "not_applicable: hq-branch - child SAs - no IKE SA is up"
    ),
    "an end was not read": Case(half_read(), "unknown: hq-branch - child SAs - the SAs of branch were not read"),
}
