# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase 2 SAs of one device, whichever IKE version made them: their age, their idleness, their end.

IKE's own record; what the data path holds may differ. Negotiation is in `quick` (IKEv1) and `child` (IKEv2).
Sources: RFC 2409 §5.5, RFC 7296 §2.8 (make before break); Cisco ASA VPN CLI guide, "Changing IPsec SA Lifetimes";
command reference, `vpn-idle-timeout` and `vpn-session-timeout`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.clock import Timer
from lab.engine.ipsec import SaPair
from lab.engine.messages import Delete
from lab.engine.policy import Ace, MapEntry
from lab.engine.proxies import Ident

if TYPE_CHECKING:
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

COLLISION_SECONDS = 5.0
OVERLAP_SECONDS = 30.0  # make before break: how long the old SA outlives its replacement
REKEY_INITIATOR, REKEY_RESPONDER = 0.85, 0.95  # "Starting P2 rekey timer: 24480 seconds." = 85 % of 28800


@dataclass(eq=False)
class Child:
    """IKE's own record of a phase 2 SA pair; what the data path holds may differ."""

    peer: str
    spi_in: int
    spi_out: int
    ident: Ident
    entry: MapEntry
    ace: Ace
    pair: SaPair
    version: int = 1
    idle_seconds: int | None = None
    superseded: bool = False
    timers: list[Timer] = field(default_factory=list)


class Children:
    """All of one device. `rekey` and `start` are the negotiators' part."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        self._all: dict[int, Child] = {}
        self._by_peer: dict[str, dict[int, Child]] = {}
        self._connections = 0
        self._session_ends: dict[str, Timer] = {}

    @property
    def children(self) -> list[Child]:
        return list(self._all.values())

    def of(self, peer: str) -> list[Child]:
        return list(self._by_peer.get(peer, {}).values())

    def with_spi(self, spi_in: int) -> Child | None:
        return self._all.get(spi_in)

    def adopt(self, child: Child) -> None:
        self._all[child.spi_in] = child
        self._by_peer.setdefault(child.peer, {})[child.spi_in] = child

    def drop(self, child: Child) -> None:
        if self._all.get(child.spi_in) is child:
            del self._all[child.spi_in]
            peers = self._by_peer[child.peer]
            del peers[child.spi_in]
            if not peers:
                del self._by_peer[child.peer]

    def fresh_spi(self) -> int:
        """Ours, for inbound ESP: no two SAs of a device have the same."""
        while (spi := self._ike.host.random.randrange(0x10000000, 0x100000000)) in self._all:
            pass
        return spi

    def _holds(self, child: Child) -> bool:
        return self._all.get(child.spi_in) is child

    # -- coming up -----------------------------------------------------------------------------------------

    def add(self, sa: IkeSa, pair: SaPair, initiator: bool, version: int = 1) -> Child:
        """Install what was negotiated. An older pair of the same identities is superseded."""
        previous = [c for c in self.of(sa.peer) if c.ident == pair.ident and not c.superseded]
        if previous:
            pair.connection = previous[0].pair.connection
        else:
            self._connections += 1
            pair.connection = self._connections
        policy = sa.group.policy if sa.group else None
        child = Child(
            sa.peer, pair.spi_in, pair.spi_out, pair.ident, pair.entry, pair.ace, pair, version,
            policy.idle_seconds if policy else None,
        )  # fmt: skip
        self._ike.host.datapath.install(pair)
        self.adopt(child)
        for old in previous:
            if old.pair.initiator != initiator and pair.created - old.pair.created < COLLISION_SECONDS:
                # Both ends asked at once. They have to drop the same one, and its initiator does it; where RFC 7296
                # §2.8.1 compares nonces, the SPIs stand for these here.
                loser = min((old, child), key=lambda each: min(each.spi_in, each.spi_out))
                self._supersede(loser, loser.pair.initiator)
            else:
                self._supersede(old, initiator)
        self._watch(child, REKEY_INITIATOR if initiator else REKEY_RESPONDER)
        self._watch_session(sa)
        return child

    def _supersede(self, old: Child, initiator: bool) -> None:
        old.superseded = True
        for timer in old.timers[:1]:
            timer.cancel()
        if initiator:
            # Under IKEv2 who rekeyed deletes the old one at once, and the peer answers to that (RFC 7296 §2.8).
            wait = OVERLAP_SECONDS if old.version == 1 else 1.0
            self._ike.host.scheduler.after(wait, lambda: self.remove(old, "", tell=True))

    def _watch(self, child: Child, share: float) -> None:
        at, pair = self._ike.host.scheduler.at, child.pair
        child.timers = [
            at(pair.created + pair.seconds * share, lambda: self._rekey_when_used(child)),
            at(pair.expires, lambda: self.remove(child, "IPsec SA Max Time Exceeded", tell=True)),
        ]
        if child.idle_seconds is not None:
            child.timers.append(self._ike.host.scheduler.after(child.idle_seconds, lambda: self._look_idle(child)))

    def take_over(self) -> None:
        """As the unit of a failover pair that becomes active, with the copies that it has."""
        after = self._ike.host.scheduler.after
        self._connections = max((child.pair.connection for child in self._all.values()), default=0)
        for child in self.children:
            if child.superseded:
                after(OVERLAP_SECONDS, lambda old=child: self.remove(old, "", tell=True))  # type: ignore[misc]
            else:
                self._watch(child, REKEY_INITIATOR)

    # -- growing old ---------------------------------------------------------------------------------------

    def _rekey_when_used(self, child: Child) -> None:
        """A tunnel interface keeps its SA for ever; any other is replaced only if it carried something."""
        if (child.pair.carried_traffic or child.entry.tunnel) and not child.pair.exhausted:
            self.rekey(child)

    def volume_used(self, pair: SaPair, share: float) -> None:
        """The data path says that so much of the kilobyte lifetime is gone: a little, a new SA; all, the end."""
        child = self._all.get(pair.spi_in)
        if child is None or child.superseded:
            return
        if share >= 1:
            self.remove(child, "IPsec SA Max Data Exceeded", tell=True)
        else:
            self._ike.host.syslog.log(
                7, 702307,
                f"IPSEC: An outbound LAN-to-LAN SA (SPI= 0x{pair.spi_out:08X}) between {pair.local} and {pair.peer} "
                f"(user= {pair.peer}) is rekeying due to data rollover.",
            )  # fmt: skip
            self.rekey(child)

    def rekey(self, child: Child) -> None:
        """Negotiate a replacement, over a new IKE SA if the old one is gone."""
        if not self._holds(child) or child.superseded:
            return
        sa = self._ike.active(child.peer)
        if sa:
            self.start(sa, child.entry, child.ace, child.ident, child)
        else:
            self._ike.acquire(child.entry, child.ace, child.pair.local)

    def start(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None, replaces: Child | None = None
    ) -> None:
        raise NotImplementedError

    def _look_idle(self, child: Child) -> None:
        if not self._holds(child) or child.superseded or child.idle_seconds is None:
            return
        scheduler = self._ike.host.scheduler
        context = self._ike.host.datapath.contexts.get((child.peer, child.ident))
        used = max(context.used if context else 0.0, child.pair.created)
        if scheduler.now < used + child.idle_seconds:
            child.timers.append(scheduler.at(used + child.idle_seconds, lambda: self._look_idle(child)))
            return
        for old in [old for old in self.of(child.peer) if old.superseded and old.ident == child.ident]:
            self.remove(old, "", tell=True)
        others = [other for other in self.of(child.peer) if other is not child]
        if not others:
            # The last one takes the session with it, IKE SA and all.
            self._end_session(child.peer, "Idle Timeout", "IPsec SA Idle Timeout")
        else:
            self.remove(child, "IPsec SA Idle Timeout", tell=True)

    def _watch_session(self, sa: IkeSa) -> None:
        session = self._ike.sessions.get(sa.peer)
        limit = sa.group.policy.session_seconds if sa.group else None
        if session is None or limit is None:
            return
        known = self._session_ends.get(sa.peer)
        if known and known.action and known.when == session.started + limit:
            return
        if known:
            known.cancel()

        def over() -> None:
            if self._ike.sessions.get(sa.peer) is session:
                self._end_session(sa.peer, "Max time exceeded", "IPsec SA Max Time Exceeded")

        self._session_ends[sa.peer] = self._ike.host.scheduler.at(session.started + limit, over)

    def _end_session(self, peer: str, reason: str, of_child: str) -> None:
        for child in self.of(peer):
            self.remove(child, "" if child.superseded else of_child, tell=True, closing=False)
        sa = self._ike.active(peer)
        if sa:
            self._ike.teardown(sa, reason)
        self._ike.close_session(peer, reason)

    # -- ending --------------------------------------------------------------------------------------------

    def remove(self, child: Child, reason: str, tell: bool, closing: bool = True) -> None:
        """Drop IKE's record and ask the data path to delete; with `tell`, send a DELETE if an IKE SA exists."""
        if not self._holds(child):
            return
        self.drop(child)
        for timer in child.timers:
            timer.cancel()
        sa = self._ike.active(child.peer)
        if reason:
            group = f"Group = {child.peer}, IP = {child.peer}"
            proxies = (
                f"Remote Proxy {child.ident.remote.network_address}, Local Proxy {child.ident.local.network_address}"
            )
            text = f"{group}, Connection terminated for peer {child.peer}.  Reason: {reason}  {proxies}"
            self._ike.host.syslog.log(5, 713050, text)
        self._ike.host.datapath.delete(child.spi_in)
        if tell and sa:
            self._ike.send(sa, Delete(sa.cookies, (child.spi_in,)))
        if closing:
            self._ike.close_session(child.peer, reason)

    def remove_all(self, peer: str, reason: str, tell: IkeSa | None) -> None:
        children = self.of(peer)
        for child in children:
            self.remove(child, "" if child.superseded else reason, tell=False)
        if tell and children:
            self._ike.send(tell, Delete(tell.cookies, tuple(child.spi_in for child in children)))

    def deleted_by_peer(self, sa: IkeSa, spis: tuple[int, ...]) -> list[int]:
        """The peer names its inbound SPIs, our outbound ones; returns our inbound ones that went with them."""
        gone = [child for child in self.of(sa.peer) if child.spi_out in spis]
        for child in gone:
            self.remove(child, "" if child.superseded else "Peer Terminate", tell=False)
        return [child.spi_in for child in gone]

    def clear(self, pairs: list[SaPair]) -> None:
        """An administrator's `clear crypto ipsec sa`: gone here at once, and the peers are told if they can be."""
        for peer in sorted({pair.peer for pair in pairs}):
            idents = {pair.ident for pair in pairs if pair.peer == peer}
            records = [child for child in self.of(peer) if child.ident in idents]
            spis = {pair.spi_in for pair in pairs if pair.peer == peer} | {child.spi_in for child in records}
            for pair in [pair for pair in pairs if pair.peer == peer]:
                self._ike.host.datapath.destroy(pair)
            for child in records:
                self.remove(child, "" if child.superseded else "Administrator Reset", tell=False)
            sa = self._ike.active(peer)
            if sa:
                self._ike.send(sa, Delete(sa.cookies, tuple(sorted(spis))))
            self._ike.close_session(peer, "Administrator Reset")

    def lose_everything(self) -> None:
        for child in self._all.values():
            for timer in child.timers:
                timer.cancel()
        for timer in self._session_ends.values():
            timer.cancel()
        self._session_ends.clear()
        self._all.clear()
        self._by_peer.clear()
