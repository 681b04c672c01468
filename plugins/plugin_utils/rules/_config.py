# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configurations of both ends say of one tunnel, release by release."""

from __future__ import annotations

from ipaddress import IPv4Network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    Device,
    End,
    Finding,
    Selector,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

SPLIT_IKE = Version(8, 4)
"""From here on `isakmp` is `ikev1` and `ikev2`, transform-sets and map lines alike."""

Compared = tuple[tuple[End, Config, CryptoMapEntry], tuple[End, Config, CryptoMapEntry]]


@once
def place(tunnel: Tunnel) -> str:
    """Where to look: the first crypto map entry known."""
    entry = next((end.map_entry for end in tunnel.ends if end.map_entry is not None), None)
    return str(entry) if entry is not None else ""


def unread_config(rule: Rule, tunnel: Tunnel, subject: str) -> list[Finding]:
    """One ``unknown`` for each end whose configuration was not read."""
    return [
        rule.unknown(tunnel, subject, f"the configuration of {end.name} was not read{_because(end)}")
        for end in tunnel.ends
        if end.device.config is None
    ]


def absent(rule: Rule, tunnel: Tunnel, subject: str) -> Finding | None:
    """What to say of a comparison when there is no second end."""
    if tunnel.both:
        return None
    if tunnel.foreign:
        return rule.not_applicable(tunnel, subject, tunnel.missing)
    return rule.unknown(tunnel, subject, tunnel.missing or "the peer is in no inventory")


def both_entries(rule: Rule, tunnel: Tunnel, subject: str) -> Compared | list[Finding]:
    """The crypto map entries of both ends, or what must be said when they cannot be compared.

    The entry of a virtual tunnel interface is one of them, and so is the template by which a dynamic map answers this
    peer.
    """
    alone = absent(rule, tunnel, subject)
    if alone is not None:
        return [alone]
    unread = unread_config(rule, tunnel, subject)
    if unread:
        return unread
    found = []
    for end in tunnel.ends:
        if end.device.config is None or end.map_entry is None:
            return [rule.not_applicable(tunnel, subject, no_entry(end))]
        if _empty(end.map_entry):
            return [rule.not_applicable(tunnel, subject, takes_all(end, end.map_entry))]
        found.append((end, end.device.config, end.map_entry))
    return found[0], found[1]


def modern(device: Device) -> bool:
    """The release says ikev1 and ikev2. An unknown release is taken for a recent one."""
    return device.version is None or device.version >= SPLIT_IKE


@once
def versions(entry: CryptoMapEntry) -> frozenset[int]:
    """The IKE versions an entry can negotiate."""
    return frozenset(version for version, names in ((1, entry.transform_sets), (2, entry.ikev2_proposals)) if names)


def addresses(end: End) -> tuple[Address, ...]:
    """Where peers may find this end: the interfaces its map is applied to, and its public addresses."""
    config, entry = end.device.config, end.map_entry
    found = list(end.device.public_addresses)
    if config is not None:
        maps = [entry.map] if entry is not None else [*config.crypto_map_interfaces]
        for nameif in (nameif for name in maps for nameif in config.crypto_map_interfaces.get(name, ())):
            interface = config.interface(nameif)
            found += interface.addresses if interface is not None else ()
    return tuple(dict.fromkeys(found))


def lifetime_seconds(config: Config, entry: CryptoMapEntry) -> int:
    return config.lifetime_seconds if entry.lifetime_seconds is None else entry.lifetime_seconds


def lifetime_kilobytes(config: Config, entry: CryptoMapEntry) -> int:
    return config.lifetime_kilobytes if entry.lifetime_kilobytes is None else entry.lifetime_kilobytes


def map_lines(end: End, *texts: str) -> tuple[str, ...]:
    """The lines to type for what a crypto map entry says in these words (``set pfs group14``, ``no set pfs``).

    They are of the end's crypto map, of the template of its dynamic map, or of its virtual tunnel interface and the
    profile of that.
    """
    return texts if end.map_entry is None else entry_lines(end.map_entry, *texts)


def entry_lines(entry: CryptoMapEntry, *texts: str) -> tuple[str, ...]:
    """As ``map_lines``, for one of several entries."""
    if entry.tunnel_interface is None and entry.profile is None:
        named = f"crypto map {entry.map} {entry.sequence}"
        if entry.dynamic_map is not None:
            named = f"crypto dynamic-map {entry.dynamic_map} {entry.dynamic_sequence or 'SEQUENCE'}"
        return tuple(f"no {named} {text[3:]}" if text.startswith("no ") else f"{named} {text}" for text in texts)
    lines: list[str] = []
    for text in texts:
        heading, line = _of_interface(entry, text)
        lines += [f" {line}"] if heading in lines[-2:-1] else [heading, f" {line}"]
    return tuple(lines)


def _of_interface(entry: CryptoMapEntry, text: str) -> tuple[str, str]:
    interface, profile = f"interface {entry.tunnel_interface}", f"crypto ipsec profile {entry.profile or 'NAME'}"
    match text.split():
        case ["set", "peer", peer, *_]:
            return interface, f"tunnel destination {peer}"
        case ["match", "address", name]:
            return interface, f"tunnel protection ipsec policy {name}"
        case ["set", "connection-type", kind]:
            return profile, "responder-only" if kind == "answer-only" else "no responder-only"
        case ["tunnel" | "shutdown", *_] | ["no", "tunnel" | "shutdown", *_]:
            return interface, text
    return profile, text


def any_traffic(end: End) -> str:
    """Why this end has no access list to compare, though nothing is missing; or nothing.

    A virtual tunnel interface protects all that is routed into it, and a dynamic map may take what the peer proposes.
    """
    entry = end.map_entry
    if entry is None or entry.access_list is not None:
        return ""
    if entry.tunnel_interface is not None:
        return f"{end.name} protects all that is routed into {entry.tunnel_interface}"
    return takes_all(end, entry) if entry.dynamic_map is not None else ""


def no_entry(end: End) -> str:
    return f"{end.name} has no crypto map entry for this peer: see peer-address-mismatch"


def takes_all(end: End, entry: CryptoMapEntry) -> str:
    return f"{end.name} takes what its peer proposes (dynamic map {entry.dynamic_map})"


def _empty(entry: CryptoMapEntry) -> bool:
    """The entry names a dynamic map of which no template was read."""
    return entry.dynamic_map is not None and entry.dynamic_sequence is None and entry.tunnel_interface is None


def permit_line(access_list: str, source: Selector, destination: Selector) -> str:
    """The access-list line that a selector came from, for whole-network selectors."""
    return f"access-list {access_list} extended permit ip {_typed(source)} {_typed(destination)}"


def _typed(selector: Selector) -> str:
    network = selector.network
    if network.prefixlen == 0:
        return "any"
    if network.prefixlen == network.max_prefixlen:
        return f"host {network.network_address}"
    if isinstance(network, IPv4Network):
        return f"{network.network_address} {network.netmask}"
    return network.with_prefixlen


def _because(end: End) -> str:
    return f" ({end.device.problems[0]})" if end.device.problems else ""
