# SPDX-License-Identifier: GPL-3.0-or-later
"""The VPN part of a device's configuration, release by release the same shape."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Network, Selector


class Origin(enum.Enum):
    """Whether the device printed a value (``READ``) or it is the release's default (``ASSUMED``)."""

    READ = "read"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Keepalive:
    """``isakmp keepalive``: IKE's dead peer detection (RFC 3706), which also drives IKEv2 on an ASA.

    ``threshold`` is the idle time before the first R-U-THERE, ``retry`` the wait between the three that follow.
    ``infinite`` answers and never asks; ``disabled`` is not even negotiated.
    """

    threshold: int | None = 10
    retry: int | None = 2
    disabled: bool = False
    infinite: bool = False
    origin: Origin = Origin.ASSUMED

    @property
    def asks(self) -> bool:
        return not self.disabled and not self.infinite

    @property
    def effect(self) -> tuple[object, ...]:
        """What it does, whether printed or a default: equal for two values that do the same."""
        if self.disabled:
            return ("disabled",)
        return ("infinite",) if self.infinite else (self.threshold, self.retry)

    @property
    def detection_seconds(self) -> int | None:
        """How long a dead peer goes unnoticed: threshold + 3 x retry, or ``None`` when this end never asks."""
        if not self.asks or self.threshold is None:
            return None
        return self.threshold + 3 * (self.retry or 2)

    def __str__(self) -> str:
        if self.disabled:
            text = "disabled"
        elif self.infinite:
            text = "threshold infinite"
        else:
            text = f"threshold {self.threshold} retry {self.retry}"
        return text + (" (default)" if self.origin is Origin.ASSUMED else "")


@dataclass(frozen=True)
class TunnelGroup:
    """A ``tunnel-group``. ``has_key`` is true for a printed (masked) pre-shared key; the key itself is never kept."""

    name: str
    type: str | None = None
    group_policy: str | None = None
    has_key: bool = False
    trustpoint: str | None = None
    keepalive: Keepalive | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class CryptoMapEntry:
    """One sequence of a crypto map. ``peers`` keeps the order typed: the first is tried first.

    ``pfs`` is ``None`` when not set, ``"default"`` for a bare ``set pfs`` (its group depends on the release), else
    ``group5`` and the like. Lifetimes are ``None`` where the global value applies; kilobytes 0 means unlimited.
    """

    map: str
    sequence: int
    access_list: str | None = None
    peers: tuple[Address | str, ...] = ()
    transform_sets: tuple[str, ...] = ()
    ikev2_proposals: tuple[str, ...] = ()
    pfs: str | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    connection_type: str | None = None
    phase1_mode: str | None = None
    dynamic_map: str | None = None
    reverse_route: bool = False
    nat_t_disabled: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class TransformSet:
    """An IKEv1 ``transform-set``: ``esp-aes-256 esp-sha-hmac`` and the mode (``tunnel`` unless said)."""

    name: str
    transforms: tuple[str, ...]
    mode: str = "tunnel"


@dataclass(frozen=True)
class IpsecProposal:
    """An IKEv2 ``ipsec-proposal``: lists of encryption and integrity algorithms, in the order typed."""

    name: str
    encryption: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()


@dataclass(frozen=True)
class IkePolicy:
    """An IKE policy. Lists have one member in IKEv1; ``authentication`` and ``lifetime`` may be unset in IKEv2."""

    version: int
    priority: int
    encryption: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    prf: tuple[str, ...] = ()
    authentication: str | None = None
    lifetime: int | None = None


@dataclass(frozen=True)
class AccessRule:
    """One permit or deny of an access list after names, objects and groups are resolved.

    ``source`` and ``destination`` are selectors of this device's own configuration; ``line`` is the text typed.
    """

    permit: bool
    source: Selector
    destination: Selector
    line: str
    inactive: bool = False


@dataclass(frozen=True)
class AccessList:
    """An access list in order. ``unresolved`` holds the lines that name something the device did not print."""

    name: str
    rules: tuple[AccessRule, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interface:
    """A configured interface; ``address`` is ``None`` for DHCP or no address. The tunnel fields are a VTI's."""

    name: str
    nameif: str | None = None
    address: Address | None = None
    network: Network | None = None
    standby: Address | None = None
    shutdown: bool = False
    tunnel_source: str | None = None
    tunnel_destination: Address | str | None = None
    tunnel_profile: str | None = None


@dataclass(frozen=True)
class IpsecProfile:
    """A ``crypto ipsec profile``: what a VTI proposes, as a crypto map entry does for its peers."""

    name: str
    transform_sets: tuple[str, ...] = ()
    ikev2_proposals: tuple[str, ...] = ()
    pfs: str | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupPolicy:
    """A ``group-policy``. ``idle_timeout`` is in minutes, 0 for ``none`` (unlimited), ``None`` when not printed."""

    name: str
    idle_timeout: int | None = None
    protocols: tuple[str, ...] = ()
    filter: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """The VPN part of one device's configuration, parsed from the parts of ``show running-config``.

    ``all_read`` names the parts read with ``all``, whose absent values are truly absent. Mappings are keyed by the
    name typed in the configuration. ``crypto_map_interfaces`` maps a crypto map to the interfaces it is applied to.
    ``unread`` names the parts that could not be read, so that nothing is concluded from their absence.
    ``access_lists`` holds those that crypto maps name; ``dynamic_maps`` the templates of dynamic entries.
    """

    hostname: str | None = None
    interfaces: tuple[Interface, ...] = ()
    names: Mapping[str, Address] = field(default_factory=dict)
    access_lists: Mapping[str, AccessList] = field(default_factory=dict)
    crypto_maps: tuple[CryptoMapEntry, ...] = ()
    crypto_map_interfaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transform_sets: Mapping[str, TransformSet] = field(default_factory=dict)
    ipsec_proposals: Mapping[str, IpsecProposal] = field(default_factory=dict)
    ike_policies: tuple[IkePolicy, ...] = ()
    ike_enabled: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    tunnel_groups: Mapping[str, TunnelGroup] = field(default_factory=dict)
    lifetime_seconds: int = 28800
    lifetime_kilobytes: int = 4608000
    management_access: str | None = None
    dynamic_maps: tuple[CryptoMapEntry, ...] = ()
    ipsec_profiles: Mapping[str, IpsecProfile] = field(default_factory=dict)
    group_policies: Mapping[str, GroupPolicy] = field(default_factory=dict)
    all_read: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def interface(self, nameif: str) -> Interface | None:
        return next((each for each in self.interfaces if each.nameif == nameif), None)
