# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices and the internet between their outside addresses."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address

from lab.clock import Scheduler
from lab.config import Config
from lab.engine.failover import Pair, Unit
from lab.engine.ike import Ike
from lab.engine.ipsec import DataPath
from lab.engine.messages import Delete, Esp, IkeMessage, Packet
from lab.engine.policy import Ace, Interface, MapEntry, Policy, read_policy
from lab.engine.syslog import Syslog
from lab.engine.underlay import Underlay

LATENCY_SECONDS = 0.01


class Device:
    """One firewall, or one security context of one: a configuration, a data path, an IKE process and a log.

    The names with `own_` are for the failover pair alone; everybody else reads what the pair has copied by then.
    """

    def __init__(self, name: str, config: Config, release: str, network: Network, seed: int, context: str = "") -> None:
        self.name = name
        self.context = context  # "" = the only one there is
        self.unit: Unit | None = None
        self.own_config = config
        self.own_startup = config.copy()
        self.release = release
        self.network = network
        self.scheduler = network.scheduler
        self.random = random.Random(f"{seed}/{name}")
        self.syslog = Syslog(lambda: self.config, lambda: self.now)
        self.own_ike = Ike(self)
        self.own_datapath = DataPath(
            self.scheduler, self.syslog, self.own_ike.complain_of_spi, self.own_ike.phase2.volume_used
        )
        self.booted = self.scheduler.now
        self.clock_error = 0.0
        # What shares its hardware, and so its clock and its power: the contexts of one box, the system space included.
        self.chassis: list[Device] = [self]
        self._policy: tuple[int, Config, bool, Policy] | None = None

    @property
    def end(self) -> str:
        """What owns its addresses for those outside: the pair, where it is a unit of one."""
        return self.unit.pair.name if self.unit else self.name

    @property
    def space(self) -> str:
        """What multiple mode puts behind the release."""
        return f" <{'system' if self.context == 'system' else 'context'}>" if self.context else ""

    @property
    def standby(self) -> bool:
        return self.unit is not None and not self.unit.active

    @property
    def config(self) -> Config:
        if self.unit and self.standby:
            self.unit.pair.replicate_config()
        return self.own_config

    @property
    def startup(self) -> Config:
        return self.own_startup

    @startup.setter
    def startup(self, config: Config) -> None:
        self.own_startup = config
        if self.unit and self.unit.active:
            self.unit.pair.write_startup()

    @property
    def ike(self) -> Ike:
        if self.unit and self.standby:
            self.unit.pair.replicate_sas()
        return self.own_ike

    @property
    def datapath(self) -> DataPath:
        if self.unit and self.standby:
            self.unit.pair.replicate_sas()
        return self.own_datapath

    @property
    def now(self) -> datetime:
        """What the device believes that the time is."""
        return self.network.now + timedelta(seconds=self.clock_error)

    @property
    def up(self) -> bool:
        """False between the beginning of a reload and its end, which is when it counts as booted."""
        return self.scheduler.now >= self.booted

    @property
    def version(self) -> tuple[int, int]:
        major, _, rest = self.release.partition(".")
        return int(major), int(rest.split("(")[0])

    @property
    def legacy(self) -> bool:
        """Before 8.4: `isakmp` instead of `ikev1` everywhere."""
        return self.version < (8, 4)

    @property
    def hostname(self) -> str:
        return self.config.value("hostname") or "ciscoasa"

    @property
    def fqdn(self) -> str:
        domain = self.config.value("domain-name")
        return f"{self.hostname}.{domain}" if domain else self.hostname

    @property
    def policy(self) -> Policy:
        config = self.config
        known = self._policy
        if known is None or known[0] != config.revision or known[1] is not config or known[2] != self.standby:
            policy = read_policy(config, self.version, self.standby)
            known = self._policy = config.revision, config, self.standby, policy
        return known[3]

    def addresses(self) -> list[str]:
        return [str(interface.address.ip) for interface in self.policy.interfaces]

    def crypto_match(self, egress: Interface, packet: Packet) -> tuple[MapEntry, Ace] | None:
        """The crypto map entry that protects a packet; a deny line sends it on to the next entry."""
        for entry in self.policy.entries_on(egress.nameif):
            for ace in self.policy.acls.get(entry.acl, ()):
                if ace.matches(packet.source, packet.destination) and ace.protocol in ("ip", packet.protocol):
                    if ace.permit:
                        return entry, ace
                    break
        return None

    def forward(self, packet: Packet) -> bool:
        """Route a packet that came from inside; True when it reaches its destination."""
        egress = self.policy.egress(packet.destination)
        if egress is None or not self.up:
            return False
        match = self.crypto_match(egress, packet)
        if match is None:
            return self.owns(packet.destination)
        if self.standby:
            return False
        entry, ace = match
        context = self.datapath.context_for(entry.peers, packet)
        if context is None:
            self.datapath.stats.dropped_out += 1
            self.ike.acquire(entry, ace, str(egress.address.ip), packet)
            return False
        esp = self.datapath.encapsulate(context, packet)
        return esp is not None and self.network.carry_esp(esp)

    def protects(self, packet: Packet) -> bool:
        """Is there an SA that this packet would leave through?"""
        egress = self.policy.egress(packet.destination)
        match = self.crypto_match(egress, packet) if egress else None
        return match is not None and self.datapath.context_for(match[0].peers, packet) is not None

    def receive_esp(self, esp: Esp) -> bool:
        inner = self.datapath.decapsulate(esp)
        if inner is None:
            return False
        self.ike.heard_from(esp.source)
        return self.owns(inner.destination)

    def owns(self, host: IPv4Address) -> bool:
        """Does a host live behind this device, that is on a side without a crypto map?"""
        if self.standby:
            return False
        egress = self.policy.egress(host)
        return egress is not None and egress.nameif not in self.policy.map_on and egress.security > 0

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None:
        """A standby unit is silent: nothing it does to its copies reaches a peer."""
        if not self.standby:
            self.network.carry_ike(source, destination, message)

    def power_cut(self) -> None:
        """Lose every SA at once and say nothing; the configuration survives in flash, and a standby unit takes over."""
        if self.unit:
            self.unit.pair.lost_power(self.unit)
        self.own_ike.lose_everything()
        self.own_datapath.lose_everything()
        self.booted = self.scheduler.now

    def reload(self, seconds: float) -> None:
        """A crash and its reload: what was not saved is gone, and nobody is served until it is through."""
        self.power_cut()
        self.syslog.restart()
        self.own_config = self.own_startup.copy()
        self.booted = self.scheduler.now + seconds
        if self.unit:
            self.scheduler.at(self.booted, partial(self.unit.pair.came_back, self.unit))


class Network:
    """Carries IKE after a short delay and ESP at once, between whichever devices own the addresses."""

    def __init__(self, scheduler: Scheduler, start: datetime | None = None) -> None:
        self.scheduler = scheduler
        self.start = start or datetime(2009, 11, 20, 8, 0, tzinfo=UTC)
        self.devices: dict[str, Device] = {}
        self.pairs: dict[str, Pair] = {}
        self.underlay = Underlay()
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
        return next((device for device in self.devices.values() if address in device.addresses()), None)

    def behind(self, host: IPv4Address) -> Device | None:
        return next((device for device in self.devices.values() if device.owns(host)), None)

    def reach(self, source: str, destination: str) -> Device | None:
        """The device that a packet between two outside addresses arrives at, if it does."""
        device = self.owner(destination)
        return device if device and device.up and self.underlay.passes(source, destination) else None

    def carry_ike(self, source: str, destination: str, message: IkeMessage) -> None:
        ends = [device.end for device in (self.owner(source), self.owner(destination)) if device]
        if isinstance(message, Delete) and self.underlay.loses_delete(*ends):
            return

        def arrive() -> None:
            device = self.reach(source, destination)
            if device:
                device.ike.receive(source, destination, message)

        self.scheduler.after(LATENCY_SECONDS, arrive)

    def carry_esp(self, esp: Esp) -> bool:
        device = self.reach(esp.source, esp.destination)
        return device.receive_esp(esp) if device else False
