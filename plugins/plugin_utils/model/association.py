# SPDX-License-Identifier: GPL-3.0-or-later
"""Security associations as a device prints them (RFC 4301 section 4.4, RFC 7296 section 1)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Direction(enum.Enum):
    """Seen from the device that prints it."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class Selector:
    """One side of the proxy identities. Port 0 to 0 means every port, protocol 0 every protocol."""

    network: Network
    protocol: int = 0
    port_low: int = 0
    port_high: int = 0

    def __str__(self) -> str:
        text = self.network.with_prefixlen
        if self.protocol or self.port_low or self.port_high:
            text += f"/{self.protocol}/{self.port_low}"
            if self.port_high != self.port_low:
                text += f"-{self.port_high}"
        return text


@dataclass(frozen=True, slots=True)
class ProxyIdentities:
    """The local and remote traffic that one pair of SAs protects (``local ident`` and ``remote ident``)."""

    local: Selector
    remote: Selector

    def mirrored(self) -> ProxyIdentities:
        """The same traffic as the peer names it."""
        return ProxyIdentities(self.remote, self.local)

    def __str__(self) -> str:
        return f"{self.local} <-> {self.remote}"


@dataclass(frozen=True, slots=True)
class IpsecSa:
    """One ``spi:`` block of ``show crypto ipsec sa``: a single SA in one direction.

    ``lifetime_kilobytes`` is ``None`` where the release prints seconds alone (no volume limit). ``rekeyed``
    marks the old SA of a make-before-break rekey (``Rekeyed}`` in the settings).
    """

    direction: Direction
    spi: int
    protocol: str = "esp"
    state: str | None = None
    transform: str | None = None
    settings: tuple[str, ...] = ()
    slot: int | None = None
    conn_id: int | None = None
    crypto_map: str | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    rekeyed: bool = False
    incomplete: str = ""


@dataclass(frozen=True, slots=True)
class IpsecEntry:
    """One identity block of ``show crypto ipsec sa``: the SAs of one pair of proxy identities to one peer.

    ``peer`` and the endpoints are text where the device printed a name that ``names`` could not resolve.
    ``counters`` holds each ``#label: N`` under its own label (``pkts encaps``, ``send errors``).
    """

    identities: ProxyIdentities
    peer: Address | str
    interface: str | None = None
    crypto_map: str | None = None
    sequence: int | None = None
    local_address: Address | str | None = None
    access_list: str | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    local_endpoint: Address | str | None = None
    local_port: int | None = None
    remote_endpoint: Address | str | None = None
    remote_port: int | None = None
    path_mtu: int | None = None
    overhead: int | None = None
    current_outbound_spi: int | None = None
    current_inbound_spi: int | None = None
    sas: tuple[IpsecSa, ...] = ()
    incomplete: str = ""

    def spis(self, direction: Direction) -> frozenset[int]:
        """Every SPI of this direction, the rekeyed ones included."""
        return frozenset(sa.spi for sa in self.sas if sa.direction is direction)

    @property
    def outbound_spi(self) -> int | None:
        """The SPI this end sends on now: ``current outbound spi``, else the first outbound SA printed."""
        if self.current_outbound_spi:
            return self.current_outbound_spi
        return next((sa.spi for sa in self.sas if sa.direction is Direction.OUTBOUND), None)

    @property
    def encaps(self) -> int | None:
        return self.counters.get("pkts encaps")

    @property
    def decaps(self) -> int | None:
        return self.counters.get("pkts decaps")


@dataclass(frozen=True, slots=True)
class IkeSa:
    """One IKE SA of ``show crypto isakmp|ikev1|ikev2 sa``. ``version`` is 1 or 2.

    ``state`` is the device's own word (``MM_ACTIVE``, ``READY``); ``kind`` is ``L2L`` or ``user`` (IKEv1 only; an
    L2L peer that is still negotiating is printed as ``user``). ``child_count`` is IKEv2's ``CHILD count``.
    """

    version: int
    peer: Address | str
    state: str
    role: str | None = None
    kind: str | None = None
    rekey: bool | None = None
    encryption: str | None = None
    hash: str | None = None
    authentication: str | None = None
    lifetime: int | None = None
    lifetime_remaining: int | None = None
    local: Address | str | None = None
    child_count: int | None = None
    child_spis: tuple[tuple[int, int], ...] = ()

    @property
    def up(self) -> bool:
        return self.state.upper() in {"MM_ACTIVE", "AM_ACTIVE", "READY", "MM_ACTIVE_REKEY", "MM_REKEY_DONE_H2"}
