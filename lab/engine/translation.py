# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device's NAT rules make of a packet. It happens before the crypto map looks, and after decryption again.

Sources: Cisco ASA CLI guide, "NAT for VPN"; syslog 305013 (asymmetric rules for the two directions).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from lab.engine.messages import Packet
from lab.engine.policy import NatRule, Policy
from lab.engine.proxies import ace_matches


def outward(policy: Policy, packet: Packet, ingress: str, egress: str) -> tuple[Packet, NatRule | None]:
    """The source as those beyond `egress` see it, by the first rule that matches."""
    for rule in policy.nat:
        if rule.inside not in (ingress, "any") or rule.outside not in (egress, "any"):
            continue
        if not _matches_source(rule, packet):
            continue
        if rule.exempt:
            return packet, rule
        address = _mapped(policy, rule, packet.source, egress)
        return (replace(packet, source=address), rule) if address else (packet, rule)
    return packet, None


def _matches_source(rule: NatRule, packet: Packet) -> bool:
    if rule.lines:
        line = next((ace for ace in rule.lines if ace_matches(ace, packet)), None)
        return line is not None and line.permit
    return _within(packet.source, rule.source) and (
        not rule.destination or _within(packet.destination, rule.destination)
    )


def _mapped(policy: Policy, rule: NatRule, source: IPv4Address, egress: str) -> IPv4Address | None:
    if rule.static:
        real = rule.source or tuple(ace.source for ace in rule.lines[:1])
        return _across(source, real, rule.mapped) if rule.mapped else _own(policy, egress)
    return rule.mapped[0].network_address if rule.mapped else _own(policy, egress)


def inward(policy: Policy, packet: Packet, ingress: str) -> Packet:
    """A packet that came in by `ingress`, its destination as it really is: static rules work both ways."""
    for rule in policy.nat:
        if not rule.static or rule.exempt:
            continue
        if rule.outside in (ingress, "any") and rule.mapped and _within(packet.destination, rule.mapped):
            if rule.destination and not _within(packet.source, rule.destination):
                continue
            real = rule.source or tuple(ace.source for ace in rule.lines[:1])
            address = _across(packet.destination, rule.mapped, real)
            source = _across(packet.source, rule.destination, rule.seen) if rule.destination else packet.source
            if address and source:
                return replace(packet, destination=address, source=source)
    return packet


def towards(policy: Policy, packet: Packet, ingress: str) -> Packet:
    """A packet from inside whose destination a rule for two sides translates."""
    for rule in policy.nat:
        if rule.inside not in (ingress, "any") or not rule.seen:
            continue
        if _within(packet.destination, rule.seen) and _within(packet.source, rule.source):
            address = _across(packet.destination, rule.seen, rule.destination)
            return replace(packet, destination=address) if address else packet
    return packet


def asymmetric(policy: Policy, arrived: Packet, real: Packet, ingress: str, egress: str) -> NatRule | None:
    """The rule that would give the answer another source than the address that was asked, if there is one."""
    answer, rule = outward(policy, Packet(real.destination, arrived.source, real.protocol), egress, ingress)
    return rule if answer.source != arrived.destination else None


def _within(address: IPv4Address, networks: Iterable[IPv4Network]) -> bool:
    return any(address in network for network in networks)


def _across(address: IPv4Address, here: tuple[IPv4Network, ...], there: tuple[IPv4Network, ...]) -> IPv4Address | None:
    """The address in the same place of the other networks; a smaller mapped network is used from its beginning."""
    for number, network in enumerate(here):
        if address in network and there:
            other = there[min(number, len(there) - 1)]
            offset = int(address) - int(network.network_address)
            return other.network_address + offset % other.num_addresses
    return None


def _own(policy: Policy, nameif: str) -> IPv4Address | None:
    interface = policy.interface(nameif)
    return interface.address.ip if interface else None
