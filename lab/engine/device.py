# SPDX-License-Identifier: GPL-3.0-or-later
"""One firewall: its configuration, its IKE process and data path, and how packets go through it."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.clock import Timer
from lab.config import Config
from lab.engine.derived import EMPTY, Derived
from lab.engine.failover import Unit
from lab.engine.forwarding import CONNECTION_SECONDS, Connections, Loss, Way, inbound, lost_in, outbound
from lab.engine.ike import Ike
from lab.engine.ipsec import Context, DataPath
from lab.engine.matching import TUNNEL_ACE
from lab.engine.messages import Esp, IkeMessage, Packet
from lab.engine.nat import Nat
from lab.engine.policy import Ace, Interface, MapEntry, Policy, TunnelInterface, read_policy
from lab.engine.routing import Route, in_use, injected, interface_to
from lab.engine.syslog import Syslog
from lab.engine.translation import Translation

TUNNEL_RETRY_SECONDS = 10.0
MOST_HOPS = 4
MOST_WAYS = 5000

if TYPE_CHECKING:
    from lab.engine.network import Network


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
        return list(self._derived().nameifs)

    def has_address(self, address: str) -> bool:
        return address in self._derived().nameifs

    def nameif(self, address: str) -> str:
        """The interface that has an address; ? when none has."""
        return self._derived().nameifs.get(address, "?")

    def _derived(self) -> Derived:
        policy = self.policy
        if self._of_policy.policy is not policy:
            self._of_policy = Derived(policy)
        return self._of_policy

    @property
    def translation(self) -> Translation:
        return self._derived().translation

    # -- routing -------------------------------------------------------------------------------------------

    def routing(self) -> tuple[Route, ...]:
        """The routes in use now: a tunnel interface's only while its line protocol is up, and what RRI brings."""
        derived = self._derived()
        if derived.routing is None or (derived.follows_sas and derived.changes != self.own_datapath.changes):
            derived.changes = self.own_datapath.changes
            derived.egress.clear()
            policy, nameifs = derived.policy, derived.nameifs
            down = {tunnel.nameif for tunnel in policy.tunnels if not self.line_up(tunnel)}
            brought = injected(policy, self.own_datapath.contexts.values(), nameifs)
            derived.routing = tuple(in_use(policy, down, brought))
        return derived.routing

    def egress(self, address: IPv4Address) -> Interface | None:
        """Where a packet leaves."""
        routes, known, key = self.routing(), self._derived().egress, int(address)
        if key not in known:
            if len(known) >= MOST_WAYS:
                known.clear()
            known[key] = interface_to(address, routes, self.policy)
        return known[key]

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
                if self._tunnel_timer:
                    self._tunnel_timer.cancel()  # reading the policy above may have set one
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

    def way(self, packet: Packet, ingress: str = "", decrypted: bool = False) -> Way:
        """What would become of a packet from inside, or of one that was `decrypted`, without sending it."""
        return outbound(self, packet, ingress, decrypted)

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
            return self._lose("off", packet)
        decrypted = hops > 0
        way, new = self._known_way((ingress, decrypted, *packet.key), lambda: self.way(packet, ingress, decrypted))
        if way.drop or way.protected is None:
            self.network.lost = lost_in(self, way, packet)
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
        return self.network.carry_esp(esp, hops) if esp else self._lose("sa", packet)

    def _lose(self, step: str, packet: Packet, detail: str = "") -> bool:
        self.network.lost = Loss(self.name, step, str(packet.destination), detail)
        return False

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
            return self._lose("selectors" if pair else "spi", esp.inner)
        self.ike.heard_from(esp.source)
        outside = self.nameif(pair.local)
        tunnel = next((each.nameif for each in self.policy.tunnels if each.hardware == pair.entry.tunnel), "")
        way, new = self._known_way(
            (pair.filter, tunnel or outside, 0, *inner.key),
            lambda: inbound(self, inner, tunnel or outside, pair.filter),
        )
        if way.drop or way.egress is None:
            self.network.lost = lost_in(self, way, inner)
            return False
        if way.local or self.owns(way.packet.destination):
            if new:
                self.connections.note(inner, way.packet, self.scheduler.now)
            return True
        # From one tunnel into another: by the same interface only when that is allowed.
        if way.egress.nameif == (tunnel or outside) and not self.policy.hairpin:
            return self._lose("back", way.packet, way.egress.nameif)
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
        return egress is not None and self.inner(egress)

    def inner(self, interface: Interface) -> bool:
        nameif = interface.nameif
        return interface.security > 0 and nameif not in self.policy.map_on and self.policy.tunnel(nameif) is None

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None:
        """A standby unit is silent: nothing it does to its copies reaches a peer."""
        if self.standby:
            return
        if self._derived().source(destination) != source:
            # "Cisco ASA Series Syslog Messages", 110003: IKE is bound to its interface, and needs a route from there.
            where = f"NP Identity Ifc:{source}/500 to {self.nameif(source)}:{destination}/500"
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
