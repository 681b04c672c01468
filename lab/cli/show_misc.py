# SPDX-License-Identifier: GPL-3.0-or-later
"""The other show commands: version, identity, clock, failover, log, routes and what a collector asks besides."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lab.cli.tree import Match, registry
from lab.engine.syslog import LEVELS, level_number

if TYPE_CHECKING:
    from lab.cli.shell import Session

_NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
# Zero is taken for the beginning of the era that follows.
_NTP_ZERO = datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC)
_HARDWARE = {
    "ASA5510": ("256 MB RAM, CPU Pentium 4 Celeron 1600 MHz", "Internal ATA Compact Flash, 256MB"),
    "ASAv": (
        "2048 MB RAM, CPU Xeon E5 series 2300 MHz, 1 CPU (1 core)",
        "Internal ATA Compact Flash, 8192MB",
    ),
}


def uptime(seconds: float) -> str:
    """`2 days 3 hours` with the two largest units, as `show version` prints it."""
    rest = int(seconds)
    found: list[str] = []
    for name, size in (("year", 31536000), ("day", 86400), ("hour", 3600), ("min", 60), ("sec", 1)):
        count, rest = divmod(rest, size)
        if count or (name == "sec" and not found):
            found.append(f"{count} {name}{'s' if count != 1 else ''}")
    return " ".join(found[:2])


@registry.exec("show version", level=1)
def show_version(session: Session, match: Match) -> list[str]:
    box, device = session.box, session.device
    cpu, flash = _HARDWARE.get(box.model, _HARDWARE["ASA5510"])
    manager = "Device Manager Version 5.2(5)" if device.legacy else "Device Manager Version 7.18(1)"
    image = "disk0:/asa" + "".join(c for c in device.release if c.isdigit()) + "-k8.bin"
    built = "Mon 11-May-09 14:13" if device.legacy else "Tue 24-May-22 15:37 GMT"
    lines = [
        "",
        f"Cisco Adaptive Security Appliance Software Version {device.release} ",
        manager,
        "",
        f"Compiled on {built} by builders",
        f'System image file is "{image}"',
        'Config file at boot was "startup-config"',
        "",
        f"{device.hostname} up {uptime(box.up_seconds)}",
        "",
        f"Hardware:   {box.model}, {cpu}",
        flash,
        "BIOS Flash M50FW080 @ 0xffe00000, 1024KB",
        "",
    ]
    for number, interface in enumerate(device.policy.interfaces):
        lines.append(
            f" {number}: Ext: {interface.hardware:<20}: address is 001b.d5{number:02x}.4a{number:02x}, irq {9 - number}"
        )
    lines += [
        "",
        "Licensed features for this platform:",
        "Maximum Physical Interfaces  : Unlimited ",
        "Maximum VLANs                : 50        ",
        "Inside Hosts                 : Unlimited ",
        "Failover                     : Disabled",
        "VPN-DES                      : Enabled   ",
        "VPN-3DES-AES                 : Enabled   ",
        "VPN Peers                    : 250       ",
        "",
        "This platform has a Base license.",
        "",
        f"Serial Number: {box.serial}",
        "Running Activation Key: 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 ",
        "Configuration register is 0x1",
    ]
    if box.modified_at:
        lines.append(f"Configuration last modified by {box.modified_by} at {box.modified_at}")
    else:
        lines.append("Configuration has not been modified since last system restart.")
    return lines


@registry.exec("show hostname [fqdn]")
def show_hostname(session: Session, match: Match) -> list[str]:
    domain = session.device.config.value("domain-name")
    return [session.device.hostname + (f".{domain}" if domain and "fqdn" in match else "")]


@registry.exec("show curpriv", level=1)
def show_curpriv(session: Session, match: Match) -> list[str]:
    mode = "P_PRIV" if session.enabled else "P_UNPR"
    config = " P_CONF" if session.mode else ""
    return [
        f"Username : {session.shown_user}",
        f"Current privilege level : {session.privilege}",
        f"Current Mode/s : {mode}{config}",
    ]


@registry.exec("show clock [detail]", level=1)
def show_clock(session: Session, match: Match) -> list[str]:
    now = session.device.now
    # A dot marks a clock that was synchronised once, an asterisk one that never was.
    mark = "" if not session.device.clock_error else "." if session.device.config.value("ntp", "server") else "*"
    line = f"{mark}{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}"
    return [line, *(["Time source is hardware calendar"] if "detail" in match else [])]


@registry.exec("show ntp status", level=1)
def show_ntp_status(session: Session, match: Match) -> list[str]:
    now = session.device.now
    server = session.device.config.value("ntp", "server")
    if server is None or session.device.clock_error:
        head, moment, stamp = "unsynchronized, stratum 16, no reference clock", _NTP_ZERO, "00000000.00000000"
        numbers = ("0.0000", "0.00", "0.00", "0.00")
    else:
        head, moment = f"synchronized, stratum 3, reference is {server.split()[0]}", now - timedelta(seconds=32)
        stamp = f"{int((moment - _NTP_EPOCH).total_seconds()):08x}.{moment.microsecond * 4294:08x}"
        numbers = ("0.4178", "21.06", "15.24", "0.98")
    when = f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d} UTC {moment:%a %b} {moment.day} {moment.year}"
    offset, delay, dispersion, peer = numbers
    return [
        f"Clock is {head}",
        "nominal freq is 99.9984 Hz, actual freq is 99.9984 Hz, precision is 2**6",
        f"reference time is {stamp} ({when})",
        f"clock offset is {offset} msec, root delay is {delay} msec",
        f"root dispersion is {dispersion} msec, peer dispersion is {peer} msec",
    ]


@registry.exec("show mode")
def show_mode(session: Session, match: Match) -> str:
    return "Security context mode: single "


@registry.exec("show failover")
def show_failover(session: Session, match: Match) -> list[str]:
    return [
        "Failover Off ",
        "Failover unit Secondary",
        "Failover LAN Interface: not Configured",
        "Unit Poll frequency 15 seconds, holdtime 45 seconds",
        "Interface Poll frequency 5 seconds, holdtime 25 seconds",
        "Interface Policy 1",
        "Monitored Interfaces 2 of 250 maximum",
    ]


@registry.exec("show failover state")
def show_failover_state(session: Session, match: Match) -> list[str]:
    return [
        "====My State===", "Primary | Disabled |", "====Other State===", "Secondary | Not Detected |",
        "====Configuration State===", "====Communication State===",
    ]  # fmt: skip


@registry.exec("show pager")
def show_pager(session: Session, match: Match) -> str:
    return f"pager lines {session.page}" if session.page else "no pager"


@registry.exec("show logging", "show logging buffered")
def show_logging(session: Session, match: Match) -> list[str]:
    device = session.device
    config = device.config

    def state(*words: str) -> str:
        return "enabled" if config.find(" ".join(("logging", *words))) else "disabled"

    def level(kind: str) -> str:
        number = level_number(config.value("logging", kind))
        return "disabled" if number is None else f"level {LEVELS[number]}, {device.syslog.logged} messages logged"

    return [
        f"Syslog logging: {state('enable')}",
        "    Facility: 20",
        f"    Timestamp logging: {state('timestamp')}",
        f"    Standby logging: {state('standby')}",
        f"    Debug-trace logging: {state('debug-trace')}",
        f"    Console logging: {level('console')}",
        f"    Monitor logging: {level('monitor')}",
        f"    Buffer logging: {level('buffered')}",
        f"    Trap logging: {level('trap')}",
        "    History logging: disabled",
        "    Device ID: disabled",
        "    Mail logging: disabled",
        f"    ASDM logging: {level('asdm')}",
        *device.syslog.lines,
    ]


@registry.exec("show asp drop")
def show_asp_drop(session: Session, match: Match) -> list[str]:
    stats = session.device.datapath.stats

    def line(text: str, count: int) -> list[str]:
        return [f"  {text:<58}{count:>17}"] if count else []

    frames = line("Invalid SPI (np-sp-invalid-spi)", stats.missing_sa)
    flows = line("Need to start IKE negotiation (need-ike)", stats.dropped_out)
    # 7.x does not say when the counters were last cleared.
    cleared = [] if session.device.legacy else ["Last clearing: Never", ""]
    return ["", "Frame drop:", *frames, "", *cleared, "Flow drop:", *flows, "", *cleared]


@registry.exec("show route [<ip>]")
def show_route(session: Session, match: Match) -> list[str]:
    policy = session.device.policy
    default = next((str(gateway) for net, _, gateway in policy.routes if net.prefixlen == 0), None)
    lines = [
        "",
        "Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP",
        "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area",
        "       * - candidate default, U - per-user static route, o - ODR",
        "       P - periodic downloaded static route",
        "",
        f"Gateway of last resort is {default} to network 0.0.0.0" if default else "Gateway of last resort is not set",
        "",
    ]
    for i in policy.interfaces:
        net = i.address.network
        lines.append(f"C    {net.network_address} {net.netmask} is directly connected, {i.nameif}")
    for net, nameif, gateway in policy.routes:
        star = "S*  " if net.prefixlen == 0 else "S   "
        lines.append(f"{star} {net.network_address} {net.netmask} [1/0] via {gateway}, {nameif}")
    return lines


@registry.exec("show interface ip brief")
def show_interface_ip_brief(session: Session, match: Match) -> list[str]:
    lines = ["Interface                  IP-Address      OK? Method Status                Protocol"]
    used = {i.hardware: str(i.address.ip) for i in session.device.policy.interfaces}
    for block in session.device.config.starting("interface"):
        name = block.words[1]
        up = name in used
        status, protocol = ("up", "up") if up else ("administratively down", "down")
        method = "CONFIG" if up else "unset "
        lines.append(f"{name:<27}{used.get(name, 'unassigned'):<16}YES {method} {status:<22}{protocol}")
    return lines


def _hash(text: str) -> str:
    return f"0x{zlib.crc32(text.encode()):08x}"


@registry.exec("show access-list [<word>]")
def show_access_list(session: Session, match: Match) -> list[str]:
    device = session.device
    lines: list[str] = []
    if "word" not in match.args:
        lines = [
            "access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)",
            f"{'':12}alert-interval 300",
        ]
    for name, aces in device.policy.acls.items():
        if match.args.get("word", name) != name:
            continue
        tail = "" if device.legacy else f"; name hash: {_hash(name)}"
        lines.append(f"access-list {name}; {len(aces)} elements{tail}")
        for number, ace in enumerate(aces, 1):
            rest = ace.text.removeprefix(f"access-list {name} ")
            contexts = device.datapath.contexts.values()
            hits = sum(c.counters.encaps for c in contexts if c.pairs[0].ace == ace)
            lines.append(f"access-list {name} line {number} {rest} (hitcnt={hits}) {_hash(ace.text)} ")
    return lines
