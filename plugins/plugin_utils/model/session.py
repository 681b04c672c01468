# SPDX-License-Identifier: GPL-3.0-or-later
"""VPN sessions as the session database prints them: one session a peer, with the tunnels it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Selector


@dataclass(frozen=True)
class VpnTunnel:
    """One tunnel of a session (``detail``). ``kind`` is its heading: ``IKEv1``, ``IPsec``, ``IPsecOverNatT`` ...

    Time is in seconds also where the device prints minutes; ``rekey_int_d`` and ``rekey_left_d`` are kilobytes. The
    traffic is text where the device printed a name instead of an address.
    """

    kind: str
    tunnel_id: str | None = None
    udp_src_port: int | None = None
    udp_dst_port: int | None = None
    ike_neg_mode: str | None = None
    auth_mode: str | None = None
    rem_auth_mode: str | None = None
    loc_auth_mode: str | None = None
    local_addr: Selector | str | None = None
    remote_addr: Selector | str | None = None
    encryption: str | None = None
    hashing: str | None = None
    encapsulation: str | None = None
    prf: str | None = None
    d_h_group: str | None = None
    pfs_group: str | None = None
    rekey_int_t: int | None = None
    rekey_left_t: int | None = None
    rekey_int_d: int | None = None
    rekey_left_d: int | None = None
    idle_time_out: int | None = None
    idle_to_left: int | None = None
    conn_time_out: int | None = None
    conn_to_left: int | None = None
    bytes_tx: int | None = None
    bytes_rx: int | None = None
    pkts_tx: int | None = None
    pkts_rx: int | None = None
    pkts_tx_drop: int | None = None
    pkts_rx_drop: int | None = None
    filter_name: str | None = None
    ipv6_filter: str | None = None


@dataclass(frozen=True)
class VpnSession:
    """One session. ``connection`` is the tunnel-group's name, mostly the peer's address, and may be missing.

    ``encryption`` and ``hashing`` are the device's words, one cipher or one a tunnel (``IKEv1: (1)AES256  IPsec:
    (2)AES128``). ``tunnel_counts`` and ``tunnels`` are printed by ``detail`` alone.
    """

    connection: Address | str | None = None
    index: int | None = None
    ip_addr: Address | str | None = None
    protocol: str | None = None
    encryption: str | None = None
    hashing: str | None = None
    bytes_tx: int | None = None
    bytes_rx: int | None = None
    pkts_tx: int | None = None
    pkts_rx: int | None = None
    pkts_tx_drop: int | None = None
    pkts_rx_drop: int | None = None
    login_time: str | None = None
    duration: int | None = None
    inactivity: int | None = None
    filter_name: str | None = None
    group_policy: str | None = None
    tunnel_group: str | None = None
    tunnel_zone: int | None = None
    client_type: str | None = None
    client_ver: str | None = None
    license: str | None = None
    vlan_mapping: str | None = None
    vlan: str | None = None
    audt_sess_id: str | None = None
    security_grp: str | None = None
    tunnel_counts: Mapping[str, int] = field(default_factory=dict)
    tunnels: tuple[VpnTunnel, ...] = ()
    incomplete: str = ""


@dataclass(frozen=True)
class VpnSummaryRow:
    """A row of a table of ``show vpn-sessiondb summary``. ``within`` is the row above that it is a part of."""

    name: str
    within: str | None = None
    active: int | None = None
    cumulative: int | None = None
    peak_concurrent: int | None = None
    inactive: int | None = None


@dataclass(frozen=True)
class VpnSummary:
    """``show vpn-sessiondb summary``. ``totals`` are the numbers that stand alone (``device_load`` in per cent)."""

    sessions: tuple[VpnSummaryRow, ...] = ()
    tunnels: tuple[VpnSummaryRow, ...] = ()
    ipv6_usage: tuple[VpnSummaryRow, ...] = ()
    licenses: tuple[VpnSummaryRow, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
