# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of a configuration as IKE and IPsec see it, whatever release spelled them.

Numbers that can be unlimited are `UNLIMITED` then, so that "the lower one wins" stays `min`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

ANY = IPv4Network("0.0.0.0/0")
UNLIMITED = 2**62
PORTS = (0, 65535)
_ESP_INTEGRITY = {
    "md5": "esp-md5-hmac", "sha-1": "esp-sha-hmac", "sha-256": "esp-sha-256-hmac", "sha-384": "esp-sha-384-hmac",
    "sha-512": "esp-sha-512-hmac", "null": "esp-null-hmac",
}  # fmt: skip


@dataclass(frozen=True)
class Interface:
    hardware: str
    nameif: str
    address: IPv4Interface
    security: int


@dataclass(frozen=True)
class StaticRoute:
    """A `route` line; of several to one network the lowest metric counts."""

    network: IPv4Network
    nameif: str
    gateway: IPv4Address
    metric: int = 1


@dataclass(frozen=True)
class Ace:
    """One line of an access list, objects resolved to networks. Ports are closed ranges, `PORTS` where none is said.

    `echo` is false for ICMP of other types than the question of a ping.
    """

    permit: bool
    protocol: str
    source: IPv4Network
    destination: IPv4Network
    text: str
    source_ports: tuple[int, int] = PORTS
    destination_ports: tuple[int, int] = PORTS
    echo: bool = True

    def matches(self, source: IPv4Address, destination: IPv4Address) -> bool:
        return source in self.source and destination in self.destination


@dataclass(frozen=True)
class IkePolicy:
    """An IKEv1 policy, or what IKEv2 has agreed on (`hash` is its integrity, and `prf` is said).

    `authentication` is `pre-share`, `rsa-sig` or `crack`; `lifetime` in seconds, or `UNLIMITED`.
    """

    priority: int
    authentication: str
    encryption: str
    hash: str
    group: str
    lifetime: int
    prf: str = ""

    def accepts(self, offer: IkePolicy) -> bool:
        """Everything but the lifetime must be equal; of the lifetimes the shorter one is used."""
        return (self.authentication, self.encryption, self.hash, self.group) == (
            offer.authentication, offer.encryption, offer.hash, offer.group)  # fmt: skip


@dataclass(frozen=True)
class Ike2Policy:
    """An IKEv2 policy: of each kind a list in order of preference. The lifetime is never negotiated (RFC 7296 §2.8)."""

    priority: int
    encryptions: tuple[str, ...]
    integrities: tuple[str, ...]
    groups: tuple[str, ...]
    prfs: tuple[str, ...]
    lifetime: int


@dataclass(frozen=True)
class Transform:
    """An IKEv1 transform-set."""

    name: str
    encryption: str
    integrity: str
    mode: str = "tunnel"

    @property
    def algorithms(self) -> tuple[str, str]:
        return self.encryption, self.integrity


@dataclass(frozen=True)
class Proposal:
    """An IKEv2 ipsec-proposal: `aes-256`, `sha-256` and so on, in order of preference."""

    name: str
    encryptions: tuple[str, ...]
    integrities: tuple[str, ...]

    def allows(self, transform: Transform) -> bool:
        """Could an SA with this transform have been made by it?"""
        return any(
            agreed_transform(encryption, "null" if own_integrity(encryption) else integrity).algorithms
            == transform.algorithms
            for encryption in self.encryptions
            for integrity in self.integrities
        )


def own_integrity(encryption: str) -> bool:
    """GCM and GMAC have an integrity of their own (RFC 7296 §3.3)."""
    return "gcm" in encryption or "gmac" in encryption


def agreed_transform(encryption: str, integrity: str) -> Transform:
    """What IKEv2 has agreed on, in the words in which `show crypto ipsec sa` has it."""
    return Transform("", f"esp-{encryption}", _ESP_INTEGRITY.get(integrity, f"esp-{integrity}-hmac"))


@dataclass(frozen=True)
class MapEntry:
    """An entry of a crypto map or of a dynamic map, or what a tunnel interface amounts to (`tunnel` names it then).

    `transforms` are names of IKEv1 transform-sets, `proposals` of IKEv2 proposals; None = the global value goes.
    """

    name: str
    sequence: int
    acl: str = ""
    peers: tuple[str, ...] = ()
    transforms: tuple[str, ...] = ()
    pfs: str | None = None
    seconds: int | None = None
    kilobytes: int | None = None
    connection_type: str = "bidirectional"
    proposals: tuple[str, ...] = ()
    dynamic: str = ""  # of a static entry: the dynamic map that stands in this place
    dynamic_in: tuple[str, int] | None = None  # of an entry of a dynamic map: the static map and place it stands in
    nat_t_disable: bool = False
    reverse_route: bool = False
    aggressive: bool = False
    aggressive_group: str = ""
    trustpoint: str = ""
    ikev2_mode: str = "tunnel"
    tunnel: str = ""

    @property
    def versions(self) -> tuple[int, ...]:
        """The IKE versions that the entry is made for; IKEv2 is tried first."""
        return (*((2,) if self.proposals else ()), *((1,) if self.transforms else ()))

    @property
    def complete(self) -> bool:
        """A static entry without an access list, a peer or algorithms takes part in nothing."""
        return bool(self.peers and self.versions and (self.acl or self.tunnel))


@dataclass(frozen=True)
class Profile:
    """An ipsec profile, as a tunnel interface is protected by."""

    name: str
    transforms: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    pfs: str | None = None
    seconds: int | None = None
    kilobytes: int | None = None
    trustpoint: str = ""
    responder_only: bool = False


@dataclass(frozen=True)
class TunnelInterface:
    """A route-based tunnel. `source` is the name of an interface; `profile` names an ipsec profile."""

    hardware: str
    nameif: str
    address: IPv4Interface | None
    source: str
    destination: str
    profile: str
    mode: str = ""


@dataclass(frozen=True)
class Keepalive:
    """DPD of a tunnel-group. `threshold` None = infinite: answers, never asks. Retry count is fixed at 3."""

    enabled: bool = True
    threshold: int | None = 10
    retry: int = 2


@dataclass(frozen=True)
class GroupPolicy:
    """What a group-policy says in effect, DfltGrpPolicy filling in. Times in seconds, None = without limit."""

    name: str
    protocols: frozenset[str] = frozenset({"ikev1", "ikev2"})
    idle_seconds: int | None = 1800
    session_seconds: int | None = None
    filter: str = ""

    def allows(self, version: int) -> bool:
        return f"ikev{version}" in self.protocols


@dataclass(frozen=True)
class TunnelGroup:
    """A tunnel-group in effect. `key` is the IKEv1 key; a key that is masked in the text is its stars."""

    name: str
    type: str
    key: str | None
    keepalive: Keepalive
    trustpoint: str = ""
    local_key: str | None = None
    remote_key: str | None = None
    local_trustpoint: str = ""
    remote_certificate: bool = False
    peer_id_validate: str = "req"
    policy: GroupPolicy = field(default_factory=lambda: GroupPolicy("DfltGrpPolicy"))

    @property
    def l2l(self) -> bool:
        return self.type.lower() == "ipsec-l2l"

    def serves(self, version: int) -> bool:
        """Has it what an end needs to authenticate with this version of IKE?"""
        if version == 1:
            return bool(self.key or self.trustpoint)
        return bool((self.local_key or self.local_trustpoint) and (self.remote_key or self.remote_certificate))


@dataclass(frozen=True)
class Certificate:
    """As far as the lab looks into one. Times have a zone."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    ou: str = ""
    names: tuple[str, ...] = ()  # alternative names: host names and addresses

    def valid(self, when: datetime) -> bool:
        return self.not_before <= when <= self.not_after


@dataclass(frozen=True)
class Trustpoint:
    """A trustpoint, its authority's certificate and the device's own, each None when it is not there or unreadable."""

    name: str
    authority: Certificate | None = None
    identity: Certificate | None = None


@dataclass(frozen=True)
class NatRule:
    """One rule of address translation. `text` is the line it comes from.

    `mapped` is empty for the address of the interface `outside`, which `any` stands for all of. Instead of `source`
    there may be the `lines` of an access list. `destination` is what really is behind `seen`, in a rule for two sides.
    """

    text: str
    inside: str
    outside: str
    source: tuple[IPv4Network, ...] = ()
    mapped: tuple[IPv4Network, ...] = ()
    static: bool = False
    lines: tuple[Ace, ...] = ()
    exempt: bool = False
    destination: tuple[IPv4Network, ...] = ()
    seen: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True)
class IkeSettings:
    """What is set once per device. `nat_traversal` is the seconds between NAT keepalives, None = off."""

    identity: str = "auto"
    key_id: str = ""
    aggressive_mode: bool = True
    nat_traversal: int | None = 20
    disconnect_notify: bool = False
    notify_invalid_selectors: bool = False


@dataclass(frozen=True)
class Policy:
    """Everything the engine wants to know about one device's configuration.

    `ike_policies`, `ike_interfaces` and `transforms` are IKEv1's; `ikev2_…` and `proposals` IKEv2's.
    """

    interfaces: tuple[Interface, ...]
    routes: tuple[StaticRoute, ...]
    acls: dict[str, tuple[Ace, ...]]
    ike_policies: tuple[IkePolicy, ...]
    ike_interfaces: frozenset[str]
    transforms: dict[str, Transform]
    maps: dict[str, tuple[MapEntry, ...]]
    map_on: dict[str, str]
    groups: dict[str, TunnelGroup]
    seconds: int
    kilobytes: int
    ikev2_policies: tuple[Ike2Policy, ...] = ()
    ikev2_interfaces: frozenset[str] = frozenset()
    proposals: dict[str, Proposal] = field(default_factory=dict)
    dynamic_maps: dict[str, tuple[MapEntry, ...]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    tunnels: tuple[TunnelInterface, ...] = ()
    group_policies: dict[str, GroupPolicy] = field(default_factory=dict)
    trustpoints: dict[str, Trustpoint] = field(default_factory=dict)
    settings: IkeSettings = field(default_factory=IkeSettings)
    permit_vpn: bool = True
    default_group: TunnelGroup | None = None
    nat: tuple[NatRule, ...] = ()
    inbound_acls: dict[str, str] = field(default_factory=dict)
    management_access: str = ""  # the interface that may be reached through a tunnel
    hairpin: bool = False  # may packets leave by the interface that they came in on?

    def interface(self, nameif: str) -> Interface | None:
        return next((i for i in self.interfaces if i.nameif == nameif), None)

    def egress(self, address: IPv4Address) -> Interface | None:
        """Longest prefix match over connected and static routes."""
        best: tuple[int, Interface] | None = None
        for interface in self.interfaces:
            net = interface.address.network
            if address in net and (best is None or net.prefixlen > best[0]):
                best = net.prefixlen, interface
        for route in self.routes:
            interface_ = self.interface(route.nameif)
            if interface_ and address in route.network and (best is None or route.network.prefixlen > best[0]):
                best = route.network.prefixlen, interface_
        return best[1] if best else None

    def entries_on(self, nameif: str) -> tuple[MapEntry, ...]:
        """The entries of the map on an interface in their order, those of dynamic maps in the place they stand in."""
        found: list[MapEntry] = []
        for entry in self.maps.get(self.map_on.get(nameif, ""), ()):
            found += self.dynamic_in(entry) if entry.dynamic else [entry]
        return tuple(found)

    def dynamic_in(self, place: MapEntry) -> list[MapEntry]:
        """The entries of the dynamic map that `place` of a static map refers to."""
        key = place.name, place.sequence
        return [replace(entry, dynamic_in=key) for entry in self.dynamic_maps.get(place.dynamic, ())]

    def tunnel(self, nameif: str) -> TunnelInterface | None:
        """The route-based tunnel of this name, if the interface is one."""
        return next((tunnel for tunnel in self.tunnels if tunnel.nameif == nameif), None)

    def tunnel_entry(self, tunnel: TunnelInterface) -> MapEntry | None:
        """What a tunnel interface is to IKE: an entry for all traffic and one peer. None without its profile.

        Name and number are as `show crypto ipsec sa` prints them.
        """
        profile = self.profiles.get(tunnel.profile)
        if profile is None or self.interface(tunnel.source) is None:
            return None
        number = tunnel.hardware.lower().removeprefix("tunnel")
        return MapEntry(
            f"__vti-crypto-map-4-0-{number}", 65280, "", (tunnel.destination,), profile.transforms,
            profile.pfs, profile.seconds, profile.kilobytes,
            "answer-only" if profile.responder_only else "bidirectional",
            proposals=profile.proposals, trustpoint=profile.trustpoint, tunnel=tunnel.hardware,
        )  # fmt: skip

    def group_for(self, peer: str) -> TunnelGroup | None:
        """Main mode with pre-shared keys can only look the group up by address; then the default group."""
        found = self.groups.get(peer) or self.default_group
        return found if found and found.l2l else None
