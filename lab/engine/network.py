# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices and the internet between their outside addresses."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address

from lab.clock import Scheduler, Timer
from lab.config import Config
from lab.engine.failover import Pair, Unit
from lab.engine.forwarding import CONNECTION_SECONDS, Connections, Way, inbound, outbound
from lab.engine.ike import Ike
from lab.engine.ipsec import Context, DataPath
from lab.engine.matching import TUNNEL_ACE, CryptoTable, remote_networks
from lab.engine.messages import Delete, Esp, IkeMessage, Packet
from lab.engine.nat import Nat
from lab.engine.policy import Ace, Interface, MapEntry, Policy, TunnelInterface, read_policy
from lab.engine.syslog import Syslog
from lab.engine.translation import Translation
from lab.engine.underlay import Underlay

LATENCY_SECONDS = 0.01
TUNNEL_RETRY_SECONDS = 10.0
MOST_HOPS = 4
MOST_WAYS = 5000


class Derived:
    """What follows from a device's policy alone, kept while that stays the same."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.addresses = {str(interface.address.ip): None for interface in policy.interfaces}
        self.translation = Translation(policy)
        self.routes: dict[int, Interface | None] = {}
        self.changes = -1
        maps = [*policy.maps.values(), *policy.dynamic_maps.values()]
        self.follows_sas = bool(policy.tunnels) or any(entry.reverse_route for entries in maps for entry in entries)
        self._tables: dict[str, CryptoTable] = {}

    def table(self, nameif: str) -> CryptoTable:
        if nameif not in self._tables:
            self._tables[nameif] = CryptoTable(self.policy, nameif)
        return self._tables[nameif]


EMPTY = Policy((), (), {}, (), frozenset(), {}, {}, {}, {}, 0, 0)


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
        self._of_policy = Derived(EMPTY)
        self._tunnel_timer: Timer | None = None
        self.connections = Connections()
        self._ways: dict[Hashable, tuple[Policy, int, float, Way]] = {}
        self.scheduler.at(self.booted, self._wake)

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
            if policy.tunnels:
                self._keep_tunnels_up()
        return known[3]

    def _wake(self) -> None:
        """Look at the configuration, so that its tunnel interfaces come to life."""
        self._derived()

    def addresses(self) -> list[str]:
        return list(self._derived().addresses)

    def has_address(self, address: str) -> bool:
        return address in self._derived().addresses

    def _derived(self) -> Derived:
        policy = self.policy
        if self._of_policy.policy is not policy:
            self._of_policy = Derived(policy)
        return self._of_policy

    @property
    def translation(self) -> Translation:
        return self._derived().translation

    # -- routing -------------------------------------------------------------------------------------------

    def egress(self, address: IPv4Address) -> Interface | None:
        """Where a packet leaves: a tunnel interface only while its line protocol is up, and as RRI has it."""
        derived, key = self._derived(), int(address)
        if derived.follows_sas and derived.changes != self.own_datapath.changes:
            derived.changes = self.own_datapath.changes
            derived.routes.clear()
        if key not in derived.routes:
            find = self._longest if derived.follows_sas else derived.policy.egress
            derived.routes[key] = find(address)
        return derived.routes[key]

    def _longest(self, address: IPv4Address) -> Interface | None:
        policy = self.policy
        down = {tunnel.nameif for tunnel in policy.tunnels if not self.line_up(tunnel)}
        routes = [(interface.address.network, interface.nameif) for interface in policy.interfaces]
        routes += [(net, nameif) for net, nameif, _ in policy.routes]
        for nameif in policy.map_on:
            for entry in policy.entries_on(nameif):
                if entry.reverse_route and entry.dynamic_in is None:
                    routes += [(net, nameif) for net in remote_networks(entry, policy)]
        for context in self.own_datapath.contexts.values():
            pair = context.pairs[0] if context.pairs else None
            if pair and pair.entry.reverse_route and pair.entry.dynamic_in:
                routes.append((pair.ident.remote, self.own_ike.nameif(pair.local)))
        fitting = [(net, nameif) for net, nameif in routes if address in net and nameif not in down]
        for _, nameif in sorted(fitting, key=lambda each: -each[0].prefixlen):
            interface = policy.interface(nameif)
            if interface:
                return interface
        return None

    def line_up(self, tunnel: TunnelInterface) -> bool:
        """The line protocol of a tunnel interface is up while it has an SA."""
        contexts = self.own_datapath.with_peer(tunnel.destination)
        return any(context.tunnel == tunnel.hardware for context in contexts)

    def _keep_tunnels_up(self) -> None:
        """A tunnel interface negotiates by itself, and again until it has its SA (VPN CLI guide, VTI)."""
        if self._tunnel_timer and self._tunnel_timer.action and self._tunnel_timer.when > self.scheduler.now:
            return

        def look() -> None:
            policy = self.policy
            if self.up and not self.standby:
                for tunnel in policy.tunnels:
                    entry, source = policy.tunnel_entry(tunnel), policy.interface(tunnel.source)
                    if entry and source and not self.line_up(tunnel):
                        self.ike.acquire(entry, TUNNEL_ACE, str(source.address.ip))
            if policy.tunnels:
                self._tunnel_timer = self.scheduler.after(TUNNEL_RETRY_SECONDS * self.random.uniform(1, 1.5), look)

        # Not both ends in the same moment.
        self._tunnel_timer = self.scheduler.after(self.random.uniform(1, 9), look)

    # -- packets -------------------------------------------------------------------------------------------

    def crypto_match(self, egress: Interface, packet: Packet) -> tuple[MapEntry, Ace] | None:
        """The crypto map entry, or the tunnel interface, that protects a packet on its way out."""
        tunnel = self.policy.tunnel(egress.nameif)
        if tunnel:
            entry = self.policy.tunnel_entry(tunnel)
            return (entry, TUNNEL_ACE) if entry else None
        if egress.nameif not in self.policy.map_on:
            return None
        return (
            self._derived()
            .table(egress.nameif)
            .find(packet, lambda place: self.datapath.dynamic_context((place.name, place.sequence), packet))
        )

    def context_of(self, entry: MapEntry, packet: Packet) -> Context | None:
        """The SA that a packet leaves through, which `crypto_match` gave this entry."""
        if entry.dynamic_in:
            return self.datapath.dynamic_context(entry.dynamic_in, packet)
        return self.datapath.context_for(entry.peers, packet, entry.tunnel)

    def way(self, packet: Packet, ingress: str = "") -> Way:
        """What would become of a packet from inside, without sending it."""
        return outbound(self, packet, ingress)

    def _known_way(self, key: Hashable, find: Callable[[], Way]) -> tuple[Way, bool]:
        """A way that was gone lately is gone again as long as neither the policy nor the SAs there are have changed.

        Returns whether it is new. Connections are renewed by new ways, which is why these do not live long.
        """
        policy, changes, now = self.policy, self.own_datapath.changes, self.scheduler.now
        known = self._ways.get(key)
        if known and known[0] is policy and known[1] == changes and known[2] >= now:
            return known[3], False
        way = find()
        if len(self._ways) > MOST_WAYS:
            self._ways.clear()
        if not way.drop:
            self._ways[key] = policy, changes, now + CONNECTION_SECONDS / 2, way
        return way, True

    def forward(self, packet: Packet, ingress: str = "", hops: int = 0) -> bool:
        """Route a packet that came from inside; True when it reaches its destination."""
        if not self.up or hops > MOST_HOPS:
            return False
        way, new = self._known_way((ingress, *packet.key), lambda: self.way(packet, ingress))
        if way.protected is None:
            return not way.drop and self.owns(way.packet.destination)
        if self.standby:
            return False
        if way.context is None:
            self.datapath.stats.dropped_out += 1
            self._acquire(way)
            return False
        if way.drop:
            return False
        if new:
            self.connections.note(packet, way.packet, self.scheduler.now)
        esp = self.datapath.encapsulate(way.context, way.packet)
        return esp is not None and self.network.carry_esp(esp, hops)

    def _acquire(self, way: Way) -> None:
        if way.protected is None or way.egress is None:
            return
        entry, ace = way.protected
        tunnel = self.policy.tunnel(way.egress.nameif)
        source = self.policy.interface(tunnel.source) if tunnel else way.egress
        if source:
            self.ike.acquire(entry, ace, str(source.address.ip), way.packet)

    def protects(self, packet: Packet) -> bool:
        """Is there an SA that this packet would leave through?"""
        return self.way(packet).context is not None

    def receive_esp(self, esp: Esp, hops: int = 0) -> bool:
        pair = self.datapath.inbound(esp.spi, esp.source)
        inner = self.datapath.decapsulate(esp)
        if inner is None or pair is None:
            return False
        self.ike.heard_from(esp.source)
        outside = self.own_ike.nameif(pair.local)
        tunnel = next((each.nameif for each in self.policy.tunnels if each.hardware == pair.entry.tunnel), "")
        way, new = self._known_way(
            (pair.filter, tunnel or outside, 0, *inner.key),
            lambda: inbound(self, inner, tunnel or outside, pair.filter),
        )
        if way.drop or way.egress is None:
            return False
        if self.owns(way.packet.destination):
            if new:
                self.connections.note(inner, way.packet, self.scheduler.now)
            return True
        # From one tunnel into another: by the same interface only when that is allowed.
        if way.egress.nameif == (tunnel or outside) and not self.policy.hairpin:
            return False
        return self.forward(way.packet, tunnel or outside, hops + 1)

    def keeps_mapping(self, nat: Nat, peer: str) -> bool:
        """Do keepalives hold the NAT's mapping open? They flow while there is an IKE SA that goes through it."""
        interval = self.policy.settings.nat_traversal
        sa = self.own_ike.active(peer)
        return sa is not None and sa.nat_t and interval is not None and interval <= nat.seconds

    def owns(self, host: IPv4Address) -> bool:
        """Does a host live behind this device, that is on a side without a crypto map?"""
        if self.standby:
            return False
        egress = self.egress(host)
        return (
            egress is not None
            and egress.security > 0
            and egress.nameif not in self.policy.map_on
            and self.policy.tunnel(egress.nameif) is None
        )

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None:
        """A standby unit is silent: nothing it does to its copies reaches a peer."""
        if self.standby:
            return
        egress = self.policy.egress(IPv4Address(destination))
        if egress is None or str(egress.address.ip) != source:
            # "Cisco ASA Series Syslog Messages", 110003: IKE is bound to its interface, and needs a route from there.
            nameif = next((each.nameif for each in self.policy.interfaces if str(each.address.ip) == source), "?")
            where = f"NP Identity Ifc:{source}/500 to {nameif}:{destination}/500"
            self.syslog.log(6, 110003, f"Routing failed to locate next hop for UDP from {where}")
            return
        self.network.carry_ike(source, destination, message)

    def power_cut(self) -> None:
        """Lose every SA at once and say nothing; the configuration survives in flash, and a standby unit takes over."""
        if self.unit:
            self.unit.pair.lost_power(self.unit)
        self.own_ike.lose_everything()
        self.own_datapath.lose_everything()
        self.connections.clear()
        self._ways.clear()
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
        self.nats: dict[str, Nat] = {}
        self._private: dict[str, str] = {}  # by public address
        self._owners: dict[str, Device] = {}
        self._hosts: dict[int, Device] = {}
        self._networks: tuple[int, dict[tuple[int, int], list[str]]] = (0, {})
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
        ends = [device.end for device in (self.owner(source), self.owner(destination)) if device]
        if isinstance(message, Delete) and self.underlay.loses_delete(*ends):
            return

        def arrive() -> None:
            device = self._carry(source, destination, udp=True)
            if device:
                device.ike.receive(self.seen(source), self._private.get(destination, destination), message)

        self.scheduler.after(LATENCY_SECONDS, arrive)

    def carry_esp(self, esp: Esp, hops: int = 0) -> bool:
        device = self._carry(esp.source, esp.destination, esp.udp)
        if device is None:
            return False
        destination = self._private.get(esp.destination, esp.destination)
        return device.receive_esp(replace(esp, source=self.seen(esp.source), destination=destination), hops)
