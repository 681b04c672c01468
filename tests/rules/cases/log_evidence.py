# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from tests.build import BRANCH, HQ, at_branch, at_hq, branch, hq, log, tunnel
from tests.rules.case import Case

RETRY = "IPSEC WARNING: inbound SA deletion retry, SPI 0x000000A1"
INVALID = "%ASA-4-402114: IPSEC: Received an ESP packet (SPI= 0x000000C1) from 203.0.113.1 with an invalid SPI"

CASES = {
    "no such line": Case(
        tunnel(hq(at_hq(), log=(log("%ASA-5-111008: User executed show", 111008),))),
        "pass: hq-branch - log - no such line about this tunnel",
    ),
    "an SA in use could not be deleted": Case(
        tunnel(hq(at_hq(), log=(log(RETRY, spi=0xA1), log(RETRY, spi=0xA1)))),
        (
            "fail warning: hq-branch - log - hq: an SA could not be deleted from the data path (2 lines); "
            "it names an SA that is still in use"
        ),
    ),
    "that SA is gone and the line is history": Case(
        tunnel(hq(at_hq(), log=(log(RETRY, spi=0xA9, peer=ip_address(BRANCH)),))),
        "fail info: hq-branch - log - hq: an SA could not be deleted from the data path",
    ),
    "a line about another tunnel": Case(
        tunnel(hq(at_hq(), log=(log(RETRY, spi=0xA9),))), "pass: hq-branch - log - no such line about this tunnel"
    ),
    "branch received an SPI that it does not hold": Case(
        tunnel(
            hq(at_hq(outbound=(0xC1,))), branch(at_branch(), log=(log(INVALID, 402114, spi=0xC1, peer=ip_address(HQ)),))
        ),
        (
            "fail warning: hq-branch - log - branch: ESP arrived with an SPI that this end does not hold; "
            "it names an SA that is still in use"
        ),
    ),
    "DPD lost the peer some time ago": Case(
        tunnel(hq(at_hq(), log=(log("%ASA-3-713123: IKE lost contact", 713123, peer=ip_address(BRANCH)),))),
        "fail info: hq-branch - log - hq: DPD lost the peer and tore the tunnel down",
    ),
    "no log was read": Case(tunnel(), "not_applicable: hq-branch - log - no log was read"),
}
