# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device's NAT rules make of a packet. It happens before the crypto map looks, and after decryption again.

Sources: Cisco ASA CLI guide, "NAT for VPN"; syslog 305013 (asymmetric rules for the two directions).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from lab.engine.lookup import PairTable
from lab.engine.messages import Packet
from lab.engine.policy import ANY, Ace, NatRule, Policy
from lab.engine.proxies import ace_matches


class Translation:
    """The NAT rules of one device."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._out, self._in = PairTable(), PairTable()
        self._towards = [rule for rule in policy.nat if rule.seen != rule.destination]
        for number, rule in enumerate(policy.nat):
            if rule.lines:
                self._out.add_always(number)
            for source in rule.source:
                for destination in rule.destination or (ANY,):
                    self._out.add(number, source, destination)
            if rule.static and not rule.exempt:
                for mapped in rule.mapped:
                    for destination in rule.destination or (ANY,):
                        self._in.add(number, destination, mapped)

    def outward(self, packet: Packet, ingress: str, egress: str) -> tuple[Packet, NatRule | None]:
        """The source as those beyond `egress` see it, by the first rule that matches."""
        for number in self._out.find(packet.source, packet.destination):
            rule = self._policy.nat[number]
            if rule.inside not in (ingress, "any") or rule.outside not in (egress, "any"):
                continue
            if rule.lines and not permitted(rule.lines, packet):
                continue
            address = None if rule.exempt else _mapped(self._policy, rule, packet.source, egress)
            return (replace(packet, source=address) if address else packet), rule
        return packet, None

    def inward(self, packet: Packet, ingress: str) -> Packet:
        """A packet that came in by `ingress`, its destination as it really is: static rules work both ways."""
        for number in self._in.find(packet.source, packet.destination):
            rule = self._policy.nat[number]
            if rule.outside not in (ingress, "any"):
                continue
            real = rule.source or tuple(ace.source for ace in rule.lines[:1])
            address = _across(packet.destination, rule.mapped, real)
            source = _across(packet.source, rule.destination, rule.seen) if rule.destination else packet.source
            if address and source:
                return replace(packet, destination=address, source=source)
        return packet

    def towards(self, packet: Packet, ingress: str) -> Packet:
        """A packet from inside whose destination a rule for two sides translates."""
        for rule in self._towards:
            if rule.inside not in (ingress, "any"):
                continue
            if _within(packet.destination, rule.seen) and _within(packet.source, rule.source):
                address = _across(packet.destination, rule.seen, rule.destination)
                return replace(packet, destination=address) if address else packet
        return packet

    def asymmetric(self, arrived: Packet, real: Packet, ingress: str, egress: str) -> NatRule | None:
        """The rule that would give the answer another source than the address that was asked, if there is one."""
        answer, rule = self.outward(replace(real.answer(), destination=arrived.source), egress, ingress)
        return rule if answer.source != arrived.destination else None


def permitted(lines: Iterable[Ace], packet: Packet) -> bool:
    """By the first line that matches; where none does, denied."""
    line = next((ace for ace in lines if ace_matches(ace, packet)), None)
    return line is not None and line.permit


def _mapped(policy: Policy, rule: NatRule, source: IPv4Address, egress: str) -> IPv4Address | None:
    if rule.static:
        real = rule.source or tuple(ace.source for ace in rule.lines[:1])
        return _across(source, real, rule.mapped) if rule.mapped else _own(policy, egress)
    return rule.mapped[0].network_address if rule.mapped else _own(policy, egress)


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
