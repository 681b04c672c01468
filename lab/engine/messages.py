# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels between the outside addresses: IKEv1 messages (RFC 2409, 3706) and ESP (RFC 4303), as plain nouns."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from lab.engine.policy import IkePolicy, Transform


@dataclass(frozen=True)
class Cookies:
    """The pair that names an IKE SA; `responder` is 0 in the very first message."""

    initiator: int
    responder: int = 0


@dataclass(frozen=True)
class Ident:
    """Proxy identities as one end sees them."""

    local: IPv4Network
    remote: IPv4Network

    def mirrored(self) -> Ident:
        return Ident(self.remote, self.local)


@dataclass(frozen=True)
class MainMode:
    """One of the six main mode messages; each step fills what that step carries."""

    step: int
    cookies: Cookies
    offers: tuple[IkePolicy, ...] = ()
    proof: str = ""
    dpd: bool = False
    initial_contact: bool = False


@dataclass(frozen=True)
class QuickMode:
    """One of the three quick mode messages, protected by the IKE SA that `cookies` name."""

    step: int
    cookies: Cookies
    message_id: int
    ident: Ident | None = None
    transforms: tuple[Transform, ...] = ()
    pfs: str | None = None
    seconds: int = 0
    kilobytes: int = 0
    spi: int = 0


@dataclass(frozen=True)
class Delete:
    """Never acknowledged in IKEv1: a lost one leaves the peer with the SA. No SPIs = the IKE SA itself."""

    cookies: Cookies
    spis: tuple[int, ...] = ()


@dataclass(frozen=True)
class Notify:
    cookies: Cookies
    kind: str
    message_id: int = 0
    spi: int = 0


@dataclass(frozen=True)
class AreYouThere:
    """R-U-THERE and its acknowledgement (RFC 3706)."""

    cookies: Cookies
    sequence: int
    ack: bool = False


IkeMessage = MainMode | QuickMode | Delete | Notify | AreYouThere


@dataclass(frozen=True)
class Packet:
    """An IP packet between hosts behind the devices."""

    source: IPv4Address
    destination: IPv4Address
    protocol: str = "icmp"
    size: int = 100


@dataclass(frozen=True)
class Esp:
    source: str
    destination: str
    spi: int
    sequence: int
    inner: Packet
