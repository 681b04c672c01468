# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that no folder holds, because they vary: a pair of any two releases, and a hub with as many spokes as wanted.

Each configuration is in the syntax of its release. Sources: Cisco ASA Command Reference 7.2, 8.2, 8.4, 9.1, 9.16;
"Migrating to Cisco ASA 8.3" (translation), "Migration from 8.3 to 8.4" (`isakmp` becomes `ikev1`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from lab.stored import Site

NAMES = ("hub[:SPOKES]", "pair:RELEASE:RELEASE")
MOST_SPOKES = 5000
DPD_OFF = "isakmp keepalive disable"


@dataclass(frozen=True)
class End:
    """One firewall: its outside address, the network behind it (where it is the first host), its release."""

    name: str
    outside: str
    inside: str
    release: str

    @property
    def version(self) -> tuple[int, int]:
        major, _, rest = self.release.partition(".")
        return int(major), int(rest.split("(")[0])

    @property
    def net(self) -> str:
        network = IPv4Network(self.inside)
        return f"{network.network_address} {network.netmask}"

    def host(self, number: int) -> str:
        return str(IPv4Network(self.inside)[number])


@dataclass(frozen=True)
class GeneratedSite(Site):
    """A site whose configurations were written, not read."""

    texts: dict[str, str] = field(default_factory=dict)

    def text(self, device: str) -> str:
        return self.texts[device]


def pair(release_a: str, release_b: str) -> Site:
    """The incident's hq and branch, DPD switched off at both ends, of any two releases from 7.2 on."""
    hq = End("hq", "198.51.100.1", "192.168.1.0/24", release_a)
    branch = End("branch", "203.0.113.1", "192.168.2.0/24", release_b)
    return _site(f"pair:{release_a}:{release_b}", [(hq, [branch]), (branch, [hq])], keepalive=DPD_OFF)


def hub(spokes: int = 5, release: str = "9.16(4)") -> Site:
    """A hub with one static crypto map entry per spoke; hosts behind the hub start every conversation."""
    if not 1 <= spokes <= MOST_SPOKES:
        raise ValueError(f"a hub has 1 to {MOST_SPOKES} spokes, not {spokes}")
    centre = End("hub", "198.51.100.1", "192.168.0.0/24", release)
    ends = [_spoke(number, release) for number in range(1, spokes + 1)]
    # A thousand conversations at one packet a second would be all that the lab does.
    every = f"{1 + spokes // 50}s"
    return _site(f"hub:{spokes}", [(centre, ends), *((end, [centre]) for end in ends)], every=every)


def _spoke(number: int, release: str) -> End:
    """Up to 200 within a documentation network (RFC 5737), those beyond in the one for benchmarks (RFC 2544)."""
    high, low = divmod(number, 250)
    if number <= 200:
        return End(f"spoke{number}", f"203.0.113.{number}", f"192.168.{number}.0/24", release)
    return End(f"spoke{number}", f"198.18.{high}.{low + 1}", f"10.{high}.{low}.0/24", release)


def named(name: str) -> Site | None:
    """`hub`, `hub:12`, `pair:7.2(5):9.16(4)`; `None` for a name that none of these is."""
    kind, *rest = name.split(":")
    if kind == "hub" and len(rest) < 2 and all(each.isdigit() for each in rest):
        return hub(int(rest[0])) if rest else hub()
    if kind == "pair" and len(rest) == 2:
        return pair(*rest)
    return None


def _site(name: str, ends: Sequence[tuple[End, Sequence[End]]], keepalive: str = "", every: str = "1s") -> Site:
    centre, far = ends[0]
    year = 2009 if max(end.version for end, _ in ends) < (8, 4) else 2023
    data: dict[str, Any] = {
        "clock": datetime(year, 11, 20, 8, 0, tzinfo=UTC), "seed": sum(map(ord, name)), "settle": "2m",
        "enable_password": "lab-enable",
        "users": {
            "operator": {"password": "lab-operator", "privilege": 15},
            "watcher": {"password": "lab-watcher", "privilege": 3},
        },
        "devices": {
            end.name: {
                "config": "", "release": end.release, "uptime": f"{20 + number}d", "serial": f"9A1GENLAB{number:02}",
                "model": "ASA5510" if end.version < (9, 2) else "ASAv",
            }
            for number, (end, _) in enumerate(ends)
        },
        "flows": [{"from": centre.host(10), "to": end.host(10), "every": every, "answered": True} for end in far],
    }  # fmt: skip
    texts = {end.name: config(end, peers, keepalive) for end, peers in ends}
    return GeneratedSite(name, data, Path(), texts)


def config(end: End, peers: Sequence[End], keepalive: str = "") -> str:
    """The configuration of one end, with a static crypto map entry for each peer."""
    legacy, objects = end.version < (8, 4), end.version >= (8, 3)
    # Group 14 came with 9.0 for IKEv1 and group 2 went with 9.15; both have group 5.
    versions = [end.version, *(peer.version for peer in peers)]
    group = 14 if min(versions) >= (9, 1) else 5 if max(versions) >= (9, 15) else 2
    ike = "isakmp" if legacy else "ikev1"
    v1 = "" if legacy else "ikev1 "
    port = "GigabitEthernet" if end.version >= (9, 2) else "Ethernet"
    lines = [
        ": Saved", ":", f"ASA Version {end.release}", "!", f"hostname {end.name}", "domain-name example.com",
        f"enable password {'***** pbkdf2' if end.version >= (9, 7) else 'yG0wL1cJq5oT8uRn encrypted'}", "names", "!",
        f"interface {port}0/0", " nameif outside", " security-level 0", f" ip address {end.outside} 255.255.255.0", "!",
        f"interface {port}0/1", " nameif inside", " security-level 100",
        f" ip address {end.host(1)} 255.255.255.0", "!", "ftp mode passive",
    ]  # fmt: skip
    if objects:
        for each in (end, *peers):
            lines += [f"object network {each.name.upper()}-LAN", f" subnet {each.net}"]
    for peer in peers:
        acls = (f"VPN-{peer.name.upper()}", *([] if objects else ["NONAT"]))
        lines += [f"access-list {acl} extended permit ip {end.net} {peer.net}" for acl in acls]
    lines += [
        "pager lines 24", "logging enable", "logging timestamp", "logging buffer-size 65536",
        f"logging buffered {'debugging' if legacy else 'notifications'}", *(["logging debug-trace"] if legacy else []),
        "mtu outside 1500", "mtu inside 1500", "no failover", "icmp unreachable rate-limit 1 burst-size 1",
        "no asdm history enable", "arp timeout 14400",
    ]  # fmt: skip
    if objects:
        for peer in peers:
            ours, theirs = f"{end.name.upper()}-LAN", f"{peer.name.upper()}-LAN"
            twice = f"source static {ours} {ours} destination static {theirs} {theirs}"
            # Both words came after 8.4(2).
            tail = " no-proxy-arp route-lookup" if end.version >= (8, 4) else ""
            lines.append(f"nat (inside,outside) {twice}{tail}")
    else:
        lines += ["global (outside) 1 interface", "nat (inside) 0 access-list NONAT", f"nat (inside) 1 {end.net}"]
    gateway = end.outside.rpartition(".")[0] + ".254"
    lines += [
        f"route outside 0.0.0.0 0.0.0.0 {gateway} 1", "timeout xlate 3:00:00", "aaa authentication ssh console LOCAL",
        "no snmp-server location", "no snmp-server contact",
        f"crypto ipsec {v1}transform-set AES256-SHA esp-aes-256 esp-sha-hmac",
    ]  # fmt: skip
    for number, peer in enumerate(peers, 1):
        entry = f"crypto map outside_map {10 * number}"
        lines += [
            f"{entry} match address VPN-{peer.name.upper()}",
            *([f"{entry} set pfs group14"] if group == 14 else []),
            f"{entry} set peer {peer.outside}", f"{entry} set {v1}transform-set AES256-SHA",
        ]  # fmt: skip
    lines += [
        "crypto map outside_map interface outside", f"crypto {ike} enable outside", f"crypto {ike} policy 10",
        " authentication pre-share", " encryption aes-256", " hash sha", f" group {group}", " lifetime 86400",
        "telnet timeout 5", f"ssh {end.net} inside", "ssh timeout 5",
        *(["ssh version 2"] if end.version < (9, 9) else []), "console timeout 0", "management-access inside",
    ]  # fmt: skip
    for peer in peers:
        key = f"lab-psk-{'-'.join(sorted((end.name, peer.name)))}"
        lines += [
            f"tunnel-group {peer.outside} type ipsec-l2l", f"tunnel-group {peer.outside} ipsec-attributes",
            f" {v1}pre-shared-key {key}", *([f" {keepalive}"] if keepalive else []),
        ]  # fmt: skip
    return "\n".join([*lines, "prompt hostname context", ": end", ""])
