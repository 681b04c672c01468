# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts behind the devices that talk to each other: a request at a steady pace, an answer only to what arrived.

The devices themselves can ask, too: `echo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.engine.messages import Packet
from lab.engine.network import Device, Network

KEEPALIVE_SECONDS = 600.0


@dataclass(frozen=True)
class Flow:
    source: IPv4Address
    destination: IPv4Address
    every: float = 1.0
    answered: bool = True


class Traffic:
    """One running flow and what came of it: the plainest witness of whether a tunnel carries anything."""

    def __init__(self, network: Network, flow: Flow, phase: float) -> None:
        self.flow = flow
        self._network = network
        self.sent = 0
        self.arrived = 0
        self.answers = 0
        self.last_answer: float | None = None
        self.stopped = False
        network.scheduler.after(phase, self._tick)
        network.scheduler.after(phase + KEEPALIVE_SECONDS, self._keep_alive)

    def stop(self) -> None:
        self.stopped = True

    def _tick(self) -> None:
        if self.stopped:
            return
        self.sent += 1
        if send(self._network, self.flow.source, self.flow.destination):
            self.arrived += 1
            if self.flow.answered and send(self._network, self.flow.destination, self.flow.source):
                self.answers += 1
                self.last_answer = self._network.scheduler.now
        self._network.scheduler.after(self.flow.every, self._tick)

    def _keep_alive(self) -> None:
        """The answering host holds its connection even when it hears nothing.

        A firewall that has lost everything knows no such connection and drops this, so it starts no negotiation.
        """
        if self.stopped:
            return
        if self.flow.answered and self.answers:
            device = self._network.behind(self.flow.destination)
            packet = Packet(self.flow.destination, self.flow.source)
            if device and device.protects(packet):
                device.forward(packet)
        self._network.scheduler.after(KEEPALIVE_SECONDS, self._keep_alive)


def send(network: Network, source: IPv4Address, destination: IPv4Address) -> bool:
    """One packet from a host; True when the other host gets it."""
    return send_packet(network, Packet(source, destination))


def send_packet(network: Network, packet: Packet) -> bool:
    device = network.behind(packet.source)
    return device.forward(packet) if device else False


def echo(device: Device, source: IPv4Address, target: IPv4Address) -> bool:
    """One echo that the device itself sends, and the answer: True when this comes back.

    Through a tunnel both are packets like those of a host, and so is what they do to counters and negotiations.
    """
    network, egress = device.network, device.egress(target)
    far = network.owner(str(target))
    if far is device:
        return True
    if egress is None:
        return False
    packet = Packet(source, target)
    if far and source == egress.address.ip and device.crypto_match(egress, packet) is None:
        # Below any tunnel. Nobody on the internet has a way to an address behind a device.
        hidden = any(each.address.ip == target and far.inner(each) for each in far.policy.interfaces)
        near = target in egress.address.network
        return (near or not hidden) and network.reach(str(source), str(target)) is not None
    if not device.forward(packet):
        return False
    answers = network.behind(target) or far
    return answers is not None and answers.forward(packet.answer())
