# SPDX-License-Identifier: GPL-3.0-or-later
"""What a trial must know of a configuration before the lab has it: who points to whom, which lines are about VPN."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.trial.texts import Text

_NO_TUNNEL = ("ca", "engine", "key")
_CRYPTO = ("map", "dynamic-map", "ipsec", "isakmp", "ikev1", "ikev2")
_LIFETIME = 86400
_TYPED_KINDS = ("tunnel-group", "group-policy", "access-list", "isakmp", "clear")
_SHORTEST = 3
_FIRST = (
    "crypto", "isakmp", "tunnel-group", "group-policy", "access-list", "object-group", "access-group", "interface",
    "object", "route", "sysopt", "hostname", "global", "static",
)  # fmt: skip
_OF_INTERFACE = ("nameif", "security-level", "shutdown")
_ALIKE = 0.8


@dataclass(frozen=True)
class Line:
    """One line of a configuration with its number, its first-level line and whether it is that."""

    number: int
    text: str
    head: str
    depth: int = 0

    @property
    def top(self) -> bool:
        return self.text == self.head

    @property
    def words(self) -> list[str]:
        return self.text.split()


@dataclass(frozen=True)
class Reading:
    """`addresses` are those of the interfaces, by interface; `peers` the peer addresses, each with its line.

    `strangers` are the peers by a name that stands nowhere, or of IPv6: the lab knows no way to them.
    """

    lines: tuple[Line, ...]
    addresses: Mapping[str, str]
    peers: Mapping[str, Line]
    crypto_interfaces: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    strangers: Mapping[str, Line] = field(default_factory=dict)


def lines_of(text: str) -> list[Line]:
    """The lines that say something, in order."""
    found: list[Line] = []
    head = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if line == "end":
            break
        if not line or line[0] in "!:" or line.startswith(("ASA Version", "PIX Version", "Cryptochecksum")):
            continue
        if line[0] != " ":
            head = line
        found.append(Line(number, line.strip() if line[0] == " " else line, head, len(line) - len(line.lstrip())))
    return found


def read(text: Text) -> Reading:
    lines = tuple(lines_of(text.text))
    names = {line.words[2]: line.words[1] for line in lines if line.top and re.match(r"name \S+ \S+", line.text)}
    addresses: dict[str, str] = {}
    nameifs: dict[str, str] = {}
    peers: dict[str, Line] = {}
    applied: dict[str, str] = {}
    for line in lines:
        words = line.words
        if line.head.startswith("interface ") and not line.top:
            if words[0] == "nameif":
                nameifs[line.head] = words[1]
            elif words[:2] == ["ip", "address"] and len(words) >= 4:
                addresses[line.head] = names.get(words[2], words[2])
            elif words[:2] == ["tunnel", "destination"] and len(words) == 3:
                peers.setdefault(names.get(words[2], words[2]), line)
        elif words[:2] == ["crypto", "map"] and words[4:6] == ["set", "peer"]:
            for peer in words[6:]:
                peers.setdefault(names.get(peer, peer), line)
        elif words[:2] == ["crypto", "map"] and words[3:4] == ["interface"] and len(words) == 5:
            applied[words[4]] = words[2]
    by_name = {nameifs.get(head, head): address for head, address in addresses.items()}
    known = {peer: line for peer, line in peers.items() if _is_address(peer)}
    strangers = {peer: line for peer, line in peers.items() if peer not in known}
    return Reading(lines, by_name, known, applied, names, strangers)


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def components(readings: Mapping[str, Reading]) -> tuple[list[tuple[str, ...]], dict[tuple[str, str], Line]]:
    """The devices that point to each other, in groups, and the peers that nobody is: (device, address) and the line."""
    owner = {address: device for device, each in readings.items() for address in each.addresses.values()}
    parent = {device: device for device in readings}

    def root(device: str) -> str:
        while parent[device] != device:
            device = parent[device]
        return device

    nobody: dict[tuple[str, str], Line] = {}
    for device, each in readings.items():
        for peer, line in each.peers.items():
            if peer in owner:
                parent[root(owner[peer])] = root(device)
            else:
                nobody[device, peer] = line
    groups: dict[str, list[str]] = {}
    for device in readings:
        groups.setdefault(root(device), []).append(device)
    return [tuple(group) for group in groups.values()], nobody


def vpn_lines(reading: Reading) -> list[Line]:
    """The lines that a site-to-site tunnel is made of, in the order of the file, with the lines under them."""
    tops = [line for line in reading.lines if line.top]
    lan = {
        line.words[1] for line in tops
        if line.words[:1] == ["tunnel-group"] and line.words[2:] in (["type", "ipsec-l2l"], ["type", "ipsec-L2L"])
    } | {"DefaultL2LGroup"}  # fmt: skip
    policies = {
        line.words[1] for line in reading.lines
        if not line.top and line.words[0] == "default-group-policy" and len(line.words) == 2
        and line.head.split()[:1] == ["tunnel-group"] and line.head.split()[1] in lan
    }  # fmt: skip
    acls = {
        line.words[6] for line in tops
        if line.words[:1] == ["crypto"] and line.words[4:6] == ["match", "address"] and len(line.words) > 6
    }  # fmt: skip
    objects = _objects(tops, reading.lines, acls)
    typed = {line.words[1] for line in tops if line.words[:1] == ["tunnel-group"] and line.words[2:3] == ["type"]}

    def counts(head: str) -> bool:
        words = head.split()
        match words[words[:1] == ["no"] :]:
            case ["crypto", kind, *_]:
                return kind not in _NO_TUNNEL
            case ["crypto"] | ["isakmp", *_]:
                return True
            case ["sysopt", kind, *_]:
                return bool(_alike(kind, "connection"))
            case ["interface", name, *_]:
                return name.startswith("Tunnel")
            case ["tunnel-group", name, *rest] if not name.startswith('"'):
                match rest:
                    case ["webvpn-attributes" | "ppp-attributes", *_]:
                        return False
                    case ["general-attributes" | "ipsec-attributes"]:
                        # One that nobody made is refused; the default ones are there, printed or not.
                        return name in lan or not (name in typed or name.startswith("Default"))
                return True
            case ["group-policy", name, *_]:
                return name in policies
            case ["access-list", name, *_]:
                return name in acls and "remark" not in words[2:3]
            case ["object" | "object-group", _, name, *_]:
                return name in objects
        return False

    heads = {head for head in {line.head for line in reading.lines} if counts(head)}
    return [line for line in _without_clients(reading.lines) if line.head in heads and _of_a_tunnel(line)]


def _of_a_tunnel(line: Line) -> bool:
    """Of a tunnel interface only the lines that say where the tunnel goes."""
    if line.top or not line.head.startswith("interface "):
        return True
    return bool(_alike(line.words[0], "tunnel"))


def _alike(word: str, *known: str) -> str:
    return next(iter(difflib.get_close_matches(word, known, 1, _ALIKE)), "")


def _without_clients(lines: Iterable[Line]) -> Iterator[Line]:
    """Without `webvpn` of a group-policy and what stands under it."""
    inside: Line | None = None
    for line in lines:
        if inside is not None and line.head == inside.head and line.depth > inside.depth:
            continue
        inside = line if line.text == "webvpn" and line.head.startswith("group-policy ") else None
        if inside is None:
            yield line


def is_vpn(line: str) -> bool:
    """Is a line to be typed, with or without `no`, one of the first level about VPN? Whoever types may shorten words.

    `clear configure` counts, which takes whole sections away.
    """
    words = line.split()
    first, second = [*words[words[:1] == ["no"] :], "", ""][:2]
    if len(first) < _SHORTEST:
        return False
    if "crypto".startswith(first):
        return second != "ca"
    return any(kind.startswith(first) for kind in _TYPED_KINDS)


def meant(line: Line) -> str:
    """The word that a line of the first level, or of an interface, very likely has, but for a typing error."""
    first, second = [*line.words[line.words[:1] == ["no"] :], "", ""][:2]
    known: tuple[str, ...]
    word, known = (second, _CRYPTO) if first == "crypto" else (first, _FIRST)
    if not line.top:
        if not line.head.startswith("interface "):
            return ""
        word, known = (second, ("address",)) if first == "ip" else (first, _OF_INTERFACE)
    # Longer words that begin like one of these are words of their own: tunnel-group-map, object-group-search.
    return "" if word.startswith(known) else _alike(word, *known)


def _objects(tops: Iterable[Line], lines: Iterable[Line], acls: set[str]) -> set[str]:
    """The objects and groups that these access lists name, and those that they name in turn."""
    lines = list(lines)
    found: set[str] = set()
    fresh = {
        name for line in tops if line.words[:1] == ["access-list"] and line.words[1] in acls
        for kind, name in zip(line.words, line.words[1:], strict=False) if kind in ("object", "object-group")
    }  # fmt: skip
    while fresh:
        found |= fresh
        fresh = {
            line.words[-1] for line in lines
            if not line.top and line.head.split()[:1] == ["object-group"] and line.head.split()[2] in found
            and (line.words[0] == "group-object" or "object" in line.words)
        } - found  # fmt: skip
    return found


def longest_lifetime(readings: Iterable[Reading]) -> int:
    """The longest phase 1 lifetime in seconds of any policy; the default counts where one names none."""
    found = [_LIFETIME]
    for each in readings:
        for line in each.lines:
            policy = re.match(r"crypto (?:isakmp|ikev1|ikev2) policy", line.head)
            if policy and not line.top and line.words[0] == "lifetime" and line.words[-1].isdigit():
                found.append(int(line.words[-1]))
    return max(found)
