# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration says around its tunnels: translation, routes, system options, logging and applets."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Network


class NatKind(enum.Enum):
    """``EXEMPTION`` is ``nat (I) 0`` of releases before 8.3; later ones exempt with a static rule onto itself."""

    EXEMPTION = "exemption"
    STATIC = "static"
    DYNAMIC = "dynamic"


@dataclass(frozen=True)
class NatSide:
    """An address before (``real``) and after (``mapped``) translation, as typed: ``any``, an object, ``A M``.

    ``mapped`` is empty where the rule names none (a pool has it). The networks are what the words stand for, and
    ``None`` when they cannot be told: an interface's address from DHCP, a host name, an object that was not read.
    """

    real: tuple[str, ...]
    mapped: tuple[str, ...] = ()
    real_networks: tuple[Network, ...] | None = None
    mapped_networks: tuple[Network, ...] | None = None

    @property
    def unchanged(self) -> bool:
        """Whether translation leaves the address as it is."""
        if self.real == self.mapped:
            return True
        return self.real_networks is not None and self.real_networks == self.mapped_networks


@dataclass(frozen=True)
class NatRule:
    """One rule of address translation, of either syntax.

    ``section`` is 1 (twice NAT), 2 (in an object) or 3 (``after-auto``), and ``None`` before 8.3. ``access_list``
    names the traffic of an older rule, ``pool`` its number. ``object`` is the network object that holds the rule.
    """

    line: str
    kind: NatKind
    source: NatSide
    destination: NatSide | None = None
    real_interface: str = "any"
    mapped_interface: str | None = None
    section: int | None = None
    object: str | None = None
    access_list: str | None = None
    pool: int | None = None
    service: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    inactive: bool = False

    @property
    def exempts(self) -> bool:
        """Whether what the rule matches keeps its addresses. An ``access_list`` says what that is before 8.3."""
        if self.kind is NatKind.EXEMPTION:
            return True
        kept = self.source.unchanged and (self.destination is None or self.destination.unchanged)
        return self.kind is NatKind.STATIC and kept and not self.service


@dataclass(frozen=True)
class NatPool:
    """A ``global``: the addresses that the ``nat`` rules of this number use on an interface (before 8.3)."""

    number: int
    interface: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Nat:
    """All of a device's translation, section by section and in the order printed.

    That is the order tried, but for section 2, which the device sorts by itself. ``control`` is ``nat-control``,
    which refuses what no rule matches (to 8.2).
    """

    rules: tuple[NatRule, ...] = ()
    pools: tuple[NatPool, ...] = ()
    control: bool | None = None


@dataclass(frozen=True)
class StaticRoute:
    """A ``route`` or ``ipv6 route``. ``gateway`` is ``None`` for ``Null0``; ``tunneled`` is the default for tunnels."""

    interface: str
    network: Network
    gateway: Address | str | None = None
    metric: int = 1
    track: int | None = None
    tunneled: bool = False
    line: str = ""


@dataclass(frozen=True)
class Sysopt:
    """``sysopt``: ``None`` means not printed, and then the default holds, which is on for ``permit_vpn`` alone.

    With ``permit_vpn``, what comes out of a tunnel passes the interface's access list. ``tcpmss`` is in bytes, 0 for
    no limit, and 1380 by default. ``no_proxy_arp`` names interfaces.
    """

    permit_vpn: bool | None = None
    preserve_vpn_flows: bool | None = None
    reclassify_vpn: bool | None = None
    tcpmss: int | None = None
    tcpmss_minimum: int | None = None
    no_proxy_arp: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccessGroup:
    """An ``access-group``: the access list that filters an interface. ``interface`` is ``None`` for ``global``.

    ``direction`` is ``in``, ``out`` or ``global`` (inwards, behind the list of the interface). ``option`` is
    ``per-user-override`` or ``control-plane``; the latter filters what is meant for the device itself.
    """

    access_list: str
    direction: str
    interface: str | None = None
    option: str | None = None
    line: str = ""


@dataclass(frozen=True)
class LogHost:
    """A ``logging host``. ``protocol`` is ``udp`` (port 514) unless printed."""

    address: Address | str
    interface: str
    protocol: str = "udp"
    port: int = 514
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogSettings:
    """``logging``: what is logged, to where, at which level.

    ``levels`` maps a destination (``buffered``, ``trap``, ``console``, ``monitor``, ``asdm``, ``history``, ``mail``,
    ``debug-trace``) to a level or the name of a list. ``classes`` maps a class such as ``vpn`` to the same.
    ``message_levels`` and ``silenced`` are single messages with another level and with none.
    """

    enabled: bool = False
    timestamp: str | None = None
    standby: bool = False
    levels: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message_levels: Mapping[int, str] = field(default_factory=dict)
    silenced: tuple[int, ...] = ()
    hosts: tuple[LogHost, ...] = ()
    buffer_size: int | None = None
    queue: int | None = None
    facility: int | None = None
    device_id: str | None = None
    permit_hostdown: bool = False
    debug_trace: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Applet:
    """An ``event manager applet``: commands that the device runs by itself (9.2 and later).

    ``events`` are the lines that start it, without the word ``event``; ``messages`` are the ranges of message numbers
    among them. ``actions`` are its commands by number, with secrets masked.
    """

    name: str
    description: str | None = None
    events: tuple[str, ...] = ()
    messages: tuple[tuple[int, int], ...] = ()
    actions: Mapping[int, str] = field(default_factory=dict)
    output: str | None = None
