# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts behind two devices say to each other: what their tunnel is for, and where the lists at an end refuse
it, something that they let pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

from lab.engine.device import Device
from lab.engine.messages import Packet
from lab.engine.policy import Ace
from lab.engine.proxies import ace_matches, protocol_number
from lab.trial.tunnel import PROTOCOLS, Tunnel

_ANY_PORT = 40000
_WITH_PORTS = ("tcp", "udp")
# A list may have thousands of lines, and each of them is tried on every attempt that is refused.
_MOST = 24


def question(devices: Mapping[str, Device], tunnel: Tunnel, sender: str) -> Packet:
    """What a tunnel's line says that it is for: a ping, or one port."""
    here = tunnel.ends.index(sender)
    near, far = (_host(devices, tunnel, place) for place in (here, 1 - here))
    protocol = PROTOCOLS.get(tunnel.protocol, str(tunnel.protocol)) if tunnel.protocol else "icmp"
    if protocol not in _WITH_PORTS:
        return Packet(near, far, protocol)
    ports = [port or _ANY_PORT for port in tunnel.ports]
    return Packet(near, far, protocol, source_port=ports[here], destination_port=ports[1 - here])


def others(devices: Mapping[str, Device], tunnel: Tunnel, sender: str) -> list[Packet]:
    """What the lists of both ends permit of a tunnel's traffic, in the order of their lines; senders ask or answer."""
    asked = question(devices, tunnel, sender)
    found = {
        packet.key: packet
        for ace in _permitting(devices[end] for end in tunnel.ends)
        for mirrored in (False, True)
        for others in (False, True)
        if (packet := _like(ace, asked, tunnel, sender, mirrored=mirrored, others=others))
    }
    return list(islice(found.values(), _MOST))


def as_sent(device: Device, packet: Packet) -> Packet:
    """A packet of a tunnel as a host behind the device writes it, which knows no translated address of its own."""
    egress = device.egress(packet.destination)
    return device.translation.inward(packet.answer(), egress.nameif).answer() if egress else packet


def said(packet: Packet) -> str:
    """A packet in words."""
    if packet.protocol not in _WITH_PORTS:
        return f"{packet.protocol} from {packet.source} to {packet.destination}"
    asks = packet.source_port >= _ANY_PORT or packet.destination_port < _ANY_PORT
    if asks:
        return f"{packet.protocol} from {packet.source} to port {packet.destination_port} of {packet.destination}"
    return f"{packet.protocol} from port {packet.source_port} of {packet.source} to {packet.destination}"


def _permitting(ends: Iterator[Device]) -> Iterator[Ace]:
    for device in ends:
        policy = device.policy
        names = [each.filter for each in policy.group_policies.values()] + list(policy.inbound_acls.values())
        for name in dict.fromkeys(names):
            yield from (ace for ace in policy.acls.get(name, ()) if ace.permit)


def _like(
    ace: Ace, asked: Packet, tunnel: Tunnel, sender: str, *, mirrored: bool, others: bool
) -> Packet | None:  # fmt: skip
    """A packet of the tunnel's traffic that a line is for, of the usual hosts or of `others`, if there is one."""
    here = tunnel.ends.index(sender)
    lines = (ace.source, ace.source_ports), (ace.destination, ace.destination_ports)
    ends: list[tuple[IPv4Address, int]] = []
    for (network, (low, high)), place, usual in zip(
        lines[:: -1 if mirrored else 1], (here, 1 - here), (asked.source, asked.destination), strict=True
    ):
        own, port = IPv4Network(tunnel.networks[place]), tunnel.ports[place]
        if not (network.overlaps(own) and (port == 0 or low <= port <= high)):
            return None
        common = min(network, own, key=lambda each: each.num_addresses)
        host = usual if usual in common and not others else common[common.num_addresses // 2]
        ends.append((host, port or (_ANY_PORT if low <= _ANY_PORT <= high else max(1, low))))
    (source, source_port), (destination, destination_port) = ends
    protocol = asked.protocol if tunnel.protocol else "icmp" if ace.protocol == "ip" else ace.protocol
    packet = Packet(source, destination, protocol)
    if protocol in _WITH_PORTS:
        packet = Packet(source, destination, protocol, source_port=source_port, destination_port=destination_port)
    if protocol_number(protocol) > 0 and ace_matches(ace, packet.answer() if mirrored else packet):
        return packet
    return None


def _host(devices: Mapping[str, Device], tunnel: Tunnel, place: int) -> IPv4Address:
    network, device = IPv4Network(tunnel.networks[place]), devices[tunnel.ends[place]]
    if network.prefixlen == 0:
        # Everything is protected: any host that is surely behind this end.
        inside = [each for each in device.policy.interfaces if each.security > 0]
        return inside[0].address.network[10] if inside else IPv4Address("192.0.2.1")
    likely = network[10] if network.num_addresses > 16 else network[min(1, network.num_addresses - 1)]
    # A firewall's own address is none of a host: it answers there only with `management-access`.
    own = device.addresses()
    nearby = (network[place] for place in range(1, min(16, network.num_addresses - 1)))
    return next((host for host in (likely, *nearby) if str(host) not in own), likely)
