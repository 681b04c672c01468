# SPDX-License-Identifier: GPL-3.0-or-later
"""The device around its tunnels: clock, contexts, routes, interfaces, and the unit's past."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Network


@dataclass(frozen=True)
class NtpStatus:
    """``show ntp status``. ``reference`` is ``None`` without a reference clock, and text for one that has no address.

    ``reference_time`` is ISO 8601 without an offset, ``reference_zone`` the device's word for it; ``precision`` is the
    exponent of two as printed.
    """

    synchronized: bool | None = None
    stratum: int | None = None
    reference: Address | str | None = None
    nominal_freq_hz: float | None = None
    actual_freq_hz: float | None = None
    precision: int | None = None
    reference_time: str | None = None
    reference_zone: str | None = None
    clock_offset_msec: float | None = None
    root_delay_msec: float | None = None
    root_dispersion_msec: float | None = None
    peer_dispersion_msec: float | None = None


@dataclass(frozen=True)
class Context:
    """A security context. ``interfaces`` are the mapped ones in ``detail``, which alone prints what follows them.

    ``admin`` is known in the brief form only, where a ``*`` marks it.
    """

    name: str
    admin: bool | None = None
    context_class: str | None = None
    mode: str | None = None
    interfaces: tuple[str, ...] = ()
    config_url: str | None = None
    status: str | None = None
    description: str | None = None
    real_interfaces: tuple[str, ...] = ()
    real_ips_sensors: tuple[str, ...] = ()
    mapped_ips_sensors: tuple[str, ...] = ()
    flags: int | None = None
    id: int | None = None
    failover_group: int | None = None
    incomplete: str = ""


@dataclass(frozen=True)
class NextHop:
    """One way of a route. ``age`` is in seconds; a BGP route names no interface, a connected one no address."""

    via: Address | str | None = None
    interface: str | None = None
    distance: int | None = None
    metric: int | None = None
    age: int | None = None
    tunneled: bool = False


@dataclass(frozen=True)
class Route:
    """One destination. ``codes`` are those of the legend (``O``, ``E2``); ``network`` is text for a name.

    ``kind`` is ``via``, ``directly connected``, ``summary`` or ``vpn``.
    """

    codes: tuple[str, ...]
    network: Network | str
    kind: str
    next_hops: tuple[NextHop, ...] = ()
    candidate_default: bool = False
    replicated: bool = False


@dataclass(frozen=True)
class RoutingTable:
    """A routing table; ``name`` is ``None`` for the main one. ``gateway`` is the gateway of last resort, if any."""

    name: str | None = None
    gateway: Address | str | None = None
    gateway_network: Address | str | None = None
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class InterfaceStatus:
    """A row of ``show interface ip brief``. ``ip_address`` is ``None`` when unassigned."""

    interface: str
    ip_address: Address | None
    ok: bool
    method: str
    status: str
    protocol: str


@dataclass(frozen=True)
class FailoverChange:
    """A change of a unit's state. ``group`` is printed by active/active pairs alone."""

    time: str
    from_state: str
    to_state: str
    reason: str | None = None
    group: int | None = None
