# SPDX-License-Identifier: GPL-3.0-or-later
"""A device as read, and the tunnel that two of them make."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import (
    Address,
    Direction,
    IkeSa,
    IpsecEntry,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import Config, CryptoMapEntry, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.session import VpnSession
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.statistics import (
    AspDrops,
    IpsecStatistics,
    VpnContext,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.system import NtpStatus, RoutingTable


@dataclass(frozen=True, order=True)
class Version:
    """A software release such as 7.2(5) or 9.16(4)18; ``text`` is what the device printed."""

    major: int
    minor: int
    maintenance: int = 0
    interim: int = 0
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or f"{self.major}.{self.minor}({self.maintenance})"


@dataclass(frozen=True)
class LogLine:
    """A syslog or debug line that matters; ``time`` is the device's own text, ``message_id`` ``None`` for debug.

    ``message`` is the text after the header and after what the other fields hold. ``spi`` is the first SPI named;
    where a line names the SPIs of both directions, it is the inbound one, and ``outbound_spi`` the other.
    ``protocol`` is ``IKEv1``, ``IKEv2``, ``IKE`` (both) or ``IPsec``; ``local`` is this device's address.
    """

    text: str
    message_id: int | None = None
    time: str | None = None
    spi: int | None = None
    peer: Address | None = None
    severity: int | None = None
    host: str | None = None
    protocol: str | None = None
    group: str | None = None
    user: str | None = None
    local: Address | None = None
    direction: Direction | None = None
    outbound_spi: int | None = None
    reason: str | None = None
    message: str = ""


@dataclass(frozen=True)
class SaReading:
    """The SAs a device showed in one login. ``None`` means not read: ``problems`` says why.

    ``statistics``, ``drops`` and ``contexts`` count for the whole device, and are read beside the SAs so that their
    growth between two readings is known.
    """

    started: float
    finished: float
    ipsec: tuple[IpsecEntry, ...] | None = None
    ike: tuple[IkeSa, ...] | None = None
    problems: tuple[str, ...] = ()
    statistics: IpsecStatistics | None = None
    drops: AspDrops | None = None
    contexts: tuple[VpnContext, ...] | None = None


@dataclass(frozen=True)
class ClockReading:
    """``show clock``: what the device took for the time, without an offset, between two moments of the controller.

    Of a saved output these two are ``EARLIEST`` and ``LATEST``: nobody wrote them down.

    ``zone`` is the device's word for its time zone, ``synchronized`` false for a clock marked ``*`` or ``.``.
    """

    local: datetime
    zone: str | None
    started: float
    finished: float
    source: str | None = None
    synchronized: bool | None = None


@dataclass(frozen=True)
class Device:
    """An ASA unit or context as read: identity, configuration, SAs at one or two moments, log.

    ``problems`` are sentences that say what could not be read and why; what they touch is ``unknown``.
    ``saved`` is the start-up configuration, which a reload brings back; ``config`` is the one that runs.
    ``public_addresses`` come from the inventory: addresses under which peers reach this device through NAT.
    ``login_address`` is where it is logged in to, if that is an address: all that is known of a device that was not
    read.
    ``routing``, ``sessions``, ``ntp`` and ``clock`` are ``None`` when they were not read. ``context`` is the security
    context logged in to, and ``None`` in single mode or when that is not known. ``config_changed`` is when the running
    configuration was last modified, by the device's own clock; ``None`` when it was not since the last start.
    ``gaps`` are sentences about what a device may well refuse and no tunnel is unknown for: it is ``None`` here.
    """

    name: str
    hostname: str | None = None
    version: Version | None = None
    serial: str | None = None
    uptime: int | None = None
    failover: str | None = None
    config: Config | None = None
    saved: Config | None = None
    readings: tuple[SaReading, ...] = ()
    log: tuple[LogLine, ...] = ()
    problems: tuple[str, ...] = ()
    public_addresses: tuple[Address, ...] = ()
    groups: tuple[str, ...] = ()
    clock: ClockReading | None = None
    ntp: NtpStatus | None = None
    routing: tuple[RoutingTable, ...] | None = None
    sessions: tuple[VpnSession, ...] | None = None
    context: str | None = None
    login_address: Address | None = None
    config_changed: datetime | None = None
    gaps: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        return bool(self.readings) or self.config is not None


@dataclass(frozen=True)
class End:
    """One device's side of a tunnel.

    ``address`` is where this end terminates the tunnel and ``peer_address`` where it expects the other; ``map_entry``
    and ``tunnel_group`` are what its configuration says about that peer. ``first`` and ``second`` are the entries of
    ``show crypto ipsec sa`` for that peer in the two readings (``None``: not read), ``first_ike`` and ``second_ike``
    likewise. ``more_entries`` are further sequences that name the same peer: they share its IKE SA, and a clear that
    names the peer clears theirs too.
    """

    device: Device
    address: Address | None = None
    peer_address: Address | None = None
    interface: str | None = None
    map_entry: CryptoMapEntry | None = None
    tunnel_group: TunnelGroup | None = None
    first: tuple[IpsecEntry, ...] | None = None
    second: tuple[IpsecEntry, ...] | None = None
    first_ike: tuple[IkeSa, ...] | None = None
    second_ike: tuple[IkeSa, ...] | None = None
    initiates: bool = True
    more_entries: tuple[CryptoMapEntry, ...] = ()

    @property
    def name(self) -> str:
        return self.device.name

    @property
    def ipsec(self) -> tuple[IpsecEntry, ...] | None:
        """The newest reading of this peer's SAs."""
        return self.second if self.second is not None else self.first

    @property
    def ike(self) -> tuple[IkeSa, ...] | None:
        """The newest reading of this peer's IKE SAs."""
        return self.second_ike if self.second_ike is not None else self.first_ike


@dataclass(frozen=True)
class Tunnel:
    """Two ends joined. ``ends`` has one member when the peer is in no inventory; ``missing`` then says so.
    ``unread`` names the devices that were not read and may be that peer, the first of them.

    ``foreign`` is true for a peer that the user declared as somebody else's. ``interval`` is the time between the two
    readings; ``overlap`` is false when no instant is proven to lie between both readings of both ends, and then the
    SAs of the two ends must not be compared. ``stimulated`` is true when traffic was made between the readings.
    ``keys`` is what a comparison of the pre-shared keys said (``equal``, ``unequal``, ``unverifiable``); empty when
    there was none.
    """

    name: str
    ends: tuple[End, ...]
    missing: str = ""
    foreign: bool = False
    interval: float | None = None
    overlap: bool = False
    stimulated: bool = False
    unread: str = ""
    keys: str = ""

    @property
    def both(self) -> bool:
        return len(self.ends) == 2

    def other(self, end: End) -> End | None:
        """The opposite end, or ``None`` when it is not ours."""
        return next((each for each in self.ends if each is not end), None)
