# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration means to IKE and IPsec: typed views read from its lines, for 7.x/8.x and 8.4+ spelling.

Sources: Cisco ASA Command Reference 7.2 and 9.16 (`crypto map`, `crypto isakmp policy`, `tunnel-group`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from lab.config import Config

ANY = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Interface:
    hardware: str
    nameif: str
    address: IPv4Interface
    security: int


@dataclass(frozen=True)
class Ace:
    """One line of an access list, objects resolved to networks."""

    permit: bool
    protocol: str
    source: IPv4Network
    destination: IPv4Network
    text: str

    def matches(self, source: IPv4Address, destination: IPv4Address) -> bool:
        return source in self.source and destination in self.destination


@dataclass(frozen=True)
class IkePolicy:
    priority: int
    authentication: str
    encryption: str
    hash: str
    group: str
    lifetime: int

    def accepts(self, offer: IkePolicy) -> bool:
        """Everything but the lifetime must be equal; of the lifetimes the shorter one is used."""
        return (self.authentication, self.encryption, self.hash, self.group) == (
            offer.authentication, offer.encryption, offer.hash, offer.group)  # fmt: skip


@dataclass(frozen=True)
class Transform:
    name: str
    encryption: str
    integrity: str

    @property
    def algorithms(self) -> tuple[str, str]:
        return self.encryption, self.integrity


@dataclass(frozen=True)
class MapEntry:
    name: str
    sequence: int
    acl: str = ""
    peers: tuple[str, ...] = ()
    transforms: tuple[str, ...] = ()
    pfs: str | None = None
    seconds: int | None = None
    kilobytes: int | None = None
    connection_type: str = "bidirectional"


@dataclass(frozen=True)
class Keepalive:
    """DPD of a tunnel-group. `threshold` None = infinite: answers, never asks. Retry count is fixed at 3."""

    enabled: bool = True
    threshold: int | None = 10
    retry: int = 2


@dataclass(frozen=True)
class TunnelGroup:
    name: str
    type: str
    key: str | None
    keepalive: Keepalive


@dataclass(frozen=True)
class Policy:
    """Everything the engine wants to know about one device's configuration."""

    interfaces: tuple[Interface, ...]
    routes: tuple[tuple[IPv4Network, str, IPv4Address], ...]
    acls: dict[str, tuple[Ace, ...]]
    ike_policies: tuple[IkePolicy, ...]
    ike_interfaces: frozenset[str]
    transforms: dict[str, Transform]
    maps: dict[str, tuple[MapEntry, ...]]
    map_on: dict[str, str]
    groups: dict[str, TunnelGroup]
    seconds: int
    kilobytes: int

    def interface(self, nameif: str) -> Interface | None:
        return next((i for i in self.interfaces if i.nameif == nameif), None)

    def egress(self, address: IPv4Address) -> Interface | None:
        """Longest prefix match over connected and static routes."""
        best: tuple[int, Interface] | None = None
        for interface in self.interfaces:
            net = interface.address.network
            if address in net and (best is None or net.prefixlen > best[0]):
                best = net.prefixlen, interface
        for net, nameif, _ in self.routes:
            interface_ = self.interface(nameif)
            if interface_ and address in net and (best is None or net.prefixlen > best[0]):
                best = net.prefixlen, interface_
        return best[1] if best else None

    def entries_on(self, nameif: str) -> tuple[MapEntry, ...]:
        return self.maps.get(self.map_on.get(nameif, ""), ())

    def group_for(self, peer: str) -> TunnelGroup | None:
        """Main mode with pre-shared keys can only look the group up by address; then the default group."""
        found = self.groups.get(peer) or self.groups.get("DefaultL2LGroup")
        return found if found and found.type in ("ipsec-l2l", "ipsec-L2L") else None


def read_policy(config: Config, legacy: bool, standby: bool = False) -> Policy:
    """`legacy` is True before 8.4, whose default policy values and key words differ.

    A unit that is `standby` in a failover pair holds the standby addresses, and none where there is no such address.
    """
    names = {b.words[2]: b.words[1] for b in config.starting("name") if len(b.words) > 2}
    interfaces = tuple(_interfaces(config, standby))
    transforms = {t.name: t for t in _transforms(config)}
    seconds = config.value("crypto", "ipsec", "security-association", "lifetime", "seconds")
    kilobytes = config.value("crypto", "ipsec", "security-association", "lifetime", "kilobytes")
    ike = "isakmp" if legacy else "ikev1"
    return Policy(
        interfaces=interfaces,
        routes=tuple(_routes(config, names)),
        acls=_acls(config, names),
        ike_policies=tuple(sorted(_ike_policies(config, ike), key=lambda p: p.priority)),
        ike_interfaces=frozenset(b.words[3] for b in config.starting("crypto", ike, "enable") if len(b.words) > 3),
        transforms=transforms,
        maps=_maps(config, names),
        map_on={b.words[4]: b.words[2] for b in config.starting("crypto", "map") if b.words[3:4] == ["interface"]},
        groups=_groups(config, names),
        seconds=int(seconds) if seconds else 28800,
        kilobytes=int(kilobytes) if kilobytes and kilobytes.isdigit() else 4608000,
    )


def _interfaces(config: Config, standby: bool) -> list[Interface]:
    found = []
    for block in config.starting("interface"):
        lines = {child.split()[0]: child.split() for child in block.children}
        address = next((c.split() for c in block.children if c.startswith("ip address ")), None)
        if address and standby:
            address = [*address[:2], address[5], address[3]] if address[4:5] == ["standby"] else None
        if "nameif" in lines and address and "shutdown" not in block.children:
            level = lines.get("security-level", ["", "0"])
            ip = IPv4Interface(f"{address[2]}/{address[3]}")
            found.append(Interface(block.words[1], lines["nameif"][1], ip, int(level[1])))
    return found


def _routes(config: Config, names: dict[str, str]) -> list[tuple[IPv4Network, str, IPv4Address]]:
    return [
        (IPv4Network(f"{names.get(w[2], w[2])}/{w[3]}"), w[1], IPv4Address(names.get(w[4], w[4])))
        for w in (block.words for block in config.starting("route"))
        if len(w) >= 5
    ]


def _networks(config: Config, names: dict[str, str], kind: str, name: str) -> list[IPv4Network]:
    """The networks of an `object network` or `object-group network`."""
    found: list[IPv4Network] = []
    for block in config.starting(kind, "network", name):
        for words in (child.split() for child in block.children):
            if words[0] == "group-object":
                found += _networks(config, names, "object-group", words[1])
            elif words[0] == "network-object" and words[1] == "object":
                found += _networks(config, names, "object", words[2])
            elif words[0] in ("host", "subnet"):
                found += _address(config, names, words if words[0] == "host" else words[1:])[0]
            elif words[0] == "network-object":
                found += _address(config, names, words[1:])[0]
    return found


def _address(config: Config, names: dict[str, str], words: list[str]) -> tuple[list[IPv4Network], list[str]]:
    """Read one address of an access-list line; returns its networks and the words after it."""
    head = words[0]
    if head in ("any", "any4"):
        return [ANY], words[1:]
    if head == "host":
        return [IPv4Network(names.get(words[1], words[1]))], words[2:]
    if head in ("object", "object-group"):
        return _networks(config, names, head, words[1]), words[2:]
    return [IPv4Network(f"{names.get(head, head)}/{words[1]}")], words[2:]


def _acls(config: Config, names: dict[str, str]) -> dict[str, tuple[Ace, ...]]:
    lists: dict[str, list[Ace]] = {}
    for words in (block.words for block in config.starting("access-list")):
        rest = words[3:] if words[2:3] == ["extended"] else words[2:]
        if len(rest) < 4 or rest[0] not in ("permit", "deny"):
            continue
        try:
            sources, after = _address(config, names, rest[2:])
            destinations, _ = _address(config, names, after)
        except (ValueError, IndexError):
            continue
        for source in sources:
            for destination in destinations:
                ace = Ace(rest[0] == "permit", rest[1], source, destination, " ".join(words))
                lists.setdefault(words[1], []).append(ace)
    return {name: tuple(aces) for name, aces in lists.items()}


def _ike_policies(config: Config, ike: str) -> list[IkePolicy]:
    found = []
    for block in config.starting("crypto", ike, "policy"):
        values = {child.split()[0]: child.split()[1] for child in block.children if len(child.split()) > 1}
        found.append(
            IkePolicy(
                priority=int(block.words[3]),
                authentication=values.get("authentication", "pre-share"),
                encryption=values.get("encryption", "3des"),
                hash=values.get("hash", "sha"),
                group=values.get("group", "2"),
                lifetime=int(values["lifetime"]) if values.get("lifetime", "x").isdigit() else 86400,
            )
        )
    return found


def _transforms(config: Config) -> list[Transform]:
    found = []
    for block in config.starting("crypto", "ipsec"):
        words = [word for word in block.words if word != "ikev1"]
        if words[2] == "transform-set" and len(words) >= 5:
            found.append(Transform(words[3], words[4], words[5] if len(words) > 5 else "esp-none"))
    return found


def _maps(config: Config, names: dict[str, str]) -> dict[str, tuple[MapEntry, ...]]:
    entries: dict[tuple[str, int], MapEntry] = {}
    for words in (block.words for block in config.starting("crypto", "map")):
        if len(words) < 6 or not words[3].isdigit():
            continue
        key = words[2], int(words[3])
        entry = entries.get(key, MapEntry(*key))
        rest = [word for word in words[4:] if word != "ikev1"]
        match rest:
            case ["match", "address", acl]:
                entry = replace(entry, acl=acl)
            case ["set", "peer", *peers]:
                entry = replace(entry, peers=tuple(names.get(peer, peer) for peer in peers))
            case ["set", "transform-set", *transforms]:
                entry = replace(entry, transforms=tuple(transforms))
            case ["set", "pfs", *group]:
                entry = replace(entry, pfs=group[0].removeprefix("group") if group else "2")
            case ["set", "security-association", "lifetime", *pairs]:
                values = dict(zip(pairs[::2], pairs[1::2], strict=False))
                if values.get("seconds", "").isdigit():
                    entry = replace(entry, seconds=int(values["seconds"]))
                if values.get("kilobytes", "").isdigit():
                    entry = replace(entry, kilobytes=int(values["kilobytes"]))
            case ["set", "connection-type", kind]:
                entry = replace(entry, connection_type=kind.replace("bi-", "bi"))
        entries[key] = entry
    maps: dict[str, list[MapEntry]] = {}
    for (name, _), entry in sorted(entries.items()):
        maps.setdefault(name, []).append(entry)
    return {name: tuple(found) for name, found in maps.items()}


def read_keepalive(lines: list[str], default: Keepalive) -> Keepalive:
    for words in (line.split() for line in lines):
        match words:
            case ["isakmp", "keepalive", "disable"]:
                return Keepalive(enabled=False)
            case ["isakmp", "keepalive", "threshold", "infinite"]:
                return Keepalive(threshold=None)
            case ["isakmp", "keepalive", "threshold", threshold, *rest]:
                return Keepalive(threshold=int(threshold), retry=int(rest[1]) if len(rest) > 1 else 2)
    return default


def _groups(config: Config, names: dict[str, str]) -> dict[str, TunnelGroup]:
    def attributes(name: str) -> list[str]:
        block = config.find(f"tunnel-group {name} ipsec-attributes")
        return block.children if block else []

    inherited = read_keepalive(attributes("DefaultL2LGroup"), Keepalive())
    found = {}
    for words in (block.words for block in config.starting("tunnel-group")):
        if len(words) < 4 or words[2] != "type":
            continue
        lines = attributes(words[1])
        key = next((line.split()[-1] for line in lines if "pre-shared-key" in line and "ikev2" not in line), None)
        name = names.get(words[1], words[1])
        found[name] = TunnelGroup(words[1], words[3], key, read_keepalive(lines, inherited))
    return found
