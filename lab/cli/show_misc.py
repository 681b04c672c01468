# SPDX-License-Identifier: GPL-3.0-or-later
"""The other show commands: version, identity, clock, log, routes and what a collector asks besides."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lab.cli.tree import INVALID, Failure, Match, registry
from lab.engine.policy import ANY
from lab.engine.policy.network import read_interfaces
from lab.engine.routing import CONNECTED, INJECTED, Route
from lab.engine.syslog import LEVELS, level_number

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.engine.device import Device

_NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
# Zero is taken for the beginning of the era that follows.
_NTP_ZERO = datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC)
_IP_ROW = "{:<24} {:<22} {:<15} {:<15} {}"
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
        f"Cisco Adaptive Security Appliance Software Version {device.release}{device.space or ' '}",
        manager,
        "",
        f"Compiled on {built} by builders",
        f'System image file is "{image}"',
        'Config file at boot was "startup-config"',
        "",
        f"{device.hostname} up {uptime(box.up_seconds)}",
        *([f"failover cluster up {uptime(box.up_seconds)}"] if device.unit else []),
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
        f"Failover                     : {'Active/Active' if device.unit else 'Disabled'}",
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


_CODES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       * - candidate default, U - per-user static route, o - ODR
       P - periodic downloaded static route
"""
# From practice: 9.2, which brought BGP, prints it so first.
_CODES_9_2 = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, V - VPN
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, + - replicated route"""


@registry.exec("show route [<ip>]")
def show_route(session: Session, match: Match) -> list[str]:
    """The routes in use. What reverse route injection brought is static before 9.2, and VPN since."""
    device = session.device
    wide = device.version >= (9, 2)
    routes = device.routing()
    default = next((route.gateway for route in routes if route.network.prefixlen == 0 and route.gateway), None)
    last = f"Gateway of last resort is {default} to network 0.0.0.0" if default else "Gateway of last resort is not set"
    lines = ["", *(_CODES_9_2 if wide else _CODES).split("\n"), last, ""]
    before = None
    # The newer ones begin with the default route, the older ones end with it.
    for route in sorted(routes, key=lambda each: (not wide and each.network == ANY, each.network)):
        lines += _route_lines(device, route, wide, again=before == route.network)
        before = route.network
    return lines


def _route_lines(device: Device, route: Route, wide: bool, again: bool) -> list[str]:
    """One route; `again` as another way to the network of the line before."""
    width, network = 9 if wide else 5, f"{route.network.network_address} {route.network.netmask}"
    if route.kind == CONNECTED:
        lines = [f"{'C':<{width}}{network} is directly connected, {route.nameif}"]
        own = device.policy.interface(route.nameif) if wide else None
        if own:
            lines.append(f"{'L':<{width}}{own.address.ip} 255.255.255.255 is directly connected, {route.nameif}")
        return lines
    if route.kind == INJECTED and wide:
        return [f"{'V':<{width}}{network} connected by VPN (advertised), {route.nameif}"]
    gateway = route.gateway
    if route.kind == INJECTED:
        # From practice: by the next hop of what is encrypted, which is the way to the peer.
        others = [each for each in device.routing() if each.nameif == route.nameif and each.gateway]
        gateway = min(others, key=lambda each: each.network.prefixlen).gateway if others else None
    star = "*" if route.network == ANY else ""
    head = " " * (width + len(network)) if again else f"{f'S{star}':<{width}}{network}"
    via = f"via {gateway}" if gateway else "is directly connected"
    return [f"{head} [{route.distance}/0] {via}, {route.nameif}"]


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


@registry.exec("show ip", "show ip address [<if:word>]")
def show_ip_address(session: Session, match: Match) -> list[str]:
    """Captured. A standby unit has other current addresses than the system's (command reference, `show ip address`)."""
    device = session.device
    wanted = match.args.get("if:word")
    if wanted and device.policy.interface(wanted) is None:
        return Failure(INVALID, len("show ip address ")).lines(session.prompt)
    names = {block.words[2]: block.words[1] for block in device.config.starting("name") if len(block.words) > 2}
    lines = []
    for title, found in (
        ("System", read_interfaces(device.config, names, standby=False)), ("Current", device.policy.interfaces)
    ):  # fmt: skip
        lines += [f"{title} IP Addresses:", _IP_ROW.format("Interface", "Name", "IP address", "Subnet mask", "Method")]
        for each in found:
            here, saved = (config.find(f"interface {each.hardware}") for config in (device.config, device.startup))
            given = next(line for line in here.children if line.startswith("ip address ")) if here else ""
            method = "CONFIG" if saved and given in saved.children else "manual"
            ip, mask = each.address.ip, each.address.netmask
            if wanted in (None, each.nameif):
                lines.append(_IP_ROW.format(each.hardware, each.nameif, str(ip), str(mask), method))
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
