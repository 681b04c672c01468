# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnels whose crypto maps and access lists are typed as on a device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    Config,
    CryptoMapEntry,
    Device,
    Interface,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._resolve import Resolver
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, branch_config, hq, hq_config, tunnel

HQ_NET, BRANCH_NET = "10.1.0.0 255.255.0.0", "10.2.0.0 255.255.0.0"
THERE, BACK = f"permit ip {HQ_NET} {BRANCH_NET}", f"permit ip {BRANCH_NET} {HQ_NET}"
OTHER_PEER = "192.0.2.9"


def access_list(name: str, *lines: str) -> AccessList:
    """An access list of lines as typed, without `access-list NAME extended`."""
    text = "\n".join(f"access-list {name} extended {line}" for line in lines)
    read = find("show running-config access-list").parse(text)
    return Resolver({}, {}, {}, ()).access_list(name, read.value[name])


def lists(*lines: str, **more: Sequence[str]) -> dict[str, AccessList]:
    """The tunnel's own list and others by name."""
    return {name: access_list(name, *each) for name, each in {"VPN": lines, **more}.items()}


def mapped(sequence: int, access_list: str | None = "VPN", peer: str = BRANCH, **changes: Any) -> CryptoMapEntry:
    """A complete entry with its lines as typed."""
    start = f"crypto map outside_map {sequence}"
    entry = CryptoMapEntry(
        "outside_map",
        sequence,
        access_list,
        (ip_address(peer),),
        ("AES",),
        lines=(f"{start} match address {access_list}", f"{start} set peer {peer}", f"{start} set transform-set AES"),
    )
    return replace(entry, **changes)


def at_hq_only(*lines: str, **changes: Any) -> Tunnel:
    """The tunnel to branch, whose list at hq is this."""
    return joined(hq_config(access_lists=lists(*lines), **changes))


def both_lists(there: Sequence[str], back: Sequence[str]) -> Tunnel:
    return joined(hq_config(access_lists=lists(*there)), branch_config(access_lists=lists(*back)))


def beside(
    other: CryptoMapEntry, *lines: str, own: Sequence[str] = (THERE,), sequence: int = 10, **changes: Any
) -> Tunnel:
    """The tunnel to branch, with another entry in hq's map whose list holds these lines."""
    known = lists(*own, **({"OTHER": lines} if lines else {}))
    maps = tuple(sorted((mapped(sequence), other), key=lambda entry: entry.sequence))
    return joined(hq_config(crypto_maps=maps, access_lists=known, **changes))


def joined(left: Config | None = None, right: Config | None = None, **changes: Any) -> Tunnel:
    """The tunnel between hq and branch, among those that these configurations make. ``changes`` are of hq."""
    devices = [hq(at_hq(), config=left, **changes), branch(at_branch(), config=right)]
    return next(each for each in pair(devices) if each.both)


def alone(left: Config | None = None, **options: Any) -> Tunnel:
    """What hq has with an address that nobody of the inventory has."""
    return pair([hq(at_hq(), config=left)], **options)[0]


def without_lines() -> Tunnel:
    """No end has a line of its list left, though the lists were read."""
    left, right = hq_config(access_lists={}), branch_config(access_lists={})
    return tunnel(hq(at_hq(), config=left), branch(at_branch(), config=right))


def entries(*changes: CryptoMapEntry | None) -> Tunnel:
    """The healthy tunnel with other entries at its ends, hq's first."""
    healthy = tunnel()
    return replace(
        healthy, ends=tuple(replace(end, map_entry=entry) for end, entry in zip(healthy.ends, changes, strict=True))
    )


def virtual(peer: str = BRANCH, **changes: Any) -> CryptoMapEntry:
    """A tunnel interface to the peer."""
    entry = CryptoMapEntry("Tunnel1", 0, None, (ip_address(peer),), ("AES",), tunnel_interface="Tunnel1", profile="P")
    return replace(entry, **changes)


def route_based(hq_peer: str = BRANCH, branch_peer: str = HQ, **changes: Any) -> Tunnel:
    """A tunnel of two tunnel interfaces."""
    made = entries(virtual(hq_peer, **changes), virtual(branch_peer))
    return replace(made, ends=tuple(replace(end, device=_with_interface(end.device)) for end in made.ends))


def dynamic_hub(*templates: CryptoMapEntry, **changes: Any) -> Tunnel:
    """Hq takes branch by a dynamic map of these templates."""
    entry = CryptoMapEntry("outside_map", 65535, dynamic_map="DYN")
    return joined(hq_config(crypto_maps=(entry,), dynamic_maps=templates, **changes))


def _with_interface(device: Device) -> Device:
    assert device.config is not None
    virtual = Interface("Tunnel1", "vti", tunnel_source="outside")
    interfaces, applied = (*device.config.interfaces, virtual), {"Tunnel1": ("outside",)}
    config = replace(device.config, interfaces=interfaces, crypto_map_interfaces=applied)
    return replace(device, config=config)
