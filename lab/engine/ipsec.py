# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path: the SA database that packets really use. IKE only asks it to install and delete.

Kept apart from IKE's own records because on a real ASA these are two things that can disagree, and this
project exists because they do (the deletion retry of `lab.engine.faults`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.clock import Scheduler, Timer
from lab.engine.messages import Esp, Packet
from lab.engine.policy import UNLIMITED, Ace, MapEntry, Transform
from lab.engine.proxies import Ident
from lab.engine.syslog import Syslog

DELETION_RETRY_SECONDS = 15.0
MOST_FOUND = 5000


@dataclass
class SaPair:
    """An inbound and an outbound ESP SA that were negotiated together."""

    spi_in: int
    spi_out: int
    ident: Ident
    local: str
    peer: str
    entry: MapEntry
    ace: Ace
    transform: Transform
    pfs: str | None
    created: float
    seconds: int
    kilobytes: int
    connection: int = 0
    version: int = 1
    initiator: bool = False
    nat_t: bool = False  # ESP within UDP
    filter: str = ""  # the access list that the session's group-policy names
    asked_for_volume: bool = False
    bytes_in: int = 0
    bytes_out: int = 0
    packets_in: int = 0
    packets_out: int = 0
    refuses_delete: bool = False
    refuses_clear: bool = False
    exhausted: bool = False
    retry: Timer | None = None

    @property
    def expires(self) -> float:
        return self.created + self.seconds

    @property
    def carried_traffic(self) -> bool:
        return bool(self.packets_in or self.packets_out)


@dataclass
class Counters:
    encaps: int = 0
    decaps: int = 0
    send_errors: int = 0
    recv_errors: int = 0


@dataclass
class Context:
    """What the data path holds for one peer and one pair of proxy identities; the newest SA pair comes first."""

    peer: str
    pairs: list[SaPair] = field(default_factory=list)
    waiting: list[SaPair] = field(default_factory=list)
    used: float = 0.0  # when the last packet passed, either way
    counters: Counters = field(default_factory=Counters)

    @property
    def tunnel(self) -> str:
        """The tunnel interface that it belongs to, if any."""
        return self.pairs[0].entry.tunnel if self.pairs else ""


@dataclass
class Statistics:
    """Since boot, for `show crypto ipsec stats`."""

    bytes_in: int = 0
    packets_in: int = 0
    dropped_in: int = 0
    bytes_out: int = 0
    packets_out: int = 0
    dropped_out: int = 0
    missing_sa: int = 0
    tunnels_before: int = 0


class DataPath:
    """Encapsulates, decapsulates, and drops what it has no SA for (RFC 4301 section 5)."""

    def __init__(
        self, scheduler: Scheduler, syslog: Syslog, on_bad_spi: Callable[[str, int], None],
        on_volume: Callable[[SaPair, float], None],
    ) -> None:  # fmt: skip
        self._scheduler = scheduler
        self._syslog = syslog
        self._on_bad_spi = on_bad_spi
        self._on_volume = on_volume
        self.contexts: dict[tuple[str, Ident], Context] = {}
        self._by_peer: dict[str, dict[Ident, Context]] = {}
        self._found: dict[tuple[tuple[str, int], IPv4Address, IPv4Address], Context] = {}
        self.changes = 0  # how often a context came or went, for those who derive routes from them
        self._inbound: dict[int, SaPair] = {}
        self._homes: dict[int, Context] = {}
        self._quiet_until = 0.0
        # Contexts whose entry in the accelerated path is stale, and whether a clear leaves it so.
        self.dead: dict[tuple[str, Ident], bool] = {}
        self.stats = Statistics()

    # -- what IKE asks for ---------------------------------------------------------------------------------

    def install(self, pair: SaPair) -> None:
        """Use `pair` from now on; older pairs of the same identities stay valid inbound until deleted."""
        self.changes += (pair.peer, pair.ident) not in self.contexts
        context = self.contexts.setdefault((pair.peer, pair.ident), Context(pair.peer, used=self._scheduler.now))
        self._by_peer.setdefault(pair.peer, {})[pair.ident] = context
        stuck = next((old for old in context.pairs if old.refuses_delete), None)
        if stuck:
            # The slot cannot be switched while its SA awaits deletion: the new pair never reaches the hardware.
            context.waiting.append(pair)
            self.delete(stuck.spi_in)
            return
        context.pairs.insert(0, pair)
        self._inbound[pair.spi_in] = pair
        self._homes[pair.spi_in] = context
        for direction, spi in (("outbound", pair.spi_out), ("inbound", pair.spi_in)):
            self._log_sa(direction, spi, pair, "created")

    def delete(self, spi_in: int) -> bool:
        """Delete a pair on IKE's behalf. False when the data path refuses, which it then retries for ever."""
        pair = self._inbound.get(spi_in)
        if pair is None:
            for context in self.contexts.values():
                context.waiting = [each for each in context.waiting if each.spi_in != spi_in]
            return True
        if pair.refuses_delete:
            self._retry(pair)
            return False
        self._destroy(pair)
        return True

    def _retry(self, pair: SaPair) -> None:
        if self._inbound.get(pair.spi_in) is not pair:
            return
        text = f"IPSEC WARNING: inbound SA deletion retry, SPI: 0x{pair.spi_in:08X}, user: , peer:"
        self._syslog.debug(text)
        if pair.retry:
            pair.retry.cancel()
        pair.retry = self._scheduler.after(DELETION_RETRY_SECONDS, lambda: self._retry(pair))

    # -- what an operator asks for -------------------------------------------------------------------------

    def destroy(self, pair: SaPair) -> None:
        """An administrator's clear frees the whole context, so a pair that refuses IKE's delete goes with it.

        In the bad form of that fault it stays all the same, and is retried until the unit reloads.
        """
        if pair.refuses_clear:
            self._retry(pair)
        else:
            self._destroy(pair)

    def _destroy(self, pair: SaPair) -> None:
        self._inbound.pop(pair.spi_in, None)
        self._homes.pop(pair.spi_in, None)
        key = pair.peer, pair.ident
        context = self.contexts.get(key)
        if context is None:
            return
        context.pairs = [kept for kept in context.pairs if kept is not pair]
        if not context.pairs:
            del self.contexts[key]
            self.changes += 1
            del self._by_peer[pair.peer][pair.ident]
            if not self.dead.get(key, True):
                del self.dead[key]
            self.stats.tunnels_before += 1
        for direction, spi in (("outbound", pair.spi_out), ("inbound", pair.spi_in)):
            self._log_sa(direction, spi, pair, "deleted")

    def lose_everything(self) -> None:
        self.contexts.clear()
        self.changes += 1
        self._found.clear()
        self._by_peer.clear()
        self._inbound.clear()
        self._homes.clear()
        self.dead.clear()
        self.stats = Statistics()

    # -- packets -------------------------------------------------------------------------------------------

    def pairs(self) -> Iterator[SaPair]:
        for context in self.contexts.values():
            yield from context.pairs

    def context_for(self, peers: tuple[str, ...], packet: Packet, tunnel: str = "") -> Context | None:
        """The context that protects `packet`, which a map entry with these peers, or a tunnel interface, is for."""
        for peer in peers:
            for ident, context in self._by_peer.get(peer, {}).items():
                if ident.carries(packet) and context.tunnel == tunnel:
                    return context
        return None

    def dynamic_context(self, place: tuple[str, int], packet: Packet) -> Context | None:
        """The context that a peer made through this place of a dynamic map, if the packet belongs to it."""
        known = self._found.get((place, packet.source, packet.destination))
        if known and known.pairs and known.pairs[0].ident.carries(packet):
            return known
        for context in self.contexts.values():
            if context.pairs and context.pairs[0].entry.dynamic_in == place and context.pairs[0].ident.carries(packet):
                if len(self._found) >= MOST_FOUND:
                    self._found.clear()
                self._found[place, packet.source, packet.destination] = context
                return context
        return None

    def with_peer(self, peer: str) -> list[Context]:
        return list(self._by_peer.get(peer, {}).values())

    def outbound(self, context: Context) -> SaPair | None:
        """The pair that encrypts; None when there are SAs and yet nothing leaves through them."""
        pair = context.pairs[0]
        return None if pair.exhausted or (self.dead and (pair.peer, pair.ident) in self.dead) else pair

    def inbound(self, spi: int, source: str) -> SaPair | None:
        """The pair that decrypts what `source` sends with this SPI."""
        pair = self._inbound.get(spi)
        return pair if pair and pair.peer == source else None

    def encapsulate(self, context: Context, packet: Packet) -> Esp | None:
        pair = self.outbound(context)
        if pair is None:
            return None
        pair.packets_out += 1
        pair.bytes_out += packet.size
        context.counters.encaps += 1
        context.used = self._scheduler.now
        self.stats.packets_out += 1
        self.stats.bytes_out += packet.size
        self._count_volume(pair, pair.bytes_out)
        return Esp(pair.local, pair.peer, pair.spi_out, pair.packets_out, packet, pair.nat_t)

    def _count_volume(self, pair: SaPair, used: int) -> None:
        """The kilobyte lifetime is one per direction; the soft limits lie where those of the time do."""
        if pair.kilobytes >= UNLIMITED or not pair.kilobytes:
            return
        share = used / (pair.kilobytes * 1024)
        if share >= 1 or (share >= (0.85 if pair.initiator else 0.95) and not pair.asked_for_volume):
            pair.asked_for_volume = True
            # After this packet is through: what comes of it may delete the pair.
            self._scheduler.after(0, lambda: self._on_volume(pair, share))

    def decapsulate(self, esp: Esp) -> Packet | None:
        pair = self.inbound(esp.spi, esp.source)
        if pair is None:
            self.stats.dropped_in += 1
            self.stats.missing_sa += 1
            if self._may_complain():
                self._syslog.log(
                    4, 402114,
                    f"IPSEC: Received an ESP packet (SPI= 0x{esp.spi:08X}, sequence number= 0x{esp.sequence:X}) "
                    f"from {esp.source} to {esp.destination} with an invalid SPI.",
                )  # fmt: skip
                self._on_bad_spi(esp.source, esp.spi)
            return None
        context = self._homes[pair.spi_in]
        inner = esp.inner
        pair.packets_in += 1
        pair.bytes_in += inner.size
        context.counters.decaps += 1
        context.used = self._scheduler.now
        self.stats.packets_in += 1
        self.stats.bytes_in += inner.size
        self._count_volume(pair, pair.bytes_in)
        if not pair.ident.carries(inner, outbound=False):
            context.counters.recv_errors += 1
            if self._may_complain():
                self._syslog.log(4, 402116, _wrong_inner(esp, pair))
            return None
        return inner

    def _may_complain(self) -> bool:
        """402114 to 402116 are limited to one message in five seconds."""
        if self._scheduler.now < self._quiet_until:
            return False
        self._quiet_until = self._scheduler.now + 5
        return True

    def _log_sa(self, direction: str, spi: int, pair: SaPair, what: str) -> None:
        self._syslog.log(
            6, 602303 if what == "created" else 602304,
            f"IPSEC: An {direction} LAN-to-LAN SA (SPI= 0x{spi:08X}) between {pair.local} and {pair.peer} "
            f"(user= {pair.peer}) has been {what}.",
        )  # fmt: skip


def _wrong_inner(esp: Esp, pair: SaPair) -> str:
    local, remote = pair.ident.local, pair.ident.remote
    return (
        f"IPSEC: Received an ESP packet (SPI= 0x{esp.spi:08X}, sequence number= 0x{esp.sequence:X}) from "
        f"{esp.source} (user= {esp.source}) to {esp.destination}.  The decapsulated inner packet doesn't match the "
        f"negotiated policy in the SA.  The packet specifies its destination as {esp.inner.destination}, its source "
        f"as {esp.inner.source}, and its protocol as {esp.inner.protocol}.  The SA specifies its local proxy as "
        f"{local.network_address}/{local.netmask}/ip/0 and its remote_proxy as "
        f"{remote.network_address}/{remote.netmask}/ip/0."
    )
