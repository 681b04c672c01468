# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from tests.build import BRANCH, at_branch, at_hq, branch, half_read, hq, ike, log, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - DPD offered -"
YES = "%ASA-7-713121: IP = 198.51.100.2, Keep-alive type for this connection: DPD"
NO = "%ASA-7-713121: IP = 198.51.100.2, Keep-alive type for this connection: None"
NOT_SAID = "no log that was read says so, which needs severity 7 or debug crypto isakmp"


def _logged(*texts: str, peer: str = BRANCH) -> Tunnel:
    return tunnel(hq(at_hq(), log=tuple(log(text, 713121, peer=ip_address(peer)) for text in texts)))


def _ikev2() -> Tunnel:
    device = hq(at_hq())
    both = tuple(replace(each, ike=(replace(ike(BRANCH, "READY"), version=2),)) for each in device.readings)
    return tunnel(replace(device, readings=both), branch(at_branch(), states=[]))


CASES = {
    "DPD was agreed": Case(_logged(YES), f"pass: {SAYS} hq: yes branch: not said"),
    "a debug line says so": Case(
        _logged("Nov 10 02:14:09 [IKEv1 DEBUG]: IP = 198.51.100.2, Received DPD VID"),
        f"pass: {SAYS} hq: yes branch: not said",
    ),
    "DPD was not agreed": Case(_logged(YES, NO), f"fail info: {SAYS} hq: no branch: not said"),
    "the newest line counts": Case(_logged(NO, YES), f"pass: {SAYS} hq: yes branch: not said"),
    "the peer offered none": Case(
        tunnel(hq(at_hq(), log=(log("peer does not support keep-alives", 713122, peer=ip_address(BRANCH)),))),
        f"fail info: {SAYS} hq: no branch: not said",
    ),
    "another peer's": Case(_logged(NO, peer="192.0.2.9"), f"unverifiable: {SAYS} {NOT_SAID}"),
    "no line says so": Case(tunnel(), f"unverifiable: {SAYS} {NOT_SAID}"),
    "IKEv2": Case(_ikev2(), f"not_applicable: {SAYS} IKEv2 needs no offer: every end must answer"),
    "an end was not read": Case(half_read(), f"unverifiable: {SAYS} {NOT_SAID}"),
}
