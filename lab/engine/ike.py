# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 phase 1 of one device: main mode with pre-shared keys, its rekey, its end, and who has sessions.

Sources: RFC 2409 §5.4 (main mode), RFC 2407 §4.6.3.3 (INITIAL-CONTACT), Cisco ASA VPN CLI guide.
Phase 2 lives in `quick.py`, dead peer detection in `dpd.py`.
"""

from __future__ import annotations

import hashlib
import random
from typing import Protocol

from lab.clock import Scheduler, duration
from lab.engine.children import REKEY_INITIATOR, REKEY_RESPONDER
from lab.engine.dpd import Dpd
from lab.engine.ike_sa import IkeSa, Session
from lab.engine.ipsec import DataPath
from lab.engine.messages import (
    AreYouThere,
    ChildOffer,
    Cookies,
    Delete,
    IkeMessage,
    MainMode,
    Notify,
    Packet,
    QuickMode,
)
from lab.engine.phase2 import Phase2
from lab.engine.policy import Ace, IkePolicy, MapEntry, Policy
from lab.engine.quick import RETRANSMIT_SECONDS, RETRANSMITS
from lab.engine.syslog import Syslog


class Host(Protocol):
    """What IKE needs from the device it runs on."""

    name: str
    scheduler: Scheduler
    syslog: Syslog
    random: random.Random

    @property
    def datapath(self) -> DataPath: ...

    @property
    def legacy(self) -> bool: ...

    @property
    def policy(self) -> Policy: ...

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None: ...


class Ike:
    """The IKE process. It knows its own SAs (`sas`, `phase2.children`), never the data path's truth."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.sas: list[IkeSa] = []
        self.sessions: dict[str, Session] = {}
        self._next_index = 1
        self._peer_choice: dict[tuple[str, int], int] = {}
        self.phase2 = Phase2(self)
        self.dpd = Dpd(self)

    # -- starting ------------------------------------------------------------------------------------------

    def acquire(self, entry: MapEntry, ace: Ace, local: str, packet: Packet | None = None) -> None:
        """A packet needs an SA that does not exist: negotiate one, on top of a live IKE SA when there is one."""
        if not entry.peers or not entry.transforms or entry.connection_type == "answer-only":
            return
        peer = entry.peers[self._peer_choice.get((entry.name, entry.sequence), 0) % len(entry.peers)]
        sa = self.active(peer)
        if sa:
            self.phase2.start(sa, entry, ace)
            return
        pending = next((sa for sa in self.sas if sa.peer == peer), None)
        if pending:
            if (entry, ace) not in pending.queue:
                pending.queue.append((entry, ace))
            return
        if not self._speaks_ike(local) or self.host.policy.group_for(peer) is None:
            return
        proxies = (
            f"local Proxy Address {ace.source.network_address}, remote Proxy Address "
            f"{ace.destination.network_address},  Crypto map ({entry.name})"
        )
        self._initiate(peer, local, proxies, None).queue.append((entry, ace))

    def _initiate(self, peer: str, local: str, proxies: str, rekey_of: IkeSa | None) -> IkeSa:
        cookies = Cookies(self.host.random.getrandbits(64))
        sa = IkeSa(peer, local, "initiator", cookies, "MM_WAIT_MSG2", rekey_of=rekey_of)
        self.sas.append(sa)
        kind = "Rekeying" if rekey_of else "New"
        self.log(
            5,
            713041,
            sa,
            f"IKE Initiator: {kind} Phase 1, Intf {self.nameif(local)}, IKE Peer {peer}  {proxies}",
        )
        self._exchange(sa, MainMode(1, cookies, offers=self.host.policy.ike_policies))
        return sa

    def _exchange(self, sa: IkeSa, message: IkeMessage, left: int = RETRANSMITS) -> None:
        """Send, and send again until the next state is reached; then give the SA up."""
        if sa.resend:
            sa.resend.cancel()
        self.send(sa, message)

        def again() -> None:
            if sa not in self.sas:
                return
            if left:
                self._exchange(sa, message, left - 1)
            else:
                self._give_up(sa)

        sa.resend = self.host.scheduler.after(RETRANSMIT_SECONDS, again)

    def _give_up(self, sa: IkeSa) -> None:
        self.log(3, 713902, sa, "Removing peer from peer table failed, no match!")
        self.log(4, 713903, sa, "Error: Unable to remove PeerTblEntry")
        for entry, _ in sa.queue:
            key = entry.name, entry.sequence
            self._peer_choice[key] = (self._peer_choice.get(key, 0) + 1) % len(entry.peers)
        if sa.rekey_of:
            sa.rekey_of.rekeying = False
        self._forget(sa)

    # -- receiving -----------------------------------------------------------------------------------------

    def receive(self, source: str, local: str, message: IkeMessage) -> None:
        if not self._speaks_ike(local):
            return
        if isinstance(message, MainMode) and message.step == 1:
            self._answer_offer(source, local, message)
            return
        sa = self.find(message.cookies)
        if sa is None or sa.peer != source:
            self.host.syslog.log(5, 713904, f"IP = {source}, Received encrypted packet with no matching SA, dropping")
            return
        sa.heard = self.host.scheduler.now
        match message:
            case MainMode():
                self._main_mode(sa, message)
            case QuickMode() if sa.active:
                self.phase2.receive(sa, message)
            case Delete(spis=()):
                self.teardown(sa, "Peer Terminate", tell=False)
            case Delete():
                self.phase2.deleted_by_peer(sa, message.spis)
            case AreYouThere():
                self.dpd.receive(sa, message)
            case Notify():
                self._notified(sa, message)
            case _:
                pass

    def _answer_offer(self, source: str, local: str, message: MainMode) -> None:
        if any(sa.cookies.initiator == message.cookies.initiator for sa in self.sas):
            self.host.syslog.log(5, 713202, f"IP = {source}, Duplicate first packet detected. Ignoring packet.")
            return
        for own in self.host.policy.ike_policies:
            offer = next((offer for offer in message.offers if own.accepts(offer)), None)
            if offer:
                break
        else:
            self.host.syslog.log(4, 713903, f"IP = {source}, All SA proposals found unacceptable")
            return
        chosen = IkePolicy(**{**vars(own), "lifetime": min(own.lifetime, offer.lifetime)})
        cookies = Cookies(message.cookies.initiator, self.host.random.getrandbits(64))
        sa = IkeSa(source, local, "responder", cookies, "MM_WAIT_MSG3", policy=chosen)
        self.sas.append(sa)
        self._exchange(sa, MainMode(2, cookies, offers=(chosen,)))

    def _main_mode(self, sa: IkeSa, message: MainMode) -> None:
        expected = {
            "MM_WAIT_MSG2": 2,
            "MM_WAIT_MSG3": 3,
            "MM_WAIT_MSG4": 4,
            "MM_WAIT_MSG5": 5,
            "MM_WAIT_MSG6": 6,
        }
        if expected.get(sa.state) != message.step:
            return
        match message.step:
            case 2:
                sa.cookies, sa.policy = message.cookies, message.offers[0]
                sa.state = "MM_WAIT_MSG4"
                self._exchange(sa, MainMode(3, sa.cookies))
            case 3 | 4:
                sa.group = self.host.policy.group_for(sa.peer)
                if sa.group is None or not sa.group.key:
                    self.log(4, 713903, sa, "Can't find a valid tunnel group, aborting...!")
                    self._forget(sa)
                elif message.step == 3:
                    sa.state = "MM_WAIT_MSG5"
                    self._exchange(sa, MainMode(4, sa.cookies))
                else:
                    sa.state = "MM_WAIT_MSG6"
                    first = not self._knows(sa)
                    self._exchange(sa, MainMode(5, sa.cookies, (), self._proof(sa), self._dpd_on(sa), first))
            case 5 | 6:
                if message.proof != self._proof(sa):
                    # Without the right key the message cannot be decrypted: silence, and the peer times out.
                    self.log(
                        4, 713903, sa,
                        "Received encrypted Oakley Main Mode packet with invalid payloads, MessID = 0",
                    )  # fmt: skip
                    return
                sa.dpd = message.dpd and self._dpd_on(sa)
                if message.step == 5:
                    if message.initial_contact:
                        self._peer_started_afresh(sa)
                    self.send(sa, MainMode(6, sa.cookies, (), self._proof(sa), self._dpd_on(sa)))
                if self._dpd_on(sa) and not message.dpd:
                    text = "Keep-alives configured on but peer does not support keep-alives (type = None)"
                    self.log(3, 713122, sa, text)
                self._established(sa)

    def _established(self, sa: IkeSa) -> None:
        if sa.resend:
            sa.resend.cancel()
        now = self.host.scheduler.now
        sa.state, sa.established, sa.heard = "MM_ACTIVE", now, now
        self.log(5, 713119, sa, "PHASE 1 COMPLETED")
        self.log(7, 713121, sa, f"Keep-alive type for this connection: {'DPD' if sa.dpd else 'None'}")
        if sa.peer not in self.sessions:
            self.sessions[sa.peer] = Session(self._next_index, sa.peer, now)
            self._next_index += 1
        self._watch_age(sa)
        for older in [other for other in self.sas if other is not sa and other.peer == sa.peer and other.rekeying]:
            older.rekeying = False
            if sa.role == "initiator":
                self.send(older, Delete(older.cookies))
                self._forget(older)
        if sa.rekey_of is None and sa.role == "responder":
            for older in [other for other in self.sas if other is not sa and other.peer == sa.peer and other.active]:
                older.rekeying = True
        self.dpd.watch(sa)
        queue, sa.queue = sa.queue, []
        for entry, ace in queue:
            self.phase2.start(sa, entry, ace)

    def _watch_age(self, sa: IkeSa) -> None:
        share = REKEY_INITIATOR if sa.role == "initiator" else REKEY_RESPONDER
        at = self.host.scheduler.at
        sa.timers = [
            at(sa.established + sa.lifetime * share, lambda: self._rekey(sa)),
            at(sa.established + sa.lifetime, lambda: self._expire(sa)),
        ]

    def take_over(self) -> None:
        """As the unit of a failover pair that becomes active: bring to life what was copied to it."""
        for sa in self.sas:
            sa.heard = self.host.scheduler.now
            self._watch_age(sa)
            self.dpd.watch(sa)
        self._next_index = 1 + max((session.index for session in self.sessions.values()), default=0)
        self.phase2.take_over()

    def _rekey(self, sa: IkeSa) -> None:
        if sa in self.sas and not sa.rekeying:
            sa.rekeying = True
            proxies = "local Proxy Address N/A, remote Proxy Address N/A,  Crypto map (N/A)"
            self._initiate(sa.peer, sa.local, proxies, sa)

    def _expire(self, sa: IkeSa) -> None:
        """The IKE SA dies of age; its children live on by themselves (IKEv1), beyond the reach of DPD."""
        if sa in self.sas:
            self._forget(sa)

    # -- ending --------------------------------------------------------------------------------------------

    def teardown(self, sa: IkeSa, reason: str, tell: bool = True) -> None:
        """End an IKE SA, and its children unless another IKE SA with that peer carries on."""
        if sa not in self.sas:
            return
        others = [other for other in self.sas if other is not sa and other.peer == sa.peer and other.active]
        if not others and sa.active:
            self.log(5, 713259, sa, f"Session is being torn down. Reason: {reason}")
            self.phase2.remove_all(sa.peer, reason, sa if tell else None)
        if tell:
            self.send(sa, Delete(sa.cookies))
        self._forget(sa)
        self.close_session(sa.peer, reason)

    def _peer_started_afresh(self, fresh: IkeSa) -> None:
        """INITIAL-CONTACT: the peer says that it has no other SA with us, so ours with it are void."""
        for sa in [other for other in self.sas if other is not fresh and other.peer == fresh.peer]:
            self._forget(sa)
        self.phase2.remove_all(fresh.peer, "Peer Terminate", None)

    def _forget(self, sa: IkeSa) -> None:
        for timer in (*sa.timers, sa.resend):
            if timer:
                timer.cancel()
        if sa in self.sas:
            self.sas.remove(sa)
        self.dpd.forget(sa)

    def close_session(self, peer: str, reason: str) -> None:
        """Log the session's end once neither IKE nor phase 2 knows the peer any more."""
        if any(sa.peer == peer and sa.active for sa in self.sas) or self.phase2.of(peer):
            return
        session = self.sessions.pop(peer, None)
        if session:
            kind = "IPSecLAN2LAN" if self.host.legacy else "LAN-to-LAN"
            self.host.syslog.log(
                4, 113019,
                f"Group = {peer}, Username = {peer}, IP = {peer}, Session disconnected. Session Type: {kind}, "
                f"Duration: {duration(self.host.scheduler.now - session.started)}, Bytes xmt: 0, Bytes rcv: 0, "
                f"Reason: {reason}",
            )  # fmt: skip

    def lose_everything(self) -> None:
        """Power cut: nothing is said to anybody."""
        for sa in list(self.sas):
            self._forget(sa)
        self.phase2.lose_everything()
        self.sessions.clear()

    def _notified(self, sa: IkeSa, message: Notify) -> None:
        if message.kind == "INVALID_SPI":
            self.log(7, 713117, sa, f"Received Invalid SPI notify (SPI 0x{message.spi:08x} )!")
        else:
            self.phase2.refused(sa, message)

    # -- helpers -------------------------------------------------------------------------------------------

    def send(self, sa: IkeSa, message: IkeMessage) -> None:
        self.host.send_ike(sa.local, sa.peer, message)

    def complain_of_spi(self, peer: str, spi: int) -> None:
        """INVALID-SPI goes out inside an existing IKE SA only; an ASA has no invalid-spi-recovery."""
        sa = self.active(peer)
        if sa:
            self.send(sa, Notify(sa.cookies, "INVALID_SPI", spi=spi))

    def heard_from(self, peer: str) -> None:
        for sa in self.sas:
            if sa.peer == peer:
                sa.heard = self.host.scheduler.now

    def active(self, peer: str) -> IkeSa | None:
        """The IKE SA to use with a peer: the youngest active one."""
        return next((sa for sa in reversed(self.sas) if sa.peer == peer and sa.active), None)

    def find(self, cookies: Cookies) -> IkeSa | None:
        """By both cookies; an initiator that waits for message 2 knows only its own yet."""
        for sa in self.sas:
            if sa.cookies == cookies:
                return sa
            if sa.state == "MM_WAIT_MSG2" and sa.cookies.initiator == cookies.initiator:
                return sa
        return None

    def log(self, severity: int, number: int, sa: IkeSa, text: str) -> None:
        group = f"Group = {sa.group.name}, " if sa.group and sa.state in ("MM_ACTIVE", "MM_WAIT_MSG6") else ""
        self.host.syslog.log(severity, number, f"{group}IP = {sa.peer}, {text}")

    def _knows(self, sa: IkeSa) -> bool:
        others = any(other is not sa and other.peer == sa.peer for other in self.sas)
        return others or bool(self.phase2.of(sa.peer))

    def _proof(self, sa: IkeSa) -> str:
        key = sa.group.key if sa.group and sa.group.key else ""
        text = f"{key}/{sa.cookies.initiator:016x}/{sa.cookies.responder:016x}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _dpd_on(self, sa: IkeSa) -> bool:
        return sa.group is not None and sa.group.keepalive.enabled

    def _speaks_ike(self, local: str) -> bool:
        return self.nameif(local) in self.host.policy.ike_interfaces

    def create_child(self, sa: IkeSa, offer: ChildOffer) -> None:
        """IKEv2 only: send CREATE_CHILD_SA; its answer goes to `phase2.exchanges`."""

    def nameif(self, local: str) -> str:
        return next((i.nameif for i in self.host.policy.interfaces if str(i.address.ip) == local), "?")
