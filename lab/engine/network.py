# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices and the internet between their outside addresses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from lab.clock import Scheduler
from lab.engine.device import Device
from lab.engine.failover import Pair
from lab.engine.forwarding import Loss
from lab.engine.messages import Delete, Esp, IkeMessage
from lab.engine.nat import Nat
from lab.engine.underlay import Underlay

LATENCY_SECONDS = 0.01
__all__ = ["LATENCY_SECONDS", "Device", "Network"]


class Network:
    """Carries IKE after a short delay and ESP at once, between whichever devices own the addresses."""

    def __init__(self, scheduler: Scheduler, start: datetime | None = None) -> None:
        self.scheduler = scheduler
        self.start = start or datetime(2009, 11, 20, 8, 0, tzinfo=UTC)
        self.devices: dict[str, Device] = {}
        self.pairs: dict[str, Pair] = {}
        self.nats: dict[str, Nat] = {}
        self._private: dict[str, str] = {}  # by public address
        self._owners: dict[str, Device] = {}
        self._hosts: dict[int, Device] = {}
        self._networks: tuple[int, dict[tuple[int, int], list[str]]] = (0, {})
        self.underlay = Underlay()
        self.lost: Loss | None = None  # what became of the last packet that did not arrive
        self.arrivals = itertools.count(1)  # numbers the lines that all devices receive
        # A command that waits lets virtual time pass; whoever maps wall time onto it replaces this.
        self.elapse: Callable[[float], None] = lambda seconds: scheduler.run_until(scheduler.now + seconds)

    @property
    def now(self) -> datetime:
        """The true time."""
        return self.start + timedelta(seconds=self.scheduler.now)

    def device(self, name: str) -> Device | None:
        """A device by its name; the name of a pair is that of the unit which is active now."""
        pair = self.pairs.get(name)
        return pair.active.device if pair else self.devices.get(name)

    def owner(self, address: str) -> Device | None:
        """Who has an address. Who had it the last time is asked first, as a hub's network has a thousand devices."""
        address = self._private.get(address, address)
        known = self._owners.get(address)
        if known is None or not known.has_address(address):
            fresh: dict[str, Device] = {}
            for device in self.devices.values():
                for each in device.addresses():
                    fresh.setdefault(each, device)
            self._owners = fresh
            known = fresh.get(address)
        return known

    def behind(self, host: IPv4Address) -> Device | None:
        known = self._hosts.get(int(host))
        if known is None or not known.owns(host):
            likely = [self.devices[name] for name in self._connected(host) if name in self.devices]
            known = next((device for device in (*likely, *self.devices.values()) if device.owns(host)), None)
            if known:
                self._hosts[int(host)] = known
        return known

    def _connected(self, host: IPv4Address) -> list[str]:
        """The devices that have, or had when this was last looked at, an interface in the network of a host."""
        if self._networks[0] != len(self.devices):
            found: dict[tuple[int, int], list[str]] = {}
            for name, device in self.devices.items():
                for net in {interface.address.network for interface in device.policy.interfaces}:
                    found.setdefault((net.prefixlen, int(net.network_address)), []).append(name)
            self._networks = len(self.devices), found
        address = int(host)
        lengths = sorted({length for length, _ in self._networks[1]}, reverse=True)
        keys = ((length, address >> (32 - length) << (32 - length)) for length in lengths)
        return [name for key in keys for name in self._networks[1].get(key, ())]

    def stand_behind(self, nat: Nat) -> None:
        """From now on a device is known to the others under the NAT's public address alone."""
        self.nats[nat.private] = nat
        self._private[nat.public] = nat.private

    def seen(self, address: str) -> str:
        """The address under which the others know the one that has this address."""
        nat = self.nats.get(address)
        return nat.public if nat else address

    def reach(self, source: str, destination: str, udp: bool = True) -> Device | None:
        """The device that a packet between two outside addresses arrives at, if it does. `source` is the sender's own.

        Changes nothing; what a NAT remembers of a packet is for `_carry`.
        """
        device = self.owner(destination)
        if device is None or not device.up or destination in self.nats:
            return None
        nat = self.nats.get(self._private.get(destination, ""))
        if not udp and (nat or source in self.nats):
            return None
        if nat and not (nat.lets_in(self.seen(source), self.scheduler.now) or device.keeps_mapping(nat, source)):
            return None
        return device if self.underlay.passes(self.seen(source), destination) else None

    def _carry(self, source: str, destination: str, udp: bool) -> Device | None:
        nat = self.nats.get(source)
        if nat:
            nat.sent(destination, self.scheduler.now)
        return self.reach(source, destination, udp)

    def carry_ike(self, source: str, destination: str, message: IkeMessage) -> None:
        if isinstance(message, Delete):
            ends = [device.end for device in (self.owner(source), self.owner(destination)) if device]
            if self.underlay.loses_delete(*ends):
                return

        def arrive() -> None:
            device = self._carry(source, destination, udp=True)
            if device:
                device.ike.receive(self.seen(source), self._private.get(destination, destination), message)

        self.scheduler.after(LATENCY_SECONDS, arrive)

    def carry_esp(self, esp: Esp, hops: int = 0) -> bool:
        device = self._carry(esp.source, esp.destination, esp.udp)
        if device is None:
            owner = self.owner(esp.source)
            self.lost = Loss(owner.name if owner else "", "between", str(esp.inner.destination))
            return False
        destination = self._private.get(esp.destination, esp.destination)
        return device.receive_esp(replace(esp, source=self.seen(esp.source), destination=destination), hops)
