# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces, routes, objects and access lists. A line that cannot be read counts as not there."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    NetmaskValueError,
    summarize_address_range,
)
from itertools import product

from lab.config import Block, Config
from lab.engine.policy.model import ANY, PORTS, Ace, Interface, StaticRoute, TunnelInterface

# Of ICMP, by name; any number is a type too (command reference, `access-list extended`, "ICMP Types").
_ECHO = ("echo", "8")
_ICMP_TYPES = (
    "alternate-address", "conversion-error", "echo-reply", "information-reply", "information-request", "mask-reply",
    "mask-request", "mobile-redirect", "parameter-problem", "redirect", "router-advertisement", "router-solicitation",
    "source-quench", "time-exceeded", "timestamp-reply", "timestamp-request", "traceroute", "unreachable",
)  # fmt: skip

Ranges = tuple[tuple[int, int], ...]
# A protocol, the source's and the destination's ports where the service says them, and whether an echo is of it.
_Service = tuple[str, Ranges, Ranges, bool]

# Cisco ASA CLI guide, "Addresses, Protocols, and Ports".
_SERVICES = {
    "aol": 5190, "bgp": 179, "biff": 512, "bootpc": 68, "bootps": 67, "chargen": 19, "cifs": 3020, "citrix-ica": 1494,
    "cmd": 514, "ctiqbe": 2748, "daytime": 13, "discard": 9, "dnsix": 195, "domain": 53, "echo": 7, "exec": 512,
    "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "h323": 1720, "hostname": 101, "http": 80, "https": 443,
    "ident": 113, "imap4": 143, "irc": 194, "isakmp": 500, "kerberos": 750, "klogin": 543, "kshell": 544, "ldap": 389,
    "ldaps": 636, "login": 513, "lotusnotes": 1352, "lpd": 515, "mobile-ip": 434, "nameserver": 42,
    "netbios-dgm": 138, "netbios-ns": 137, "netbios-ssn": 139, "nfs": 2049, "nntp": 119, "ntp": 123,
    "pcanywhere-data": 5631, "pcanywhere-status": 5632, "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "pptp": 1723,
    "radius": 1645, "radius-acct": 1646, "rip": 520, "rsh": 514, "rtsp": 554, "secureid-udp": 5510, "sip": 5060,
    "smtp": 25, "snmp": 161, "snmptrap": 162, "sqlnet": 1521, "ssh": 22, "sunrpc": 111, "syslog": 514, "tacacs": 49,
    "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "who": 513, "whois": 43, "www": 80, "xdmcp": 177,
}  # fmt: skip


def read_interfaces(config: Config, names: dict[str, str], standby: bool) -> list[Interface]:
    found = []
    for block in config.starting("interface"):
        words = _lines(block)
        address = _address_of(block, names, standby)
        if "nameif" in words and address and "shutdown" not in block.children and len(block.words) > 1:
            level = words.get("security-level", ["", "0"])[-1]
            found.append(Interface(block.words[1], words["nameif"][-1], address, int(level) if level.isdigit() else 0))
    return found


def read_tunnels(config: Config, names: dict[str, str], standby: bool) -> list[TunnelInterface]:
    """`interface Tunnel…` with a source, a destination and a profile (VPN CLI guide, "Virtual Tunnel Interface")."""
    found = []
    for block in config.starting("interface"):
        if len(block.words) < 2 or not block.words[1].lower().startswith("tunnel") or "shutdown" in block.children:
            continue
        values = {"nameif": "", "source": "", "destination": "", "profile": "", "mode": ""}
        for words in (child.split() for child in block.children):
            match words:
                case ["nameif", name]:
                    values["nameif"] = name
                case ["tunnel", "source", "interface", name]:
                    values["source"] = name
                case ["tunnel", "destination", peer]:
                    values["destination"] = names.get(peer, peer)
                case ["tunnel", "mode", *mode]:
                    values["mode"] = " ".join(mode)
                case ["tunnel", "protection", "ipsec", "profile", name, *_]:
                    values["profile"] = name
        found.append(TunnelInterface(block.words[1], address=_address_of(block, names, standby), **values))
    return found


def _lines(block: Block) -> dict[str, list[str]]:
    return {child.split()[0]: child.split() for child in block.children if child.split()}


def _address_of(block: Block, names: dict[str, str], standby: bool) -> IPv4Interface | None:
    words = next((c.split() for c in block.children if c.startswith("ip address ")), None)
    if words and standby:
        words = [*words[:2], words[5], words[3]] if words[4:5] == ["standby"] and len(words) > 5 else None
    if words is None or len(words) < 4:
        return None
    try:
        return IPv4Interface(f"{names.get(words[2], words[2])}/{words[3]}")
    except ValueError:
        return None


def read_routes(config: Config, names: dict[str, str]) -> list[StaticRoute]:
    """Of several to one network the one of the lowest metric comes first: command reference, `route`.

    One that is `tunneled` is for what came out of a tunnel alone, and left out.
    """
    found: list[StaticRoute] = []
    for words in (block.words for block in config.starting("route")):
        if len(words) < 5 or "tunneled" in words[5:]:
            continue
        net, mask = ("0.0.0.0" if word == "0" else names.get(word, word) for word in words[2:4])
        try:
            network, gateway = IPv4Network(f"{net}/{mask}"), IPv4Address(names.get(words[4], words[4]))
        except ValueError:
            continue
        metric = int(words[5]) if words[5:6] and words[5].isdigit() else 1
        found.append(StaticRoute(network, words[1], gateway, metric))
    return sorted(found, key=lambda route: route.metric)


# -- access lists --------------------------------------------------------------------------------------------


def read_acls(config: Config, names: dict[str, str]) -> dict[str, tuple[Ace, ...]]:
    """Extended lists, each line multiplied by what its objects hold; `inactive` lines are left out."""
    lists: dict[str, list[Ace]] = {}
    reader = _Reader(config, names)
    for words in (block.words for block in config.starting("access-list")):
        rest = words[3:] if words[2:3] == ["extended"] else words[2:]
        if len(rest) < 4 or rest[0] not in ("permit", "deny") or rest[-1] == "inactive":
            continue
        try:
            aces = list(reader.aces(rest, " ".join(words)))
        except (ValueError, IndexError, RecursionError):
            continue
        lists.setdefault(words[1], []).extend(aces)
    return {name: tuple(aces) for name, aces in lists.items()}


_NOT_READ = ("any6", "user", "user-group", "object-group-user", "security-group", "object-group-security")


def complete(config: Config, words: list[str]) -> bool | None:
    """Does an entry, from `permit` or `deny` on, name a protocol and two ends? None where a word is no end.

    What is not read (IPv6, users, a port that has another name here) counts as named.
    """
    if any(":" in word or word in _NOT_READ for word in words):
        return True
    names = {block.words[2]: block.words[1] for block in config.starting("name") if len(block.words) > 2}
    try:
        next(_Reader(config, names).aces(words, ""), None)
    except IndexError:
        return False
    except (AddressValueError, NetmaskValueError):
        return None
    except (ValueError, RecursionError):
        return True
    return True


def named_networks(config: Config, names: dict[str, str], name: str) -> tuple[IPv4Network, ...] | None:
    """The networks of an object or an object-group, whichever has this name; None when neither has."""
    if name in ("any", "any4"):
        return (ANY,)
    for kind in ("object", "object-group"):
        if any(config.starting(kind, "network", name)):
            try:
                return tuple(_Reader(config, names)._networks(kind, name)) or None
            except (ValueError, IndexError, RecursionError):
                return None
    return None


class _Reader:
    """Reads the words of one line from left to right."""

    def __init__(self, config: Config, names: dict[str, str]) -> None:
        self._config = config
        self._names = names

    def aces(self, words: list[str], text: str) -> Iterator[Ace]:
        """`words` begin at `permit` or `deny`. One line is as many of these as its objects and ports have parts."""
        permit = words[0] == "permit"
        services, rest = self._services(words[1:])
        sources, rest = self._address(rest)
        source_ports, rest = self._ports(rest)
        destinations, rest = self._address(rest)
        destination_ports, after = self._ports(rest)
        echo = words[1] != "icmp" or self._has_echo(after)
        for protocol, near, far, echoes in services:
            for source, destination in product(sources, destinations):
                for ports in product(near or source_ports, far or destination_ports):
                    yield Ace(permit, protocol, source, destination, text, *ports, echo and echoes)

    def _has_echo(self, words: list[str]) -> bool:
        """Does what an ICMP line says last take in the question of a ping? It does where no type is said."""
        match words:
            case ["object-group", name, *_]:
                return any(self._groups_echo(name))
            case [word, *_]:
                return word in _ECHO or not (word.isdigit() or word in _ICMP_TYPES)
        return True

    def _groups_echo(self, name: str) -> Iterator[bool]:
        for block in self._config.starting("object-group", "icmp-type", name):
            for child in (line.split() for line in block.children):
                match child:
                    case ["group-object", inner]:
                        yield from self._groups_echo(inner)
                    case ["icmp-object", kind]:
                        yield kind in _ECHO

    def _services(self, words: list[str]) -> tuple[list[_Service], list[str]]:
        """A protocol, or an object (or group) of protocols or services, which may say ports of their own."""
        if words[0] not in ("object", "object-group"):
            return [(words[0], (), (), True)], words[1:]
        return list(self._services_in(words[0], words[1])) or [("unknown", (), (), True)], words[2:]

    def _services_in(self, kind: str, name: str) -> Iterator[_Service]:
        for block in (b for b in self._config.starting(kind) if b.words[2:3] == [name]):
            for child in (line.split() for line in block.children):
                match child:
                    case ["group-object", inner]:
                        yield from self._services_in(kind, inner)
                    case ["service-object", "object", inner]:
                        yield from self._services_in("object", inner)
                    case ["protocol-object", protocol]:
                        yield protocol, (), (), True
                    case ["service-object" | "service", protocol, *rest]:
                        echo = protocol != "icmp" or self._has_echo(rest)
                        near, rest = self._ports(rest[1:]) if rest[:1] == ["source"] else ((), rest)
                        # Until 8.2 the ports of a destination stood there without the word.
                        far, _ = self._ports(rest[1:] if rest[:1] == ["destination"] else rest)
                        for each in ("tcp", "udp") if protocol == "tcp-udp" else (protocol,):
                            yield each, near, far, echo

    def _address(self, words: list[str]) -> tuple[list[IPv4Network], list[str]]:
        """One address; returns its networks and the words after it."""
        head = words[0]
        if head in ("any", "any4"):
            return [ANY], words[1:]
        if head == "host":
            return [IPv4Network(self._names.get(words[1], words[1]))], words[2:]
        if head in ("object", "object-group"):
            return self._networks(head, words[1]), words[2:]
        if head == "interface":
            interface = next(
                (i for i in read_interfaces(self._config, self._names, False) if i.nameif == words[1]), None
            )
            return [IPv4Network(interface.address.ip)] if interface else [], words[2:]
        return [IPv4Network(f"{self._names.get(head, head)}/{words[1]}")], words[2:]

    def _networks(self, kind: str, name: str) -> list[IPv4Network]:
        """The networks of an `object network` or `object-group network`."""
        found: list[IPv4Network] = []
        for block in self._config.starting(kind, "network", name):
            for words in (child.split() for child in block.children):
                match words:
                    case ["group-object", inner]:
                        found += self._networks("object-group", inner)
                    case ["network-object", "object", inner]:
                        found += self._networks("object", inner)
                    case ["host", _]:
                        found += self._address(words)[0]
                    case ["range", low, high]:
                        found += _range(low, high)
                    case ["subnet" | "network-object", _, *_]:
                        found += self._address(words[1:])[0]
        return found

    def _ports(self, words: list[str]) -> tuple[Ranges, list[str]]:
        """The ports that are said next, or all of them; returns the words after these."""
        match words:
            case ["eq", port, *rest]:
                return _between(_port(port), _port(port)), rest
            case ["range", low, high, *rest]:
                return _between(_port(low), _port(high)), rest
            case ["gt", port, *rest]:
                return _between(_port(port) + 1, PORTS[1]), rest
            case ["lt", port, *rest]:
                return _between(0, _port(port) - 1), rest
            case ["neq", port, *rest]:
                return _between(0, _port(port) - 1) + _between(_port(port) + 1, PORTS[1]), rest
            case ["object-group", name, *rest] if any(self._config.starting("object-group", "service", name)):
                return tuple(self._ports_in(name)), rest
        return (PORTS,), words

    def _ports_in(self, name: str) -> Iterator[tuple[int, int]]:
        """The ports of an `object-group service NAME tcp`."""
        for block in self._config.starting("object-group", "service", name):
            for child in (line.split() for line in block.children):
                match child:
                    case ["group-object", inner]:
                        yield from self._ports_in(inner)
                    case ["port-object", *ports]:
                        yield from self._ports(ports)[0]


def _between(low: int, high: int) -> Ranges:
    """A closed range, where there is a port between the two."""
    return ((low, high),) if low <= high else ()


def _range(low: str, high: str) -> list[IPv4Network]:
    return list(summarize_address_range(IPv4Address(low), IPv4Address(high)))


def _port(word: str) -> int:
    """Of a number or a literal; ValueError for a word that is neither."""
    if not word.isdigit() and word not in _SERVICES:
        raise ValueError(f"no port is called {word!r}")
    return int(word) if word.isdigit() else _SERVICES[word]
