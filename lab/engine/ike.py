# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE process of one device: which SAs there are, how they are replaced, and how they end.

Who is asked, and in which version, is in `manager`; how an SA is made in `ike1` and `ike2`; phase 2 in `quick`.
Sources: Cisco ASA VPN CLI guide; RFC 2407 §4.6.3.3 and RFC 7296 §2.4 (INITIAL-CONTACT).
"""

from __future__ import annotations

import random
from datetime import datetime
from typing import Protocol

from lab.clock import Scheduler, duration
from lab.engine.children import REKEY_INITIATOR, REKEY_RESPONDER
from lab.engine.dpd import Dpd
from lab.engine.ike1 import Ikev1
from lab.engine.ike2 import Ikev2
from lab.engine.ike_sa import Exchanges, IkeSa, IkeSas, Session
from lab.engine.ipsec import DataPath
from lab.engine.manager import TunnelManager
from lab.engine.messages import (
    AreYouThere,
    Cookies,
    Delete,
    Delete2,
    Exchange,
    IkeMessage,
    MainMode,
    NatProbe,
    Notify,
    Packet,
    QuickMode,
)
from lab.engine.phase2 import Phase2
from lab.engine.policy import UNLIMITED, Ace, MapEntry, Policy
from lab.engine.syslog import Syslog

# Why a session ends, in the words of message 750007 (from practice).
_DOWN = {"Lost Service": "peer lost", "Peer Terminate": "peer request", "Administrator Reset": "application initiated"}


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
    def version(self) -> tuple[int, int]: ...

    @property
    def policy(self) -> Policy: ...

    @property
    def now(self) -> datetime: ...

    @property
    def fqdn(self) -> str: ...

    def nameif(self, address: str) -> str: ...

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None: ...


class Ike:
    """The IKE process. It knows its own SAs (`sas`, `phase2.children`), never the data path's truth."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.sas = IkeSas()
        self.sessions: dict[str, Session] = {}
        self._next_index = 1
        self.v1 = Ikev1(self)
        self.v2 = Ikev2(self)
        self.phase2 = Phase2(self)
        self.manager = TunnelManager(self)
        self.dpd = Dpd(self)

    def acquire(self, entry: MapEntry, ace: Ace, local: str, packet: Packet | None = None) -> None:
        """A packet needs an SA that does not exist: negotiate one, on top of a live IKE SA when there is one."""
        self.manager.acquire(entry, ace, local)

    def failed(self, sa: IkeSa) -> None:
        """A negotiation came to nothing; something else may be tried instead."""
        known = sa in self.sas
        self.forget(sa)
        if sa.rekey_of:
            sa.rekey_of.rekeying = False
        if known and sa.queue:
            self.manager.failed(sa)

    # -- receiving -----------------------------------------------------------------------------------------

    def receive(self, source: str, local: str, message: IkeMessage) -> None:
        version = 2 if isinstance(message, Exchange | Delete2) else 1
        if not self.speaks_ike(local, version):
            return
        if isinstance(message, Exchange | Delete2):
            self.v2.receive(source, local, message)
            return
        if isinstance(message, MainMode) and message.step == 1:
            self.v1.asked(source, local, message)
            return
        sa = self.find(message.cookies)
        if sa is None or sa.peer != source or sa.version != 1:
            self.host.syslog.log(5, 713904, f"IP = {source}, Received encrypted packet with no matching SA, dropping")
            return
        if isinstance(message, Notify) and not sa.active:
            # Not encrypted yet, so not believed: the initiator goes on waiting.
            self.log(5, 713904, sa, f"Received an un-encrypted {message.kind} notify message, dropping")
            self.log(4, 713903, sa, "Information Exchange processing failed")
            return
        sa.heard = self.host.scheduler.now
        match message:
            case MainMode():
                self.v1.receive(sa, message)
            case QuickMode() if sa.active:
                self.phase2.receive(sa, message)
            case Delete(spis=()) if sa.active:
                self.teardown(sa, message.reason or "Peer Terminate", tell=False)
            case Delete(spis=()):
                self.failed(sa)
            case Delete():
                self.phase2.deleted_by_peer(sa, message.spis)
            case AreYouThere():
                self.dpd.receive(sa, message)
            case Notify():
                self._notified(sa, message)
            case _:
                pass

    def established(self, sa: IkeSa, state: str) -> None:
        """Both ends are known to each other: from now on it is used, watched and replaced in time."""
        if sa.resend:
            sa.resend.cancel()
        now = self.host.scheduler.now
        sa.state, sa.established, sa.heard = state, now, now
        if sa.version == 1:
            self.log(5, 713119, sa, "PHASE 1 COMPLETED")
            self.log(7, 713121, sa, f"Keep-alive type for this connection: {'DPD' if sa.dpd else 'None'}")
        if sa.peer not in self.sessions:
            self.sessions[sa.peer] = Session(self._next_index, sa.peer, now, sa.group.name if sa.group else sa.peer)
            self._next_index += 1
        self._watch_age(sa)
        if sa.version == 1:
            self._replace_older(sa)
        sa.rekey_of = None  # else each SA would hold on to all that were before it
        self.dpd.watch(sa)
        queue, sa.queue = sa.queue, []
        if sa.role == "initiator" and queue:
            self.manager.succeeded(sa, queue[0][0])
        for entry, ace in queue:
            if sa.version in entry.versions:
                self.phase2.start(sa, entry, ace)

    def _replace_older(self, sa: IkeSa) -> None:
        older = [other for other in self.sas.of(sa.peer) if other is not sa and other.version == 1]
        for each in [other for other in older if other.rekeying]:
            each.rekeying = False
            if sa.role == "initiator":
                self.send(each, Delete(each.cookies))
                self.forget(each)
        if sa.rekey_of is None and sa.role == "responder":
            for each in [other for other in older if other.active and other in self.sas]:
                each.rekeying = True

    def _watch_age(self, sa: IkeSa) -> None:
        if sa.lifetime >= UNLIMITED:
            return
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
            # Far beyond what the other unit can have used, so that no request looks like one that was seen.
            sa.exchanges = Exchanges(self.host.random.getrandbits(31))
            self._watch_age(sa)
            self.dpd.watch(sa)
        self._next_index = 1 + max((session.index for session in self.sessions.values()), default=0)
        self.phase2.take_over()

    def _rekey(self, sa: IkeSa) -> None:
        if sa not in self.sas or sa.rekeying:
            return
        sa.rekeying = True
        if sa.version == 2:
            self.v2.rekey(sa)
        else:
            proxies = "local Proxy Address N/A, remote Proxy Address N/A,  Crypto map (N/A)"
            self.v1.initiate(sa.peer, sa.local, proxies, sa)

    def _expire(self, sa: IkeSa) -> None:
        """An IKEv1 SA dies alone, and its children live on beyond the reach of DPD; IKEv2's takes them along."""
        if sa not in self.sas:
            return
        if sa.version == 2:
            self.teardown(sa, "IKE SA lifetime exceeded")
        else:
            self.forget(sa)

    # -- ending --------------------------------------------------------------------------------------------

    def teardown(self, sa: IkeSa, reason: str, tell: bool = True) -> None:
        """End an IKE SA, and its children unless another IKE SA with that peer carries on."""
        if sa not in self.sas:
            return
        others = [other for other in self.sas.of(sa.peer) if other is not sa and other.active]
        said = reason if self.host.policy.settings.disconnect_notify else ""
        if not others and sa.active:
            if sa.version == 2:
                self.v2.log(5, 750007, sa, f"IKEv2 SA DOWN. Reason: {_DOWN.get(reason, 'local failure')}")
            else:
                self.log(5, 713259, sa, f"Session is being torn down. Reason: {reason}")
            self.phase2.remove_all(sa.peer, reason, sa if tell and sa.version == 1 else None)
        if tell:
            self.send(sa, Delete(sa.cookies, reason=said))
        self.forget(sa)
        self.phase2.abandon(sa)
        self.close_session(sa.peer, reason)

    def peer_started_afresh(self, fresh: IkeSa) -> None:
        """INITIAL-CONTACT: the peer says that it has no other SA with us, so ours with it are void.

        Two main modes that meet become one; an attempt in the other version of IKE goes on.
        """
        for sa in [other for other in self.sas.of(fresh.peer) if other is not fresh]:
            if sa.active or sa.version == fresh.version == 1:
                self.forget(sa)
        self.phase2.remove_all(fresh.peer, "Peer Terminate", None)

    def forget(self, sa: IkeSa) -> None:
        for timer in (*sa.timers, sa.resend, *(pending.timer for pending in sa.exchanges.pending.values())):
            if timer:
                timer.cancel()
        if sa in self.sas:
            self.sas.remove(sa)
        if sa.version == 2:
            self.phase2.abandon(sa)
        self.dpd.forget(sa)

    def close_session(self, peer: str, reason: str) -> None:
        """Log the session's end once neither IKE nor phase 2 knows the peer any more."""
        if any(sa.active for sa in self.sas.of(peer)) or self.phase2.of(peer):
            return
        session = self.sessions.pop(peer, None)
        if session:
            kind = "IPSecLAN2LAN" if self.host.legacy else "LAN-to-LAN"
            self.host.syslog.log(
                4, 113019,
                f"Group = {session.group}, Username = {session.group}, IP = {peer}, "
                f"Session disconnected. Session Type: {kind}, "
                f"Duration: {duration(self.host.scheduler.now - session.started)}, Bytes xmt: 0, Bytes rcv: 0, "
                f"Reason: {reason}",
            )  # fmt: skip

    def shut_down(self) -> None:
        """An orderly reload: with `disconnect-notify` the peers are told, without it nothing is said to anybody."""
        if self.host.policy.settings.disconnect_notify:
            for sa in [sa for sa in self.sas if sa.active]:
                self.send(sa, Delete(sa.cookies, reason="Administrator Reboot"))
        self.lose_everything()

    def lose_everything(self) -> None:
        """Power cut: nothing is said to anybody."""
        for sa in list(self.sas):
            self.forget(sa)
        self.v2.window.lose_everything()
        self.phase2.lose_everything()
        self.sessions.clear()

    def _notified(self, sa: IkeSa, message: Notify) -> None:
        if message.kind == "INVALID_SPI":
            self.log(7, 713117, sa, f"Received Invalid SPI notify (SPI 0x{message.spi:08x} )!")
        else:
            self.phase2.refused(sa, message)

    # -- helpers -------------------------------------------------------------------------------------------

    def send(self, sa: IkeSa, message: IkeMessage) -> None:
        """IKEv2 says in its own way what phase 2 and DPD say in IKEv1's words."""
        if sa.version == 2 and isinstance(message, Delete | Notify):
            self.v2.send(sa, message)
        else:
            self.host.send_ike(sa.local, sa.peer, message)

    def complain_of_spi(self, peer: str, spi: int) -> None:
        """INVALID-SPI goes out inside an existing IKE SA only; an ASA has no invalid-spi-recovery."""
        sa = self.active(peer)
        if sa:
            self.send(sa, Notify(sa.cookies, "INVALID_SPI", spi=spi))

    def heard_from(self, peer: str) -> None:
        for sa in self.sas.of(peer):
            sa.heard = self.host.scheduler.now

    def active(self, peer: str) -> IkeSa | None:
        """The IKE SA to use with a peer: the youngest active one."""
        return next((sa for sa in reversed(self.sas.of(peer)) if sa.active), None)

    def find(self, cookies: Cookies) -> IkeSa | None:
        """By both cookies; an initiator that waits for message 2 knows only its own yet."""
        for sa in self.sas.named(cookies):
            if sa.cookies == cookies:
                return sa
            if sa.cookies.responder == 0 and sa.cookies.initiator == cookies.initiator:
                return sa
        return None

    def nat_between(self, sa: IkeSa, probe: NatProbe | None) -> tuple[bool, bool]:
        """Is there a NAT on the way, and can both ends traverse it? Without the peer's probe nobody can know."""
        if probe is None or self.host.policy.settings.nat_traversal is None:
            return False, False
        behind = (probe.source, probe.destination) != (sa.peer, sa.local)
        return behind, behind

    def log(self, severity: int, number: int, sa: IkeSa, text: str) -> None:
        if sa.version == 2:
            self.v2.log(severity, number, sa, text)
            return
        group = f"Group = {sa.group.name}, " if sa.group and (sa.active or sa.state == "MM_WAIT_MSG6") else ""
        self.host.syslog.log(severity, number, f"{group}IP = {sa.peer}, {text}")

    def knows(self, sa: IkeSa) -> bool:
        """Is there anything else with that peer?"""
        others = any(other is not sa for other in self.sas.of(sa.peer))
        return others or bool(self.phase2.of(sa.peer))

    def speaks_ike(self, local: str, version: int) -> bool:
        policy = self.host.policy
        return self.host.nameif(local) in (policy.ikev2_interfaces if version == 2 else policy.ike_interfaces)
