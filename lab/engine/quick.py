# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 phase 2 of one device: quick mode, rekey before expiry, DELETE (RFC 2409 §5.5; Cisco ASA VPN CLI guide).

The rules of agreement are the ASA's own: the proposal's proxy identities must lie within a line of the responder's
crypto ACL; a responder without PFS takes any offer, one with PFS insists on its group; the shorter lifetime wins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.clock import Timer
from lab.engine.ike1 import RETRANSMIT_SECONDS, RETRANSMITS
from lab.engine.ipsec import SaPair
from lab.engine.messages import ChildAnswer, ChildOffer, Delete, Ident, Notify, QuickMode
from lab.engine.policy import Ace, MapEntry, Proposal, Transform

if TYPE_CHECKING:
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

EMBRYONIC_SECONDS = 30.0  # how long a responder waits for the third message
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
    superseded: bool = False
    timers: list[Timer] = field(default_factory=list)


@dataclass(eq=False)
class Negotiation:
    """A quick mode under way."""

    sa: IkeSa
    message_id: int
    entry: MapEntry
    ace: Ace
    ident: Ident
    spi: int
    offer: QuickMode | None = None
    chosen: QuickMode | None = None
    resend: Timer | None = None


class QuickModes:
    """All phase 2 SAs of one device, and the negotiations that make them."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        self.children: list[Child] = []
        self._running: dict[int, Negotiation] = {}
        self._connections = 0

    def of(self, peer: str) -> list[Child]:
        return [child for child in self.children if child.peer == peer]

    # -- initiator -----------------------------------------------------------------------------------------

    def start(self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None) -> None:
        if sa.version == 2:
            offer = self.offer(sa, entry, ace, ident)
            if offer:
                self._ike.v2.create_child(sa, offer)
            return
        ident = ident or Ident(ace.source, ace.destination)
        if any(n.ident == ident and n.sa.peer == sa.peer for n in self._running.values()):
            return
        policy = self._ike.host.policy
        transforms = tuple(policy.transforms[name] for name in entry.transforms if name in policy.transforms)
        running = Negotiation(sa, self._random(), entry, ace, ident, self._spi())
        running.offer = QuickMode(
            1, sa.cookies, running.message_id, ident, transforms, entry.pfs,
            entry.seconds or policy.seconds, entry.kilobytes or policy.kilobytes, running.spi,
        )  # fmt: skip
        self._running[running.message_id] = running
        self._offer(running, RETRANSMITS)

    def _offer(self, running: Negotiation, left: int) -> None:
        if running.message_id not in self._running or running.offer is None:
            return
        if left < 0:
            # Nobody answers inside this IKE SA, so the IKE SA itself is of no use any more.
            self._fail(running)
            self._ike.teardown(running.sa, "Lost Service")
            return
        self._ike.send(running.sa, running.offer)
        after = self._ike.host.scheduler.after
        running.resend = after(RETRANSMIT_SECONDS, lambda: self._offer(running, left - 1))

    def _fail(self, running: Negotiation) -> None:
        self._running.pop(running.message_id, None)
        if running.resend:
            running.resend.cancel()
        width = 8 if self._ike.host.legacy else 16
        text = f"QM FSM error (P2 struct &0x{id(running) & 0xFFFFFFFF:0{width}x}, mess id 0x{running.message_id:08x})!"
        self._ike.log(3, 713902, running.sa, text)

    def _forget(self, running: Negotiation) -> None:
        self._running.pop(running.message_id, None)

    def refused(self, sa: IkeSa, message: Notify) -> None:
        running = self._running.get(message.message_id)
        if running and running.sa is sa:
            self._ike.log(5, 713068, sa, f"Received non-routine Notify message: {message.kind}")
            self._fail(running)

    # -- responder -----------------------------------------------------------------------------------------

    def receive(self, sa: IkeSa, message: QuickMode) -> None:
        running = self._running.get(message.message_id)
        if message.step == 1 and running is None:
            self._answer(sa, message)
        elif message.step == 2 and running and running.chosen is None:
            running.chosen = message
            self._ike.send(sa, QuickMode(3, sa.cookies, message.message_id))
            self._complete(running, initiator=True)
        elif message.step == 3 and running and running.chosen:
            self._complete(running, initiator=False)

    def _answer(self, sa: IkeSa, offer: QuickMode) -> None:
        if offer.ident is None:
            return
        ident = offer.ident.mirrored()
        found = self._match(sa, ident)
        if found is None:
            local, remote = ident.local, ident.remote
            self._reject(
                sa, offer, "INVALID_ID_INFO", 713061,
                "Rejecting IPSec tunnel: no matching crypto map entry for remote proxy "
                f"{remote.network_address}/{remote.netmask}/0/0 local proxy "
                f"{local.network_address}/{local.netmask}/0/0 on interface {self._nameif(sa)}",
                "crypto map policy not found",
            )  # fmt: skip
            return
        entry, ace = found
        policy = self._ike.host.policy
        own = [policy.transforms[name].algorithms for name in entry.transforms if name in policy.transforms]
        transform = next((t for t in offer.transforms if t.algorithms in own), None)
        if transform is None or (entry.pfs is not None and offer.pfs != entry.pfs):
            text = "All IPSec SA proposals found unacceptable!"
            self._reject(sa, offer, "NO_PROPOSAL_CHOSEN", 713904, text, "Phase 2 Mismatch")
            return
        seconds = min(offer.seconds, entry.seconds or policy.seconds)
        if seconds != offer.seconds:
            self._ike.log(
                5, 713075, sa,
                f"Overriding Initiator's IPSec rekeying duration from {offer.seconds} to {seconds} seconds",
            )  # fmt: skip
        kilobytes = min(offer.kilobytes, entry.kilobytes or policy.kilobytes)
        running = Negotiation(sa, offer.message_id, entry, ace, ident, self._spi(), offer)
        reply = QuickMode(
            2,
            sa.cookies,
            offer.message_id,
            offer.ident,
            (transform,),
            offer.pfs,
            seconds,
            kilobytes,
            running.spi,
        )
        running.chosen = reply
        self._running[offer.message_id] = running
        self._ike.host.scheduler.after(EMBRYONIC_SECONDS, lambda: self._forget(running))
        self._ike.send(sa, reply)

    def _match(self, sa: IkeSa, ident: Ident) -> tuple[MapEntry, Ace] | None:
        """The first entry for this peer whose crypto ACL holds the proposed identities."""
        policy = self._ike.host.policy
        for entry in policy.entries_on(self._nameif(sa)):
            if sa.peer not in entry.peers or entry.connection_type == "originate-only":
                continue
            for ace in policy.acls.get(entry.acl, ()):
                if ident.local.subnet_of(ace.source) and ident.remote.subnet_of(ace.destination):
                    if ace.permit:
                        return entry, ace
                    break
        return None

    def _reject(self, sa: IkeSa, offer: QuickMode, kind: str, number: int, text: str, reason: str) -> None:
        self._ike.log(3 if number == 713061 else 5, number, sa, text)
        message_id = f"mess id 0x{offer.message_id:08x}"
        self._ike.log(3, 713902, sa, f"QM FSM error (P2 struct &0x{id(offer) & 0xFFFFFFFF:08x}, {message_id})!")
        self._ike.send(sa, Notify(sa.cookies, kind, offer.message_id))
        if not self.of(sa.peer):
            self._ike.teardown(sa, reason)

    # -- IKEv2: the exchanges are phase 1's (`ike2`), what they say about child SAs is said here ---------------

    def offer(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None, first: bool = False
    ) -> ChildOffer | None:
        """What to ask for, or None when there is nothing to ask. The `first` child is made in IKE_AUTH, without PFS."""
        ident = ident or Ident(ace.source, ace.destination)
        if any(n.ident == ident and n.sa.peer == sa.peer for n in self._running.values()):
            return None
        policy = self._ike.host.policy
        proposals = tuple(policy.proposals[name] for name in entry.proposals if name in policy.proposals)
        running = Negotiation(sa, self._random(), entry, ace, ident, self._spi())
        self._running[running.spi] = running
        old = next((c.spi_in for c in self.of(sa.peer) if c.ident == ident and not c.superseded), 0)
        return ChildOffer(ident, proposals, running.spi, None if first else entry.pfs, old)

    def answer(self, sa: IkeSa, offer: ChildOffer, first: bool) -> ChildAnswer:
        """The responder's side; the SA is installed at once."""
        found = self._match(sa, offer.ident.mirrored())
        if found is None:
            return ChildAnswer("TS_UNACCEPTABLE")
        entry, ace = found
        policy = self._ike.host.policy
        own = [policy.proposals[name] for name in entry.proposals if name in policy.proposals]
        chosen = next((c for mine in own for theirs in offer.proposals if (c := _agree(mine, theirs))), None)
        if chosen is None:
            return ChildAnswer("NO_PROPOSAL_CHOSEN")
        if not first and entry.pfs is not None and offer.pfs != entry.pfs:
            return ChildAnswer("INVALID_KE_PAYLOAD" if offer.pfs else "NO_PROPOSAL_CHOSEN")
        running = Negotiation(sa, self._random(), entry, ace, offer.ident.mirrored(), self._spi())
        answer = ChildAnswer("", offer.ident, *chosen, running.spi, offer.pfs)
        self._conclude(running, offer.spi, answer, initiator=False)
        return answer

    def abandon(self, sa: IkeSa) -> None:
        """The IKE SA is gone, and with it what was being negotiated over it."""
        self._running = {key: running for key, running in self._running.items() if running.sa is not sa}

    def concluded(self, sa: IkeSa, offer: ChildOffer, answer: ChildAnswer) -> None:
        """The initiator's side: the answer has come, be it a refusal."""
        running = self._running.pop(offer.spi, None)
        if running and not answer.refusal:
            self._conclude(running, answer.spi, answer, initiator=True)

    def _conclude(self, running: Negotiation, spi_out: int, answer: ChildAnswer, initiator: bool) -> None:
        policy, entry = self._ike.host.policy, running.entry
        seconds, kilobytes = entry.seconds or policy.seconds, entry.kilobytes or policy.kilobytes
        transform = Transform("", f"esp-{answer.encryption}", f"esp-{answer.integrity}-hmac")
        self._install(running, spi_out, transform, answer.pfs, seconds, kilobytes, initiator)

    # -- both ----------------------------------------------------------------------------------------------

    def _complete(self, running: Negotiation, initiator: bool) -> None:
        self._running.pop(running.message_id, None)
        if running.resend:
            running.resend.cancel()
        chosen, offer, sa = running.chosen, running.offer, running.sa
        if chosen is None or offer is None:
            return
        spi_out = chosen.spi if initiator else offer.spi
        self._ike.log(
            5, 713049, sa,
            f"Security negotiation complete for LAN-to-LAN Group ({sa.peer})  "
            f"{'Initiator' if initiator else 'Responder'}, Inbound SPI = 0x{running.spi:08x}, "
            f"Outbound SPI = 0x{spi_out:08x}",
        )  # fmt: skip
        self._install(running, spi_out, chosen.transforms[0], chosen.pfs, chosen.seconds, chosen.kilobytes, initiator)
        self._ike.log(5, 713120, sa, f"PHASE 2 COMPLETED (msgid={running.message_id:08x})")

    def _install(
        self, running: Negotiation, spi_out: int, transform: Transform, pfs: str | None, seconds: int, kilobytes: int,
        initiator: bool,
    ) -> None:  # fmt: skip
        """Give the data path what was agreed on; what it replaces goes after a while."""
        sa = running.sa
        previous = [c for c in self.of(sa.peer) if c.ident == running.ident and not c.superseded]
        if not previous:
            self._connections += 1
        pair = SaPair(
            spi_in=running.spi, spi_out=spi_out, ident=running.ident, local=sa.local, peer=sa.peer,
            entry=running.entry, ace=running.ace, transform=transform, pfs=pfs,
            created=self._ike.host.scheduler.now, seconds=seconds, kilobytes=kilobytes,
            connection=previous[0].pair.connection if previous else self._connections,
        )  # fmt: skip
        child = Child(sa.peer, pair.spi_in, pair.spi_out, pair.ident, pair.entry, pair.ace, pair)
        self._ike.host.datapath.install(pair)
        self.children.append(child)
        after = self._ike.host.scheduler.after
        for old in previous:
            old.superseded = True
            old.timers[0].cancel()
            if initiator:
                after(OVERLAP_SECONDS, lambda old=old: self.remove(old, "", tell=True))  # type: ignore[misc]
        self._watch_age(child, REKEY_INITIATOR if initiator else REKEY_RESPONDER)

    def _watch_age(self, child: Child, share: float) -> None:
        at, pair = self._ike.host.scheduler.at, child.pair
        child.timers = [
            at(pair.created + pair.seconds * share, lambda: self._rekey_when_used(child)),
            at(pair.expires, lambda: self.remove(child, "IPSec SA Max Time Exceeded", tell=True)),
        ]

    def take_over(self) -> None:
        """As the unit of a failover pair that becomes active, with the copies that it has."""
        after = self._ike.host.scheduler.after
        self._connections = max((child.pair.connection for child in self.children), default=0)
        for child in self.children:
            if child.superseded:
                after(OVERLAP_SECONDS, lambda old=child: self.remove(old, "", tell=True))  # type: ignore[misc]
            else:
                self._watch_age(child, REKEY_INITIATOR)

    def _rekey_when_used(self, child: Child) -> None:
        if child.pair.carried_traffic and not child.pair.exhausted:
            self.rekey(child)

    def rekey(self, child: Child) -> None:
        """Negotiate a replacement, over a new IKE SA if the old one is gone."""
        if child not in self.children or child.superseded:
            return
        sa = self._ike.active(child.peer)
        if sa:
            self.start(sa, child.entry, child.ace, child.ident)
        else:
            self._ike.acquire(child.entry, child.ace, child.pair.local)

    def remove(self, child: Child, reason: str, tell: bool) -> None:
        """Drop IKE's record and ask the data path to delete; with `tell`, send a DELETE if an IKE SA exists."""
        if child not in self.children:
            return
        self.children.remove(child)
        for timer in child.timers:
            timer.cancel()
        sa = self._ike.active(child.peer)
        if reason:
            group = f"Group = {child.peer}, IP = {child.peer}"
            proxies = f"Remote Proxy {_text(child.ident.remote)}, Local Proxy {_text(child.ident.local)}"
            text = f"{group}, Connection terminated for peer {child.peer}.  Reason: {reason}  {proxies}"
            self._ike.host.syslog.log(5, 713050, text)
        self._ike.host.datapath.delete(child.spi_in)
        if tell and sa:
            self._ike.send(sa, Delete(sa.cookies, (child.spi_in,)))
        self._ike.close_session(child.peer, reason)

    def remove_all(self, peer: str, reason: str, tell: IkeSa | None) -> None:
        children = self.of(peer)
        for child in children:
            self.remove(child, "" if child.superseded else reason, tell=False)
        if tell and children:
            self._ike.send(tell, Delete(tell.cookies, tuple(child.spi_in for child in children)))

    def deleted_by_peer(self, sa: IkeSa, spis: tuple[int, ...]) -> None:
        """The peer names its inbound SPIs, which are our outbound ones."""
        for child in [child for child in self.of(sa.peer) if child.spi_out in spis]:
            self.remove(child, "" if child.superseded else "Peer Terminate", tell=False)

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
        for child in self.children:
            for timer in child.timers:
                timer.cancel()
        for running in self._running.values():
            if running.resend:
                running.resend.cancel()
        self.children.clear()
        self._running.clear()

    def _nameif(self, sa: IkeSa) -> str:
        interface = self._ike.host.policy.egress(IPv4Address(sa.peer))
        return interface.nameif if interface else "?"

    def _spi(self) -> int:
        return self._ike.host.random.randrange(0x10000000, 0x100000000)

    def _random(self) -> int:
        return self._ike.host.random.getrandbits(32)


def _agree(own: Proposal, offer: Proposal) -> tuple[str, str] | None:
    encryption = next((word for word in offer.encryptions if word in own.encryptions), None)
    integrity = next((word for word in offer.integrities if word in own.integrities), None)
    if encryption and "gcm" in encryption:
        return encryption, "null"
    return (encryption, integrity) if encryption and integrity else None


def _text(network: object) -> str:
    return str(network).split("/")[0]
