# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces, routes, objects and access lists. A line that cannot be read counts as not there."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, summarize_address_range

from lab.config import Block, Config
from lab.engine.policy.model import ANY, PORTS, Ace, Interface, TunnelInterface

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


def read_routes(config: Config, names: dict[str, str]) -> list[tuple[IPv4Network, str, IPv4Address]]:
    """Of several to one network the one of the lowest metric comes first: command reference, `route`."""
    found: list[tuple[int, tuple[IPv4Network, str, IPv4Address]]] = []
    for words in (block.words for block in config.starting("route")):
        if len(words) < 5:
            continue
        net, mask = ("0.0.0.0" if word == "0" else names.get(word, word) for word in words[2:4])
        try:
            route = IPv4Network(f"{net}/{mask}"), words[1], IPv4Address(names.get(words[4], words[4]))
        except ValueError:
            continue
        found.append((int(words[5]) if words[5:6] and words[5].isdigit() else 1, route))
    return [route for _, route in sorted(found, key=lambda each: each[0])]


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
        """`words` begin at `permit` or `deny`."""
        permit = words[0] == "permit"
        protocols, rest = self._protocols(words[1:])
        sources, rest = self._address(rest)
        source_ports, rest = self._ports(rest)
        destinations, rest = self._address(rest)
        destination_ports, _ = self._ports(rest)
        for protocol, low_high in protocols:
            for source in sources:
                for destination in destinations:
                    yield Ace(permit, protocol, source, destination, text, source_ports, low_high or destination_ports)

    def _protocols(self, words: list[str]) -> tuple[list[tuple[str, tuple[int, int] | None]], list[str]]:
        """A protocol, or an object (or group) of protocols or services, whose ports then are the destination's."""
        if words[0] not in ("object", "object-group"):
            return [(words[0], None)], words[1:]
        found: list[tuple[str, tuple[int, int] | None]] = []
        for block in (b for b in self._config.starting(words[0]) if b.words[2:3] == [words[1]]):
            for child in (line.split() for line in block.children):
                match child:
                    case ["protocol-object", protocol]:
                        found.append((protocol, None))
                    case ["service-object" | "service", protocol, "destination", *ports]:
                        found.append((protocol, self._ports(ports)[0]))
                    case ["service-object" | "service", protocol]:
                        found.append((protocol, None))
        return found or [("unknown", None)], words[2:]

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

    def _ports(self, words: list[str]) -> tuple[tuple[int, int], list[str]]:
        match words:
            case ["eq", port, *rest]:
                return (_port(port), _port(port)), rest
            case ["range", low, high, *rest]:
                return (_port(low), _port(high)), rest
            case ["gt", port, *rest]:
                return (_port(port) + 1, 65535), rest
            case ["lt", port, *rest]:
                return (0, _port(port) - 1), rest
        return PORTS, words


def _range(low: str, high: str) -> list[IPv4Network]:
    return list(summarize_address_range(IPv4Address(low), IPv4Address(high)))


def _port(word: str) -> int:
    """Of a number or a literal; ValueError for a word that is neither."""
    if not word.isdigit() and word not in _SERVICES:
        raise ValueError(f"no port is called {word!r}")
    return int(word) if word.isdigit() else _SERVICES[word]
