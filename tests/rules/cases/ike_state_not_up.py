# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

CASES = {
    "up": Case(tunnel(), "pass: hq-branch - IKE state - hq: MM_ACTIVE branch: MM_ACTIVE"),
    "IKEv2 is READY": Case(
        tunnel(hq(at_hq(), states=["READY"]), branch(at_branch(), states=["READY"])),
        "pass: hq-branch - IKE state - hq: READY branch: READY",
    ),
    "aggressive mode": Case(
        tunnel(hq(at_hq(), states=["AM_ACTIVE"]), branch(at_branch(), states=["AM_Active"])),
        "pass: hq-branch - IKE state - hq: AM_ACTIVE branch: AM_Active",
    ),
    "IKEv1 is rekeyed": Case(
        tunnel(hq(at_hq(), states=["MM_ACTIVE_REKEY", "MM_ACTIVE"]), branch(at_branch(), states=["MM_REKEY_DONE_H2"])),
        "pass: hq-branch - IKE state - hq: MM_ACTIVE_REKEY, MM_ACTIVE branch: MM_REKEY_DONE_H2",
    ),
    "IKEv2 is rekeyed": Case(
        tunnel(hq(at_hq(), states=["READY", "READY"]), branch(at_branch(), states=["READY", "IN-NEG"])),
        "pass: hq-branch - IKE state - hq: READY, READY branch: READY, IN-NEG",
    ),
    "IKEv2 is UP-IDLE": Case(
        tunnel(hq(states=["READY"]), branch(states=["READY"])),
        "pass: hq-branch - IKE state - hq: READY branch: READY",
    ),
    "the second peer is up while the first is still tried": Case(
        tunnel(hq(at_hq(), states=["MM_WAIT_MSG2", "MM_ACTIVE"]), branch(at_branch())),
        "pass: hq-branch - IKE state - hq: MM_WAIT_MSG2, MM_ACTIVE branch: MM_ACTIVE",
    ),
    "the keys differ": Case(
        tunnel(hq(states=["MM_WAIT_MSG6"]), branch(states=["MM_WAIT_MSG5"])),
        "fail error: hq-branch - IKE state - hq: MM_WAIT_MSG6 branch: MM_WAIT_MSG5",
    ),
    "one end alone has an IKE SA": Case(
        tunnel(right=branch(at_branch(), states=[])), "fail error: hq-branch - IKE state - hq: MM_ACTIVE branch: none"
    ),
    "it came up between the readings": Case(
        tunnel(right=branch(at_branch(), states=["MM_WAIT_MSG3"], states_then=[])),
        ("transient: hq-branch - IKE state - hq: MM_ACTIVE branch: MM_WAIT_MSG3: changed between the readings"),
    ),
    "idle": Case(
        tunnel(hq(states=[]), branch(states=[])), "not_applicable: hq-branch - IKE state - hq: none branch: none: idle"
    ),
    "an end was not read": Case(half_read(), "unknown: hq-branch - IKE state - branch: not read"),
}
