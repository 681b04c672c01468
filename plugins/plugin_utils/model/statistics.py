# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device counted: IPsec, IKE, the contexts of the accelerated security path (ASP), and what it dropped.

A counter's key is Cisco's label in snake case (``In P2 Sa Delete Requests`` is ``in_p2_sa_delete_requests``): releases
add labels, and a mapping keeps them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import Address, Direction

Counters = Mapping[str, int]


@dataclass(frozen=True)
class IpsecStatistics:
    """``show crypto ipsec stats``. ``totals`` are the counters of the whole device, outside of both directions."""

    totals: Counters = field(default_factory=dict)
    inbound: Counters = field(default_factory=dict)
    outbound: Counters = field(default_factory=dict)


@dataclass(frozen=True)
class IkeStatistics:
    """``show crypto ikev1|ikev2 stats``. ``call_admission`` holds words too (``No Limit``)."""

    version: int
    counters: Counters = field(default_factory=dict)
    call_admission: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class VpnContext:
    """One SA as the data plane holds it. ``vpn_ctx`` is its handle, ``flags`` say its direction (DECR, ENCR).

    The brief form prints ``pk``, ``rk`` and ``gc`` instead of the SPI and the counters. ``vpn_filter`` is ``None`` for
    ``<none>`` too.
    """

    vpn_ctx: int
    peer_ip: Address | str | None = None
    pointer: int | None = None
    state: str | None = None
    flags: tuple[str, ...] = ()
    sa: int | None = None
    spi: int | None = None
    group: int | None = None
    pkts: int | None = None
    bad_pkts: int | None = None
    bad_spi: int | None = None
    spoof: int | None = None
    bad_crypto: int | None = None
    rekey_pkt: int | None = None
    rekey_call: int | None = None
    vpn_filter: str | None = None
    pk: int | None = None
    rk: int | None = None
    gc: int | None = None
    incomplete: str = ""

    @property
    def direction(self) -> Direction | None:
        if "DECR" in self.flags:
            return Direction.INBOUND
        return Direction.OUTBOUND if "ENCR" in self.flags else None


@dataclass(frozen=True)
class AspDrop:
    """One reason to drop, with its count. 7.0 prints no ``name``, which is what ``capture type asp-drop`` takes."""

    reason: str
    count: int
    name: str | None = None


@dataclass(frozen=True)
class AspDrops:
    """``show asp drop``. ``last_clearing`` is the device's text (``Never``), and is printed once or for each part."""

    frame: tuple[AspDrop, ...] = ()
    flow: tuple[AspDrop, ...] = ()
    frame_last_clearing: str | None = None
    flow_last_clearing: str | None = None
