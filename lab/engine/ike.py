# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE process of one device: who is asked and in which version, which SAs there are, and how they end.

How an SA is made is in `ike1` and `ike2`, phase 2 in `quick`, dead peer detection in `dpd`.
Sources: Cisco ASA VPN CLI guide; "Cisco ASA Series Syslog Messages", 752xxx (the tunnel manager of 8.4 and later, which
tries IKEv2 before IKEv1); RFC 2407 §4.6.3.3 and RFC 7296 §2.4 (INITIAL-CONTACT).
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
from lab.engine.ike_sa import Exchanges, IkeSa, Session
from lab.engine.ipsec import DataPath
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

    def send_ike(self, source: str, destination: str, message: IkeMessage) -> None: ...


class Ike:
    """The IKE process. It knows its own SAs (`sas`, `phase2.children`), never the data path's truth."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.sas: list[IkeSa] = []
        self.sessions: dict[str, Session] = {}
        self._next_index = 1
        self._peer_choice: dict[tuple[str, int], int] = {}
        self.v1 = Ikev1(self)
        self.v2 = Ikev2(self)
        self.phase2 = Phase2(self)
        self.dpd = Dpd(self)

    # -- starting ------------------------------------------------------------------------------------------

    def acquire(self, entry: MapEntry, ace: Ace, local: str, packet: Packet | None = None) -> None:
        """A packet needs an SA that does not exist: negotiate one, on top of a live IKE SA when there is one."""
        if not entry.peers or not entry.versions or entry.connection_type == "answer-only":
            return
        peer = entry.peers[self._peer_choice.get((entry.name, entry.sequence), 0) % len(entry.peers)]
        sa = self.active(peer)
        if sa and sa.version in entry.versions:
            self.phase2.start(sa, entry, ace)
            return
        pending = next((sa for sa in self.sas if sa.peer == peer and not sa.active), None)
        if pending:
            if (entry, ace) not in pending.queue:
                pending.queue.append((entry, ace))
            return
        self._attempt(peer, local, [(entry, ace)], entry.versions)

    def _attempt(
        self, peer: str, local: str, queue: list[tuple[MapEntry, Ace]], versions: tuple[int, ...], again: bool = False
    ) -> None:
        """Try the versions one after the other, the next one when the one before has failed."""
        entry, ace = queue[0]
        for number, version in enumerate(versions):
            if not self._prepared(peer, local, entry, version):
                continue
            after = " after a failed attempt" if again or number else ""
            ids = {(2, ""): (5, 752003), (1, ""): (5, 752004)}
            severity, message = ids.get((version, after), (4, 752013 if version == 2 else 752014))
            text = f"Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv{version}{after}."
            self._manager(severity, message, text, entry)
            if version == 2:
                sa = self.v2.initiate(peer, local, entry)
            else:
                proxies = (
                    f"local Proxy Address {ace.source.network_address}, remote Proxy Address "
                    f"{ace.destination.network_address},  Crypto map ({entry.name})"
                )
                sa = self.v1.initiate(peer, local, proxies, None, entry)
            sa.queue, sa.untried = queue, versions[number + 1 :]
            return
        text = (
            "Tunnel Manager failed to dispatch a KEY_ACQUIRE message. Probable mis-configuration of the crypto map or "
        )
        self._manager(3, 752006, f"{text}tunnel-group.", entry)

    def _prepared(self, peer: str, local: str, entry: MapEntry, version: int) -> bool:
        """Has this end what it takes to ask the peer in this version?"""
        policy = self.host.policy
        group = policy.group_for(peer)
        offers = policy.ikev2_policies if version == 2 else policy.ike_policies
        if group is None or not offers or not self._speaks_ike(local, version):
            return False
        return group.serves(version) or (bool(entry.trustpoint) and (version == 1 or group.remote_certificate))

    def _manager(self, severity: int, number: int, text: str, entry: MapEntry) -> None:
        """A message of the tunnel manager, which came with IKEv2 in 8.4."""
        if not self.host.legacy:
            tag = f"Map Tag = {entry.name}.  Map Sequence Number = {entry.sequence}."
            self.host.syslog.log(severity, number, f"{text}  {tag}")

    def failed(self, sa: IkeSa) -> None:
        """A negotiation came to nothing: try the version that is left, and the next peer for the next packet."""
        known = sa in self.sas
        self.forget(sa)
        if sa.rekey_of:
            sa.rekey_of.rekeying = False
        if not known or not sa.queue:
            return
        entry = sa.queue[0][0]
        if sa.role == "initiator":
            self._manager(4, 752012, f"IKEv{sa.version} was unsuccessful at setting up a tunnel.", entry)
            if sa.untried:
                self._attempt(sa.peer, sa.local, sa.queue, sa.untried, again=True)
                return
            text = "Tunnel Manager has failed to establish an L2L SA. "
            self._manager(3, 752015, f"{text} All configured IKE versions failed to establish the tunnel.", entry)
        for entry, _ in sa.queue:
            key = entry.name, entry.sequence
            self._peer_choice[key] = (self._peer_choice.get(key, 0) + 1) % len(entry.peers)

    # -- receiving -----------------------------------------------------------------------------------------

    def receive(self, source: str, local: str, message: IkeMessage) -> None:
        version = 2 if isinstance(message, Exchange | Delete2) else 1
        if not self._speaks_ike(local, version):
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
            self.sessions[sa.peer] = Session(self._next_index, sa.peer, now)
            self._next_index += 1
        self._watch_age(sa)
        if sa.version == 1:
            self._replace_older(sa)
        self.dpd.watch(sa)
        queue, sa.queue = sa.queue, []
        if sa.role == "initiator" and queue:
            self._manager(5, 752016, f"IKEv{sa.version} was successful at setting up a tunnel.", queue[0][0])
        for entry, ace in queue:
            if sa.version in entry.versions:
                self.phase2.start(sa, entry, ace)

    def _replace_older(self, sa: IkeSa) -> None:
        older = [other for other in self.sas if other is not sa and other.peer == sa.peer and other.version == 1]
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
        others = [other for other in self.sas if other is not sa and other.peer == sa.peer and other.active]
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
        self.close_session(sa.peer, reason)

    def peer_started_afresh(self, fresh: IkeSa) -> None:
        """INITIAL-CONTACT: the peer says that it has no other SA with us, so ours with it are void."""
        for sa in [other for other in self.sas if other is not fresh and other.peer == fresh.peer]:
            if sa.active or fresh.version == 1:
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
        self.v2.lose_everything()
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
        others = any(other is not sa and other.peer == sa.peer for other in self.sas)
        return others or bool(self.phase2.of(sa.peer))

    def _speaks_ike(self, local: str, version: int) -> bool:
        policy = self.host.policy
        return self.nameif(local) in (policy.ikev2_interfaces if version == 2 else policy.ike_interfaces)

    def nameif(self, local: str) -> str:
        return next((i.nameif for i in self.host.policy.interfaces if str(i.address.ip) == local), "?")
