# SPDX-License-Identifier: GPL-3.0-or-later
"""``show vpn-sessiondb [detail] l2l``: one session a peer, and with ``detail`` the tunnels it is made of.

::

    Session Type: LAN-to-LAN [Detailed]             once, or before each session

    Connection   : 198.51.100.1                     (a tunnel-group's name; empty once no IKE SA is left)
    Index        : 178                    IP Addr      : 198.51.100.1        (an address, or a name)
    Protocol     : IKEv1 IPsec                      (``IKE IPsec`` to 8.3, ``IPSecLAN2LAN`` in 7.0, ``IPsec`` alone)
    Encryption   : 3DES AES256            Hashing      : SHA1
    Encryption   : IKEv1: (1)AES256  IPsec: (2)AES128                        (8.4; Hashing likewise, on its own line)
    Bytes Tx     : 1390560                Bytes Rx     : 1394220
    Login Time   : 23:32:17 CEDT Tue Apr 8 2014
    Duration     : 2d 16h:38m:29s                   (7.0: 6:16:26)
    Tunnel Zone  : 0                                (9.x)

    IKEv1 Tunnels: 1                                detail; ``IKE Sessions: 1 IPSec Sessions: 2`` in 7.0
    IPsec Tunnels: 1

    IKEv1:                                          IKE, IKEv2, IPsec, IPsecOverNatT ...; NAC in 8.x
      Tunnel ID    : 178.1                          (7.0: Session ID)
      UDP Src Port : 500                    UDP Dst Port : 500
      IKE Neg Mode : Main                   Auth Mode    : preSharedKeys     (IKEv2: Rem Auth Mode, Loc Auth Mode)
      Encryption   : AES256                 Hashing      : SHA1
      Rekey Int (T): 86400 Seconds          Rekey Left(T): 68400 Seconds
      PRF          : SHA1                   D/H Group    : 5
      Filter Name  :                                and IPv6 Filter

    IPsec:
      Tunnel ID    : 178.2
      Local Addr   : 10.0.0.0/255.0.0.0/0/0         (7.0: without protocol and port)
      Remote Addr  : 10.1.0.0/255.255.0.0/0/0
      Encryption   : AES256                 Hashing      : SHA1
      Encapsulation: Tunnel                 PFS Group    : 5
      Rekey Int (T): 28800 Seconds          Rekey Left(T): 28769 Seconds
      Rekey Int (D): 4608000 K-Bytes        Rekey Left(D): 4608000 K-Bytes   (not without a volume lifetime)
      Idle Time Out: 30 Minutes             Idle TO Left : 29 Minutes
      Conn Time Out: 0 Minutes              Conn TO Left : 0 Minutes         (9.x)
      Bytes Tx     : 400                    Bytes Rx     : 400
      Pkts Tx      : 4                      Pkts Rx      : 4

Without sessions the device says ``INFO: There are presently no active sessions of the type specified``. No SPI is
printed. A line may hold any two of the labels, which are told from values by their names and a colon, so that a
text without its columns reads the same.

From engineering practice: ``Pkts Tx Drop``, ``Conn Time Out``, ``Security Grp``, ``Audt Sess ID`` and the other labels
of remote access that some releases print for LAN-to-LAN too.

Sources: Cisco ASA command reference, ``show vpn-sessiondb``, 7.0; captured on 8.2 to 8.4 and 9.x with IKE, IKEv1,
IKEv2, NAT traversal, and with no IKE SA left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, Selector, VpnSession, VpnTunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import (
    Names,
    address_or_name,
    network,
    selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import number as count_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import seconds

COMMAND = "show vpn-sessiondb l2l"
NAC = "network admission control"

Read = Callable[[str, Names | None], Any]


def _text(text: str, _names: Names | None) -> str:
    return " ".join(text.split())


def _count(text: str, _names: Names | None) -> int | None:
    return count_of(text)


def _seconds(text: str, _names: Names | None) -> int | None:
    return seconds(text)


def _kilobytes(text: str, _names: Names | None) -> int | None:
    return count_of(text.removesuffix("K-Bytes").rstrip()) if text.endswith("K-Bytes") else None


def _traffic(text: str, names: Names | None) -> Selector | str:
    """``A/M/protocol/port``, ``A/M`` in 7.0, or the text where it has names."""
    base, slash, mask = text.partition("/")
    if slash and "/" not in mask and (where := network(base, mask, names)):
        return Selector(where)
    return selector(text, names) or text


_TRAFFIC_COUNTS: dict[str, tuple[str, Read]] = {
    "Bytes Tx": ("bytes_tx", _count),
    "Bytes Rx": ("bytes_rx", _count),
    "Pkts Tx": ("pkts_tx", _count),
    "Pkts Rx": ("pkts_rx", _count),
    "Pkts Tx Drop": ("pkts_tx_drop", _count),
    "Pkts Rx Drop": ("pkts_rx_drop", _count),
    "Encryption": ("encryption", _text),
    "Hashing": ("hashing", _text),
    "Filter Name": ("filter_name", _text),
}
_SESSION: dict[str, tuple[str, Read]] = {
    **_TRAFFIC_COUNTS,
    "Index": ("index", _count),
    "IP Addr": ("ip_addr", address_or_name),
    "Protocol": ("protocol", _text),
    "Login Time": ("login_time", _text),
    "Duration": ("duration", _seconds),
    "Inactivity": ("inactivity", _seconds),
    "Group Policy": ("group_policy", _text),
    "Tunnel Group": ("tunnel_group", _text),
    "Tunnel Zone": ("tunnel_zone", _count),
    "Client Type": ("client_type", _text),
    "Client Ver": ("client_ver", _text),
    "License": ("license", _text),
    "VLAN Mapping": ("vlan_mapping", _text),
    "VLAN": ("vlan", _text),
    "Audt Sess ID": ("audt_sess_id", _text),
    "Security Grp": ("security_grp", _text),
}
_TUNNEL: dict[str, tuple[str, Read]] = {
    **_TRAFFIC_COUNTS,
    "Tunnel ID": ("tunnel_id", _text),
    "Session ID": ("tunnel_id", _text),
    "UDP Src Port": ("udp_src_port", _count),
    "UDP Dst Port": ("udp_dst_port", _count),
    "IKE Neg Mode": ("ike_neg_mode", _text),
    "Auth Mode": ("auth_mode", _text),
    "Rem Auth Mode": ("rem_auth_mode", _text),
    "Loc Auth Mode": ("loc_auth_mode", _text),
    "Local Addr": ("local_addr", _traffic),
    "Remote Addr": ("remote_addr", _traffic),
    "Encapsulation": ("encapsulation", _text),
    "PRF": ("prf", _text),
    "D/H Group": ("d_h_group", _text),
    "PFS Group": ("pfs_group", _text),
    "Rekey Int (T)": ("rekey_int_t", _seconds),
    "Rekey Left(T)": ("rekey_left_t", _seconds),
    "Rekey Int (D)": ("rekey_int_d", _kilobytes),
    "Rekey Left(D)": ("rekey_left_d", _kilobytes),
    "Idle Time Out": ("idle_time_out", _seconds),
    "Idle TO Left": ("idle_to_left", _seconds),
    "Conn Time Out": ("conn_time_out", _seconds),
    "Conn TO Left": ("conn_to_left", _seconds),
    "IPv6 Filter": ("ipv6_filter", _text),
}
_NAC = (
    "Reval Int (T)", "Reval Left(T)", "SQ Int (T)", "EoU Age(T)", "EoU Age (T)", "Hold Left (T)", "Posture Token",
    "Redirect URL",
)  # fmt: skip

# The longest label first: `Pkts Tx` begins `Pkts Tx Drop`.
_LABELS = "|".join(re.escape(label) for label in sorted({*_SESSION, *_TUNNEL}, key=len, reverse=True))
_FIELD = re.compile(rf"(?<!\S)({_LABELS})[ ]{{0,24}}:(?!\S)")
_COUNTS = re.compile(r"([A-Za-z][\w-]{0,40}) (?:Tunnels|Sessions)[ ]{0,4}:[ ]{0,8}(\d{1,9})(?!\S)")
_HEADING = re.compile(r"((?:IKE|IPSec|L2TP)\w{0,24}|NAC):", re.IGNORECASE)


@dataclass
class _Session:
    """A session while it is read. ``faults`` are reasons not to trust it."""

    start: int
    facts: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    tunnels: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _Reader:
    """One pass over the lines; each says whether it was known."""

    def __init__(self, names: Names | None) -> None:
        self.names = names
        self.sessions: list[_Session] = []
        self.session: _Session | None = None
        self.tunnel: dict[str, Any] | None = None
        self.nac = self.headed = self.detailed = self.none = False

    def read(self, account: Account) -> None:
        for number, line in account.lines:
            if self.nac and line.startswith(_NAC) and ":" in line:
                account.skip(NAC)
            elif not self.known(number, line):
                account.unknown(number, line)
                if self.session:
                    self.session.faults.append(f"line {number} is not understood: {line}")

    def known(self, number: int, line: str) -> bool:
        if line.startswith("Connection") and line[10:].lstrip().startswith(":"):
            self.begin(number)
            return self.set("connection", line.partition(":")[2].strip(), address_or_name)
        if line.startswith("Session Type:"):
            self.session, self.tunnel, self.nac = None, None, False
            words = line[13:].split()
            self.headed |= words[:1] == ["LAN-to-LAN"]
            self.detailed |= words[1:] == ["Detailed"]
            return words in (["LAN-to-LAN"], ["LAN-to-LAN", "Detailed"])
        if line.startswith("INFO: There are presently no active sessions"):
            self.none = True
            return True
        if match := _HEADING.fullmatch(line):
            return self.heading(match[1])
        return self.fields(number, line) or self.counts(line)

    def begin(self, number: int) -> _Session:
        self.session, self.tunnel, self.nac = _Session(number), None, False
        self.sessions.append(self.session)
        return self.session

    def heading(self, kind: str) -> bool:
        if self.session is None:
            return False
        self.nac = kind == "NAC"
        self.tunnel = None
        if not self.nac:
            self.tunnel = {"kind": kind}
            self.session.tunnels.append(self.tunnel)
        return True

    def counts(self, line: str) -> bool:
        found = list(_COUNTS.finditer(line))
        if not found or not self.session or " ".join(match[0] for match in found) != " ".join(line.split()):
            return False
        for match in found:
            self.session.counts[match[1]] = int(match[2])
        return True

    def fields(self, number: int, line: str) -> bool:
        found = list(_FIELD.finditer(line))
        if not found or found[0].start():
            return False
        ends = [match.start() for match in found[1:]] + [len(line)]
        known = True
        for match, end in zip(found, ends, strict=True):
            label, value = match[1], line[match.end() : end].strip()
            if self.session is None or (label == "Index" and "index" in self.session.facts):
                self.begin(number).faults.append(f"line {number} belongs to a session whose head is missing")
            table = _SESSION if self.tunnel is None else _TUNNEL
            known &= not self.nac and label in table and self.set(table[label][0], value, table[label][1])
        return known

    def set(self, name: str, value: str, read: Read) -> bool:
        if self.session is None:
            return False
        facts = self.session.facts if self.tunnel is None else self.tunnel
        found = read(value, self.names) if value else None
        if name in facts or (value and found is None):
            return False
        facts[name] = found
        return True


def _faults(session: _Session, detailed: bool) -> list[str]:
    """Every reason not to trust a session: a line that was not understood, and what a cut takes away."""
    facts, counted = session.facts, sum(session.counts.values())
    faults = list(session.faults)
    lacks = next((label for label in ("Index", "Login Time", "Duration") if _SESSION[label][0] not in facts), "")
    if lacks:
        faults.append(f"the session of {facts.get('connection') or facts.get('index')} has no {lacks}")
    if detailed and not counted:
        faults.append("the counts of its tunnels are missing")
    if counted != len(session.tunnels) and (counted or detailed):
        faults.append(f"{len(session.tunnels)} tunnels are listed where the device counts {counted}")
    for tunnel in session.tunnels:
        last = "D/H Group" if tunnel["kind"].startswith("IKE") else "Pkts Tx"
        if any(_TUNNEL[label][0] not in tunnel for label in ("Tunnel ID", "Encryption", last)):
            faults.append(f"the tunnel {tunnel['kind']} {tunnel.get('tunnel_id')} is cut")
    return faults


def _incomplete(reader: _Reader) -> str:
    if not reader.headed and not reader.none:
        return "neither 'Session Type: LAN-to-LAN' nor 'There are presently no active sessions'"
    if reader.none and reader.sessions:
        return "it says both that there are no sessions and which there are"
    if reader.headed and not reader.sessions and not reader.none:
        return "the output ends after its heading"
    bad = [session for session in reader.sessions if session.faults]
    if bad:
        return (
            f"{len(bad)} of {len(reader.sessions)} sessions cannot be trusted; line {bad[0].start}: {bad[0].faults[0]}"
        )
    return ""


def parse(text: str, names: Names | None = None) -> Parsed[tuple[VpnSession, ...]]:
    """The sessions, with ``names`` to resolve what the device printed instead of addresses."""
    account = Account(COMMAND, text)
    reader = _Reader(names)
    reader.read(account)
    for session in reader.sessions:
        session.faults = _faults(session, reader.detailed)
    sessions = tuple(
        VpnSession(
            tunnel_counts=session.counts,
            tunnels=tuple(VpnTunnel(**facts) for facts in session.tunnels),
            incomplete=session.faults[0] if session.faults else "",
            **session.facts,
        )
        for session in reader.sessions
    )
    return account.parsed(sessions, _incomplete(reader))


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.SURROUNDINGS,
    ask="show vpn-sessiondb detail l2l",
    aliases=("show vpn-sessiondb detail l2l",),
    options=(
        "filter name *",
        "filter ipaddress *",
        "filter ipversion *",
        "filter protocol *",
        "filter encryption *",
        "sort *",
    ),
)
