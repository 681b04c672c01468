# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing and judging: from devices that are read and parsed to judgements, by all rules, at growing sizes.

From a thousand tunnels on all cores work; ``exponent`` is the slope of the CPU's last tenfold step, and 1.00 is linear.
"""

from __future__ import annotations

import gc
import math
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Address,
    Device,
    IkeSa,
    Interface,
    IpsecEntry,
    LogLine,
    SaReading,
    Selector,
    TunnelGroup,
)
from tests import build

SIZES = (100, 1_000, 10_000)
QUICK = (10, 100)
HUB = IPv4Address("198.18.0.1")
PAIRS, SPOKES, DYNAMIC = "many pairs", "a hub and its spokes", "a hub with a dynamic map and its spokes"
HIDDEN = "the same, the spokes behind NATs"
HUB_LAN = "192.168.0.0/16"


def pairs(tunnels: int) -> list[Device]:
    """Two devices a tunnel."""
    found = []
    for number in range(tunnels):
        left, right = IPv4Address("198.18.0.0") + 2 * number, IPv4Address("198.18.0.0") + 2 * number + 1
        lans = f"10.{number >> 8}.{number & 255}.0/24", f"100.{64 + (number >> 8)}.{number & 255}.0/24"
        found += [
            _site(f"l{number}", left, right, lans, inbound=2 * number + 1, outbound=2 * number + 2),
            _site(f"r{number}", right, left, lans[::-1], inbound=2 * number + 2, outbound=2 * number + 1),
        ]
    return found


def spokes(tunnels: int) -> list[Device]:
    """One hub that names each spoke, with a log line and a line of another peer for every tunnel."""
    hub, ends = _hub(tunnels)
    if hub.config is None:
        return [hub]
    entries = tuple(
        replace(hub.config.crypto_maps[0], sequence=number + 1, access_list=f"vpn_{number}", peers=(address,))
        for number, address in enumerate(_addresses(tunnels))
    )
    lists = {f"vpn_{number}": AccessList(f"vpn_{number}", (_rule(HUB_LAN, _lan(number)),)) for number in range(tunnels)}
    config = replace(hub.config, crypto_maps=entries, access_lists=lists)
    return [replace(hub, config=config, saved=replace(config)), *ends]


def dynamic(tunnels: int) -> list[Device]:
    """One hub that names nobody, and whose list holds every spoke's network."""
    hub, ends = _hub(tunnels)
    if hub.config is None:
        return [hub]
    entry = hub.config.crypto_maps[0]
    every = AccessList("VPN", tuple(_rule(HUB_LAN, _lan(number)) for number in range(tunnels)))
    config = replace(
        hub.config,
        crypto_maps=(replace(entry, sequence=65535, dynamic_map="DYN", peers=(), access_list=None, transform_sets=()),),
        dynamic_maps=(replace(entry, map="DYN", peers=()),),
        access_lists={"VPN": every},
    )
    return [replace(hub, config=config, saved=replace(config)), *ends]


def hidden(tunnels: int) -> list[Device]:
    """As ``dynamic``, and every spoke behind a NAT that no inventory tells of: only SAs say who is who."""
    hub, *ends = dynamic(tunnels)
    behind = (Interface("Ethernet0/0", "outside", IPv4Address("192.168.1.2")),)
    return [hub, *(replace(end, config=replace(end.config, interfaces=behind)) for end in ends if end.config)]


SCENES: dict[str, Callable[[int], list[Device]]] = {PAIRS: pairs, SPOKES: spokes, DYNAMIC: dynamic, HIDDEN: hidden}


def _hub(tunnels: int) -> tuple[Device, list[Device]]:
    first = _site("hub", HUB, IPv4Address("198.18.0.2"), (HUB_LAN, _lan(0)), inbound=1, outbound=2)
    ends = [
        _site(f"s{n}", address, HUB, (_lan(n), HUB_LAN), inbound=2 * n + 2, outbound=2 * n + 1)
        for n, address in enumerate(_addresses(tunnels))
    ]
    config = first.config
    if config is not None:
        groups = {str(address): TunnelGroup(str(address), "ipsec-l2l", has_key=True) for address in _addresses(tunnels)}
        config = replace(config, tunnel_groups=groups)
    entries = [_entry(2 * n + 1, 2 * n + 2, HUB_LAN, _lan(n), address) for n, address in enumerate(_addresses(tunnels))]
    states = [build.ike(str(address)) for address in _addresses(tunnels)]
    log = tuple(
        LogLine(f"%ASA-4-402119: from {address}", 402119, peer=address) for n, address in enumerate(_addresses(tunnels))
    )
    return replace(first, config=config, readings=_readings(entries, states), log=log), ends


def _addresses(tunnels: int) -> Iterator[IPv4Address]:
    yield from (HUB + 1 + number for number in range(tunnels))


def _lan(number: int) -> str:
    return f"10.{number >> 8}.{number & 255}.0/24"


def _site(name: str, address: Address, peer: Address, lans: Sequence[str], *, inbound: int, outbound: int) -> Device:
    config = build.config(str(address), str(peer), local=lans[0], remote=lans[1])
    entry = _entry(inbound, outbound, *lans, peer)
    return build.device(name, config, _readings([entry], [build.ike(str(peer))]), saved=replace(config))


def _entry(inbound: int, outbound: int, local: str, remote: str, peer: Address) -> IpsecEntry:
    return build.entry(str(peer), inbound=(inbound,), outbound=(outbound,), local=local, remote=remote)


def _readings(entries: list[IpsecEntry], states: list[IkeSa]) -> tuple[SaReading, ...]:
    return build.readings(entries, entries, states, states)


def _rule(source: str, destination: str) -> AccessRule:
    return AccessRule(True, Selector(ip_network(source)), Selector(ip_network(destination)), "")


def measure(devices: Sequence[Device], tunnels: int) -> tuple[float, float]:
    """Seconds from devices to judgements: those that passed, and those of CPU, children included."""
    gc.collect()
    begin, spent = time.perf_counter(), _cpu()
    judgements = judge_all(devices)
    seconds = time.perf_counter() - begin, _cpu() - spent
    if len(judgements) != tunnels:
        raise AssertionError(f"{len(judgements)} tunnels were found, not {tunnels}")
    strange = {f"{each.verdict}: {each.cause}" for each in judgements if str(each.verdict) != "healthy"}
    if strange:
        raise AssertionError(f"not healthy: {sorted(strange)[:3]}")
    return seconds


def _cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def report(sizes: Sequence[int]) -> Iterator[str]:
    """The table as Markdown, line by line."""
    yield f"### Pairing and judging by {len(rules.load())} rules, seconds that passed (of CPU) by tunnels"
    yield ""
    yield "| devices | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent | ms a tunnel |"
    yield "| --- |" + " ---: |" * (len(sizes) + 2)
    for name, scene in SCENES.items():
        seconds = [measure(scene(size), size) for size in sizes]
        slope = math.log(seconds[-1][1] / seconds[-2][1]) / math.log(sizes[-1] / sizes[-2])
        cells = " | ".join(f"{passed:.2f} ({cpu:.2f})" for passed, cpu in seconds)
        yield f"| {name} | {cells} | {slope:.2f} | {1000 * seconds[-1][1] / sizes[-1]:.2f} |"
    yield ""
    yield f"The peak of memory was {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB."
    yield ""
