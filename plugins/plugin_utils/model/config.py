# SPDX-License-Identifier: GPL-3.0-or-later
"""The VPN part of a device's configuration, release by release the same shape."""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Network, Selector
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.surroundings import (
    AccessGroup,
    Applet,
    LogSettings,
    Nat,
    StaticRoute,
    Sysopt,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once

DEFAULT_L2L_GROUP = "DefaultL2LGroup"
DEFAULT_GROUP_POLICY = "DfltGrpPolicy"


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
    """A ``tunnel-group``. ``has_key`` is true for a printed (masked) pre-shared key; the key itself is never kept.

    ``keys`` says which were printed: ``ikev1``, ``ikev2 local``, ``ikev2 remote``. ``peer_id_validate`` is ``req``,
    ``cert`` or ``nocheck``, and ``None`` when not printed.
    """

    name: str
    type: str | None = None
    group_policy: str | None = None
    has_key: bool = False
    trustpoint: str | None = None
    keepalive: Keepalive | None = None
    lines: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    peer_id_validate: str | None = None


@dataclass(frozen=True)
class CryptoMapEntry:
    """One sequence of a crypto map. ``peers`` keeps the order typed: the first is tried first.

    ``pfs`` is ``None`` when not set, ``"default"`` for a bare ``set pfs`` (its group depends on the release), else
    ``group5`` and the like. Lifetimes are ``None`` where the global value applies; kilobytes 0 means unlimited.
    ``phase1_group`` is the group that aggressive mode names, such as ``group2``; ``None`` where it names none.
    A virtual tunnel interface is such an entry too, as it is on the device (``__vti-crypto-map-...``): its name is
    both ``map`` and ``tunnel_interface``, ``sequence`` is 0, and ``profile`` names the ``ipsec profile`` it takes.
    The entry of an ``End`` that serves its peer from a dynamic map holds what the template ``dynamic_map
    dynamic_sequence`` says; in a ``Config`` the templates stand apart, and ``dynamic_sequence`` is ``None``.
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
    phase1_group: str | None = None
    dynamic_map: str | None = None
    reverse_route: bool = False
    nat_t_disabled: bool = False
    lines: tuple[str, ...] = ()
    trustpoint: str | None = None
    ikev2_mode: str | None = None
    tunnel_interface: str | None = None
    profile: str | None = None
    dynamic_sequence: int | None = None

    def __str__(self) -> str:
        return self.tunnel_interface or f"{self.map} {self.sequence}"


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
class IkeSettings:
    """IKE beside its policies, for both versions. ``None`` means not printed, and then the release's default holds.

    ``identity`` is ``address``, ``hostname``, ``auto`` or ``key-id`` (with ``key_id``). ``nat_traversal`` is the
    keepalive's interval in seconds, 0 when turned off: releases before 8.0 have it off by default, later ones 20.
    ``notify_invalid_selectors`` and ``cookie_challenge`` are IKEv2's.
    """

    identity: str | None = None
    key_id: str | None = None
    nat_traversal: int | None = None
    disconnect_notify: bool | None = None
    reload_wait: bool | None = None
    aggressive_mode_disabled: bool | None = None
    ipsec_over_tcp: tuple[int, ...] = ()
    notify_invalid_selectors: bool | None = None
    cookie_challenge: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class IpsecSettings:
    """IPsec beside its proposals. ``df_bit`` and ``fragmentation`` are by interface.

    ``replay_window`` is in packets, 0 when the check is off, and 64 by default. ``pmtu_aging`` is as typed.
    """

    df_bit: Mapping[str, str] = field(default_factory=dict)
    fragmentation: Mapping[str, str] = field(default_factory=dict)
    replay_window: int | None = None
    pmtu_aging: str | None = None
    strength_enforced: bool | None = None
    inner_routing_lookup: bool | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccessRule:
    """One permit or deny of an access list after names, objects and groups are resolved.

    ``source`` and ``destination`` are selectors of this device's own configuration; ``line`` is the text typed.
    ``time_range`` names the hours in which it holds, ``None`` for always; an ``inactive`` line never does.
    """

    permit: bool
    source: Selector
    destination: Selector
    line: str
    inactive: bool = False
    time_range: str | None = None


@dataclass(frozen=True)
class AccessList:
    """An access list in order. ``unresolved`` holds the lines that name something the device did not print."""

    name: str
    rules: tuple[AccessRule, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interface:
    """A configured interface; ``address`` is ``None`` for DHCP or no address. The tunnel fields are a VTI's.

    ``address`` is IPv4's, ``ipv6`` are the global ones, and ``standby_ipv6`` those of the standby unit.

    ``tunnel_mode`` is ``ipv4`` or ``ipv6``; ``tunnel_policy`` the access list of ``tunnel protection ipsec policy``.
    """

    name: str
    nameif: str | None = None
    address: Address | None = None
    network: Network | None = None
    standby: Address | None = None
    shutdown: bool = False
    tunnel_source: str | None = None
    tunnel_destination: Address | str | None = None
    tunnel_profile: str | None = None
    tunnel_mode: str | None = None
    tunnel_policy: str | None = None
    ipv6: tuple[Address, ...] = ()
    standby_ipv6: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self.ipv6 if self.address is None else (self.address, *self.ipv6)


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
    trustpoint: str | None = None
    responder_only: bool = False
    reverse_route: bool = False


@dataclass(frozen=True)
class GroupPolicy:
    """A ``group-policy``. Timeouts are in minutes, 0 for ``none`` (unlimited), ``None`` when not printed.

    ``filter`` is empty for ``none``, and ``None`` when not printed. ``kind`` is ``internal`` or ``external``.
    What a policy does not print it inherits: ``Config.policy_of`` says what then holds.
    """

    name: str
    idle_timeout: int | None = None
    protocols: tuple[str, ...] = ()
    filter: str | None = None
    lines: tuple[str, ...] = ()
    session_timeout: int | None = None
    pfs: bool | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Config:
    """The VPN part of one device's configuration, parsed from the parts of ``show running-config``.

    ``all_read`` names the parts read with ``all``, whose absent values are truly absent. Mappings are keyed by the
    name typed in the configuration. ``crypto_map_interfaces`` maps a crypto map to the interfaces it is applied to.
    ``unread`` names the parts that could not be read, so that nothing is concluded from their absence.
    ``access_lists`` holds those that crypto maps, NAT rules and vpn-filters name, and those that may hold up a tunnel's
    packets: outwards at an interface with a crypto map, inwards with ``no sysopt connection permit-vpn``.
    ``dynamic_maps`` are the templates of
    dynamic entries. ``absent_lists`` are named by crypto maps, and the device, whose lists were all read, has none of
    these. ``crypto_maps`` and ``crypto_map_interfaces`` hold the VTIs too. From ``nat`` on ``None`` means
    not read.
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
    ike_settings: IkeSettings | None = None
    ipsec_settings: IpsecSettings | None = None
    trustpoints: tuple[str, ...] = ()
    nat: Nat | None = None
    routes: tuple[StaticRoute, ...] | None = None
    sysopt: Sysopt | None = None
    logging: LogSettings | None = None
    applets: tuple[Applet, ...] | None = None
    absent_lists: frozenset[str] = frozenset()
    access_groups: tuple[AccessGroup, ...] | None = None

    def interface(self, nameif: str) -> Interface | None:
        return self._by_nameif.get(nameif)

    @functools.cached_property
    def _by_nameif(self) -> dict[str, Interface]:
        # The first of a name that stands twice.
        return {each.nameif: each for each in reversed(self.interfaces) if each.nameif is not None}

    def policy_of(self, group: TunnelGroup) -> GroupPolicy | None:
        """The group policy in effect for a tunnel-group, or ``None`` when the one it names was not printed.

        A site-to-site tunnel-group without ``default-group-policy`` has DefaultL2LGroup's; what a policy does not
        print comes from DfltGrpPolicy; what that does not print is Cisco's default: 30 minutes of idleness, no limit
        to a session, no filter, no PFS. The protocols' default depends on the release, so that they may stay empty.
        """
        parent = self.tunnel_groups.get(DEFAULT_L2L_GROUP) if group.type == "ipsec-l2l" else None
        return self._policy(group.group_policy or (parent.group_policy if parent else None) or DEFAULT_GROUP_POLICY)

    @once
    def _policy(self, name: str) -> GroupPolicy | None:
        default = self.group_policies.get(DEFAULT_GROUP_POLICY, GroupPolicy(DEFAULT_GROUP_POLICY))
        own = default if name == DEFAULT_GROUP_POLICY else self.group_policies.get(name)
        if own is None or own.kind == "external" or "group-policy" in self.unread:
            return None
        factory = GroupPolicy(DEFAULT_GROUP_POLICY, idle_timeout=30, filter="", session_timeout=0, pfs=False)
        inherited: dict[str, Any] = {}
        for field_name in ("idle_timeout", "filter", "session_timeout", "pfs"):
            values = [getattr(policy, field_name) for policy in (own, default, factory)]
            inherited[field_name] = next(value for value in values if value is not None)
        return dataclasses.replace(own, protocols=own.protocols or default.protocols, **inherited)
