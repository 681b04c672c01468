# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels between the outside addresses, as plain nouns: IKE (RFC 2409, 3706, 3947, 7296) and ESP (RFC 4303).

An IKE SA of either version is named by `Cookies`; IKEv2 calls them SPIs.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.engine.policy import Certificate, Ike2Policy, IkePolicy, Proposal, Transform
from lab.engine.proxies import Ident


@dataclass(frozen=True)
class Cookies:
    """The pair that names an IKE SA; `responder` is 0 in the very first message."""

    initiator: int
    responder: int = 0


@dataclass(frozen=True)
class Identity:
    """Who an end says that it is. `kind` is `address`, `fqdn`, `key-id` or `dn`."""

    kind: str
    value: str


@dataclass(frozen=True)
class NatProbe:
    """NAT traversal (RFC 3947): that an end can do it, and which addresses it sees its packet go between."""

    source: str
    destination: str


@dataclass(frozen=True)
class MainMode:
    """One of the six main mode messages; each step fills what that step carries.

    In the first two `nat` is only that an end can do it; the addresses are looked at in the next two.
    """

    step: int
    cookies: Cookies
    offers: tuple[IkePolicy, ...] = ()
    proof: str = ""
    dpd: bool = False
    initial_contact: bool = False
    identity: Identity | None = None
    certificate: Certificate | None = None
    nat: NatProbe | None = None


@dataclass(frozen=True)
class AggressiveMode(MainMode):
    """One of the three aggressive mode messages."""


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
    reason: str = ""  # with `disconnect-notify`, why (Cisco's own)


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


# -- IKEv2 ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChildOffer:
    """What a request says about a child SA. In IKE_AUTH there is no `pfs` group; `rekeys` is the old SA's inbound SPI.

    `ident` is as the sender sees it, and so are the SPIs: its own inbound ones.
    """

    ident: Ident
    proposals: tuple[Proposal, ...]
    spi: int
    pfs: str | None = None
    rekeys: int = 0


@dataclass(frozen=True)
class ChildAnswer:
    """What the responder made of an offer: `refusal` is the notify that it sent instead, such as `TS_UNACCEPTABLE`.

    `ident` is as the initiator sees it, possibly narrower than offered; `spi` is the responder's inbound one.
    """

    refusal: str = ""
    ident: Ident | None = None
    encryption: str = ""
    integrity: str = ""
    spi: int = 0
    pfs: str | None = None


@dataclass(frozen=True)
class Exchange:
    """An IKEv2 request, or the response to it. `kind` is the exchange's name in RFC 7296 §1.

    `group` is the group of the key exchange payload, `rekey` the cookies of the new IKE SA when one is replaced.
    """

    cookies: Cookies
    kind: str
    message_id: int
    response: bool = False
    offers: tuple[Ike2Policy, ...] = ()
    chosen: IkePolicy | None = None
    group: str = ""
    nat: NatProbe | None = None
    identity: Identity | None = None
    method: str = ""
    proof: str = ""
    certificate: Certificate | None = None
    initial_contact: bool = False
    child: ChildOffer | ChildAnswer | None = None
    rekey: Cookies | None = None
    notify: str = ""
    spi: int = 0


@dataclass(frozen=True)
class Delete2(Delete):
    """A DELETE in an INFORMATIONAL request: unlike IKEv1's it is answered, and sent again until it is."""

    message_id: int = 0


IkeMessage = MainMode | QuickMode | Delete | Notify | AreYouThere | Exchange


@dataclass(frozen=True)
class Packet:
    """An IP packet between hosts behind the devices."""

    source: IPv4Address
    destination: IPv4Address
    protocol: str = "icmp"
    size: int = 100
    source_port: int = 0
    destination_port: int = 0

    @property
    def key(self) -> tuple[int | str, ...]:
        """What tells it from packets that would be treated otherwise."""
        return (
            int(self.source), int(self.destination), self.protocol, self.source_port, self.destination_port, self.size
        )  # fmt: skip

    def answer(self) -> Packet:
        """What the other host sends back."""
        return Packet(
            self.destination, self.source, self.protocol, self.size, self.destination_port, self.source_port
        )  # fmt: skip


@dataclass(frozen=True)
class Esp:
    source: str
    destination: str
    spi: int
    sequence: int
    inner: Packet
    udp: bool = False  # within UDP port 4500 (RFC 3948)
