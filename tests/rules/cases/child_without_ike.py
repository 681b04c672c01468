# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from tests.build import BRANCH, at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "IKE is up": Case(tunnel(), "pass: hq-branch - IKE SA of the child SAs - hq and branch: up"),
    "no IKE SA at hq and the SPIs still mirror": Case(
        tunnel(hq(at_hq(), states=[])),
        "fail warning: hq-branch - IKE SA of the child SAs - hq: none, and the SPIs still mirror",
    ),
    "no IKE SA and the SPIs do not mirror": Case(
        tunnel(hq(at_hq(outbound=(0xC1,)), states=[]), branch(at_branch(), states=[])),
        "fail critical: hq-branch - IKE SA of the child SAs - hq and branch: none",
    ),
    "no IKE SA and the SAs are being replaced": Case(
        tunnel(hq(at_hq(outbound=(0xC1,)), then=[at_hq()], states=[]), branch(at_branch(), states=[])),
        (
            "transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - IKE SA of the child SAs - hq's SAs changed between "
            "the readings"
        ),
    ),
    "no IKE SA at hq and the peer is foreign": Case(
        pair([hq(at_hq(), states=[])], foreign_peers=[ip_address(BRANCH)])[0],
        (
            "fail warning: hq-198.51.100.2 - IKE SA of the child SAs - hq: none, and whether the SPIs mirror is not "
            "known: 198.51.100.2 is declared foreign: judged from hq's end alone"
        ),
    ),
    "the IKE SA went away between the readings": Case(
        tunnel(hq(at_hq(), states=[], states_then=["MM_ACTIVE"])),
        "transient: hq-branch - IKE SA of the child SAs - hq: lost its IKE SA between the readings",
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - IKE SA of the child SAs - no SA at any end"),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - IKE SA of the child SAs - the SAs of branch were not read"
    ),
}
