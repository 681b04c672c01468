# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import LogLine, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._messages import log_line as parsed
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, hq, log, tunnel
from tests.rules.case import Case

RETRY = "IPSEC WARNING: inbound SA deletion retry, SPI 0x000000A1"
INVALID = "%ASA-4-402114: IPSEC: Received an ESP packet (SPI= 0x000000C1) from 203.0.113.1 with an invalid SPI"
NOTICE = f"%ASA-7-713117: Group = {HQ}, IP = {HQ}, Received Invalid SPI notify (SPI 0x000000a1 )!"
MEANS = "an invalid-SPI notice arrived; without DPD a human must re-establish the tunnel"
CREATED = (
    f"%ASA-6-602303: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x000000A1) between {HQ} and {BRANCH} (user= {BRANCH}) has "
    "been created."
)
DELETED = (
    f"%ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x{{spi}}) between {HQ} and {BRANCH} (user= {BRANCH}) has "
    "been deleted."
)
AGREED = (
    f"%ASA-5-713049: Group = {BRANCH}, IP = {BRANCH}, Security negotiation complete for LAN-to-LAN Group ({BRANCH})  "
    "Responder, Inbound SPI = 0x000000a1, Outbound SPI = 0x000000b1"
)


def log_line(text: str) -> LogLine:
    """A line as the log's parser reads it."""
    found = parsed(text)
    assert found is not None
    return found


def _logged(*lines: LogLine) -> Tunnel:
    return tunnel(hq(at_hq(), log=lines))


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
    "a new SA's first packet came before branch held it": Case(
        tunnel(hq(at_hq()), branch(at_branch(), log=(log(INVALID, 402114, spi=0xB1, peer=ip_address(HQ)),))),
        "fail info: hq-branch - log - branch: ESP arrived with an SPI that this end does not hold",
    ),
    "hq told branch of a stranger, and holds that SPI by now": Case(
        tunnel(hq(at_hq()), branch(at_branch(), log=(log(NOTICE, 713117, spi=0xA1, peer=ip_address(HQ)),))),
        f"fail info: hq-branch - log - branch: {MEANS}",
    ),
    "hq told branch that it does not hold what branch sends on": Case(
        tunnel(
            hq(at_hq()),
            branch(at_branch(outbound=(0xC1,)), log=(log(NOTICE, 713117, spi=0xC1, peer=ip_address(HQ)),)),
        ),
        f"fail warning: hq-branch - log - branch: {MEANS}; it names an SA that is still in use",
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
    "history by its reasons, one finding a meaning": Case(
        _logged(
            log_line(
                f"%ASA-5-713050: Group = {BRANCH}, IP = {BRANCH}, Connection terminated for peer {BRANCH}.  "
                "Reason: IPSec SA Idle Timeout  Remote Proxy 10.2.0.0, Local Proxy 10.1.0.0"
            ),
            log_line(
                f"%ASA-5-713050: Group = {BRANCH}, IP = {BRANCH}, Connection terminated for peer {BRANCH}.  "
                "Reason: Peer Terminate  Remote Proxy 10.2.0.0, Local Proxy 10.1.0.0"
            ),
            log_line(
                f"%ASA-5-713259: Group = {BRANCH}, IP = {BRANCH}, Session is being torn down. Reason: Lost Service"
            ),
            log_line(
                f"%ASA-5-713074: Group = {BRANCH}, IP = {BRANCH}, Responder forcing change of IPSec rekeying "
                "duration from 28800 to 3600 seconds"
            ),
        ),
        (
            "fail info: hq-branch - log - hq: a connection ended: IPSec SA Idle Timeout, Peer Terminate, Lost Service "
            "(3 lines)"
        ),
        "fail info: hq-branch - log - hq: the lifetimes of the two ends differ, and the lower one counts",
    ),
    "texts without an id of their own": Case(
        _logged(
            log_line(f"%ASA-4-713903: Group = {BRANCH}, IP = {BRANCH}, Information Exchange processing failed"),
            log_line(f"%ASA-5-713904: IP = {BRANCH}, Received encrypted packet with no matching SA, dropping"),
            log_line(
                f"%ASA-3-713902: Group = {BRANCH}, IP = {BRANCH}, QM FSM error (P2 struct &0x0000000000000001, "
                "mess id 0x00000001)!"
            ),
            log_line(f"%ASA-5-713904: Group = {BRANCH}, IP = {BRANCH}, Freeing previously allocated memory"),
        ),
        "fail info: hq-branch - log - hq: a notice of the peer could not be read",
        "fail info: hq-branch - log - hq: an IKE packet arrived for an IKE SA that this end does not hold",
        "fail info: hq-branch - log - hq: phase 2 failed",
    ),
    "IKEv2 gives up, and the tunnel manager names the crypto map": Case(
        _logged(
            log_line(
                f"%ASA-4-750003: Local:{HQ}:500 Remote:{BRANCH}:500 Username:Unknown IKEv2 Negotiation aborted "
                "due to ERROR: Failed to authenticate the IKE SA"
            ),
            log_line(
                "%ASA-3-752015: Tunnel Manager has failed to establish an L2L SA.  All configured IKE versions "
                "failed to establish the tunnel. Map Tag = outside_map.  Map Sequence Number = 10."
            ),
            log_line(
                "%ASA-3-752015: Tunnel Manager has failed to establish an L2L SA.  All configured IKE versions "
                "failed to establish the tunnel. Map Tag = outside_map.  Map Sequence Number = 20."
            ),
        ),
        ("fail info: hq-branch - log - hq: the IKEv2 negotiation was given up: Failed to authenticate the IKE SA"),
        "fail info: hq-branch - log - hq: every IKE version that is configured failed to make the tunnel",
    ),
    "the end of a session": Case(
        _logged(
            log_line(
                f"%ASA-4-113019: Group = {BRANCH}, Username = {BRANCH}, IP = {BRANCH}, Session disconnected. Session "
                "Type: LAN-to-LAN, Duration: 0h:05m:00s, Bytes xmt: 0, Bytes rcv: 0, Reason: Idle Timeout"
            )
        ),
        "fail info: hq-branch - log - hq: a connection ended: Idle Timeout",
    ),
    "another peer's end": Case(
        _logged(
            log_line(
                "%ASA-5-713259: Group = 192.0.2.9, IP = 192.0.2.9, Session is being torn down. Reason: Lost Service"
            )
        ),
        "pass: hq-branch - log - no such line about this tunnel",
    ),
    "clear text between the networks of this tunnel": Case(
        _logged(
            log_line("%ASA-4-402117: IPSEC: Received a non-IPSec packet (protocol= ICMP) from 10.2.1.5 to 10.1.1.5.")
        ),
        "fail info: hq-branch - log - hq: the peer sent in clear what should be encrypted",
    ),
    "clear text between other networks": Case(
        _logged(
            log_line("%ASA-4-402117: IPSEC: Received a non-IPSec packet (protocol= ICMP) from 10.9.1.5 to 10.1.1.5.")
        ),
        "pass: hq-branch - log - no such line about this tunnel",
    ),
    "SAs came and went, and none is wrong": Case(
        _logged(log_line(CREATED), log_line(AGREED), log_line(DELETED.format(spi="000000A9"))),
        "pass: hq-branch - log - no such line about this tunnel",
    ),
    "hq deleted what branch still sends on": Case(
        tunnel(hq(at_hq(inbound=(0xA2,)), log=(log_line(DELETED.format(spi="000000A1")),))),
        (
            "fail warning: hq-branch - log - hq: an SA was deleted here that an end still uses; it names an SA that is "
            "still in use"
        ),
    ),
    "a deleted SA while the SPIs mirror": Case(
        _logged(log_line(DELETED.format(spi="000000A1"))),
        "fail info: hq-branch - log - hq: an SA was deleted here that an end still uses",
    ),
    "no log was read": Case(tunnel(), "not_applicable: hq-branch - log - no log was read"),
}
