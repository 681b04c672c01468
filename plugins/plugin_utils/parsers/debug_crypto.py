# SPDX-License-Identifier: GPL-3.0-or-later
"""``debug crypto ipsec|isakmp|ikev1|ikev2``: what a terminal showed of negotiations and of the data path.

::

    [time] [IKEv1]: Group = G, IP = A, text              (to 8.3; later without the colon; also [IKEv1 DEBUG])
    IKEv2-PROTO-5: (211): text                           IKEv2-PLAT-3: text
    IPSEC WARNING: inbound SA deletion retry, SPI: 0x1E8246FC, user: U, peer: A
    IPSEC: New embryonic SA created @ 0x53FC3C00,
        Direction: outbound                              (details, of which direction and SPI go to the line before)
        SPI      : 0x03FC9DB7
    IPSEC(crypto_map_check)-3: Checking crypto map outside_map 1: matched.
     SA  Next payload: KE, reserved: 0x0, length: 48     (packets taken apart, and their bytes)

The device is never asked for this: a debug loads it, and what it prints mixes into the terminal. The value is the
lines in order, as ``show logging`` reads them; details are known by their label and counted.

Sources: Cisco ASA command reference, ``debug crypto``; Cisco's notes on debugs of IKEv1 main mode and of IKEv2;
captured on 8.2 and 9.x. The labels of packets at the levels above 127 stand on engineering practice.
"""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, LogLine, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._messages import (
    FURTHER,
    FURTHER_LINE,
    IPSEC,
    about_tunnels,
    log_line,
)

COMMAND = "debug crypto"
OTHER = "message not about tunnels"
DETAIL = "detail of the line before"
PACKET = "packet taken apart"
BYTES = "bytes of a packet"
NOTE = "note of the device about its debugs"


def _labels(text: str) -> frozenset[str]:
    """Labels with commas between, for comparison with a line's."""
    return frozenset(label.strip().lower() for label in text.split(","))


# The labels below a line of `debug crypto ipsec`, each before a colon.
_DETAILS = _labels(
    """
    SCB, Direction, SPI, Session ID, VPIF num, Tunnel type, Protocol, Lifetime, Flags, SA, MTU, VCID, Peer, Channel,
    VPN handle, Rule ID, Src addr, Src mask, Dst addr, Dst mask, Src ports, Dst ports, Upper, Lower, Op, Use protocol,
    Use SPI, User, Peer IP, Pointer, Local Addr, Remote Addr, Status, State, Encap, Mode
    """
)
# The labels with which IKE takes a packet apart, version 1 and then version 2.
_PARTS = _labels(
    """
    Initiator COOKIE, Responder COOKIE, Next Payload, Version, Exchange Type, Flags, MessageID, Length, Reserved,
    Reserved2, Payload Length, DOI, Situation, Proposal #, Protocol-Id, SPI Size, # of transforms, SPI, Transform #,
    Transform-Id, Encryption Algorithm, Hash Algorithm, Group Description, Authentication Method, Life Type,
    Encapsulation Mode, Authentication Algorithm, Key Length, ID Type, Port, ID Data, Data, Data (In Hex), Notify Type,
    # of SPIs, SPI (Hex dump), Payload contents, Message id, last proposal, last transform, type, Proposal,
    Protocol id, DH group, Id type, Num of TSs, TS type, start port, start addr, Security protocol id, num of spi,
    Cfg type, attrib type, lifetime, Event, Action, CurState, Decrypted packet
    """
)
_PACKET = re.compile(
    r"[A-Z][\w()/+-]{0,60} {1,3}Next payload: .*|Proposal \d{1,3}: .*|[IR]_SPI=[0-9A-Fa-f]{1,16}.*"
    r"|(?:Auth method \w+|Num of TSs: \d+|SA Life Type|SA Life Duration|Life Duration|Protocol ID) ?[,:(].*"
    r"|(?:Auth|Encrypted|KE|Nonce|Notify|ID) data: .*"
    r"|(?:BEFORE|AFTER) (?:EN|DE)CRYPTION|RAW PACKET DUMP on (?:SEND|RECV)|(?:SENDING|RECV) PACKET (?:to|from) .*"
    r"|ISAKMP Header|IKE Recv RAW packet dump|Payload [A-Z][\w -]{0,40}"
)
_BYTES = re.compile(r"(?:[0-9a-fA-F]{2} {1,2}){1,31}[0-9a-fA-F]{2}(?: {1,4}\|.*)?|[0-9a-fA-F]{2}")
_NOTE = re.compile(
    r"INFO: 'logging debug-trace' is enabled.*|debug crypto [\w -]{1,40}? (?:enabled|disabled) at level \d+.*"
    r"|All possible debugging has been turned off"
)


def parse(text: str) -> Parsed[tuple[LogLine, ...]]:
    account = Account(COMMAND, text, log=True)
    found: list[LogLine] = []
    for number, line in account.lines:
        if entry := log_line(line):
            if about_tunnels(entry):
                found.append(entry)
            else:
                account.skip(OTHER)
        elif found and FURTHER_LINE.fullmatch(line):
            account.skip(FURTHER)
        elif _NOTE.fullmatch(line):
            account.skip(NOTE)
        elif found and found[-1].protocol == IPSEC and _label(line) in _DETAILS:
            found[-1] = _with(found[-1], _label(line), line.partition(":")[2].strip())
            account.skip(DETAIL)
        elif found and (_label(line) in _PARTS or _PACKET.fullmatch(line)):
            account.skip(PACKET)
        elif found and _BYTES.fullmatch(line):
            account.skip(BYTES)
        else:
            account.unknown(number, line)
    return account.parsed(tuple(found))


def _label(line: str) -> str:
    """What stands before the first colon; two headings of `debug crypto ipsec` have none."""
    return line.partition(":")[0].strip().lower()


def _with(entry: LogLine, label: str, value: str) -> LogLine:
    """The line with what a detail adds to it."""
    if label == "direction" and entry.direction is None and value in ("inbound", "outbound"):
        return dataclasses.replace(entry, direction=Direction(value))
    if label == "spi" and entry.spi is None and re.fullmatch(r"0x[0-9a-fA-F]{1,8}", value):
        return dataclasses.replace(entry, spi=int(value, 16))
    return entry


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    # The longer ones first: the first that fits is taken.
    options=(
        "ipsec *",
        "ipsec",
        "isakmp *",
        "isakmp",
        "ikev1 *",
        "ikev1",
        "ikev2 protocol *",
        "ikev2 platform *",
        "ikev2 *",
        "ikev2",
        "ike-common *",
        "ike-common",
    ),
)
