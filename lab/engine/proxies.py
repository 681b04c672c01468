# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy identities (IKEv1) and traffic selectors (IKEv2): what an ACL line proposes, and what lies within it.

Sources: RFC 2407 §4.6.2 (an IKEv1 identity holds one port, 0 for any), RFC 7296 §2.9 and §3.13 (ranges of ports);
Cisco ASA VPN CLI guide, "Defining Crypto Maps".
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from lab.engine.policy.model import ANY, PORTS, Ace

if TYPE_CHECKING:
    from lab.engine.messages import Packet

_NUMBERS = {
    "ip": 0, "icmp": 1, "igmp": 2, "igrp": 9, "ipinip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ipsec": 50,
    "ah": 51, "icmp6": 58, "eigrp": 88, "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "snp": 109, "pptp": 47,
}  # fmt: skip
UNREADABLE = -1  # equals no protocol that a packet or a peer could name
_WITH_PORTS = (6, 17)


def protocol_number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word, UNREADABLE)


@dataclass(frozen=True)
class Ident:
    """Proxy identities as one end sees them; `protocol` 0 is any, ports are closed ranges."""

    local: IPv4Network
    remote: IPv4Network
    protocol: int = 0
    local_ports: tuple[int, int] = PORTS
    remote_ports: tuple[int, int] = PORTS

    def mirrored(self) -> Ident:
        return Ident(self.remote, self.local, self.protocol, self.remote_ports, self.local_ports)

    def covers(self, other: Ident) -> bool:
        """Does the other one, as the same end sees it, lie within this one?"""
        return (
            self.protocol in (0, other.protocol)
            and _within(other.local_ports, self.local_ports)
            and _within(other.remote_ports, self.remote_ports)
            and other.local.subnet_of(self.local)
            and other.remote.subnet_of(self.remote)
        )

    def carries(self, packet: Packet, outbound: bool = True) -> bool:
        """Is a packet on its way to the peer (or from it) one of those that the SA is for?"""
        near, far = (packet.source, packet.destination) if outbound else (packet.destination, packet.source)
        near_port, far_port = (packet.source_port, packet.destination_port)[:: 1 if outbound else -1]
        return (
            near in self.local
            and far in self.remote
            and self.protocol in (0, protocol_number(packet.protocol))
            and self.local_ports[0] <= near_port <= self.local_ports[1]
            and self.remote_ports[0] <= far_port <= self.remote_ports[1]
        )

    @property
    def everything(self) -> bool:
        return self == EVERYTHING


EVERYTHING = Ident(ANY, ANY)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def ident_of(ace: Ace, version: int = 1) -> Ident:
    """What an initiator proposes for a line of its crypto ACL.

    IKEv1 cannot say a range of ports, so a range is proposed as any port (from engineering practice).
    """
    protocol = protocol_number(ace.protocol)
    local, remote = ace.source_ports, ace.destination_ports
    if protocol not in _WITH_PORTS:
        local = remote = PORTS
    elif version == 1:
        local, remote = (ports if ports[0] == ports[1] else PORTS for ports in (local, remote))
    return Ident(ace.source, ace.destination, protocol, local, remote)


def ace_matches(ace: Ace, packet: Packet) -> bool:
    """Does a packet match a line of an access list that filters? One of ICMP stands for an echo."""
    return (ace.echo or packet.protocol != "icmp") and ident_of(ace, 2).carries(packet)


def port_text(ports: tuple[int, int]) -> str:
    """As `show crypto ipsec sa` prints it: 0 for any, one number, or a range with blanks."""
    return "0" if ports == PORTS else str(ports[0]) if ports[0] == ports[1] else f"{ports[0]} - {ports[1]}"


def with_mask(network: IPv4Network) -> str:
    return f"{network.network_address}/{network.netmask}"


def local_text(ident: Ident) -> str:
    return f"{with_mask(ident.local)}/{ident.protocol}/{port_text(ident.local_ports)}"


def remote_text(ident: Ident) -> str:
    return f"{with_mask(ident.remote)}/{ident.protocol}/{port_text(ident.remote_ports)}"
