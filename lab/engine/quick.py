# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 phase 2 of one device: quick mode (RFC 2409 §5.5; Cisco ASA VPN CLI guide).

The rules of agreement are the ASA's own: the proposal's proxy identities must lie within a line of the responder's
crypto ACL; a responder without PFS takes any offer, one with PFS insists on its group; the shorter lifetime wins, of
seconds and of kilobytes alike (command reference, `crypto map set pfs` and `set security-association lifetime`).
Whoever waits for an answer sends its message again (RFC 2408 §5.1), and whoever gets one again repeats its own ("Cisco
ASA Series Syslog Messages", 713201). From practice: that a responder does so with its only message.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lab.clock import Timer
from lab.engine.ike1 import RETRANSMIT_SECONDS, RETRANSMITS
from lab.engine.ipsec import SaPair
from lab.engine.matching import responder_match
from lab.engine.messages import Notify, QuickMode
from lab.engine.policy import Ace, MapEntry, Transform
from lab.engine.proxies import Ident, ident_of, local_text, remote_text

if TYPE_CHECKING:
    from lab.engine.children import Children
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

EMBRYONIC_SECONDS = 30.0  # how long a responder waits for the third message


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
    """The quick modes of one device that are under way; what they make goes to `children`."""

    def __init__(self, ike: Ike, children: Children) -> None:
        self._ike = ike
        self._children = children
        self._running: dict[int, Negotiation] = {}
        self._last: dict[int, QuickMode] = {}  # the third messages that the peer may have missed

    # -- initiator -----------------------------------------------------------------------------------------

    def start(self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None) -> None:
        ident = ident or ident_of(ace)
        if any(n.ident == ident and n.sa.peer == sa.peer for n in self._running.values()):
            return
        policy = self._ike.host.policy
        transforms = tuple(policy.transforms[name] for name in entry.transforms if name in policy.transforms)
        running = Negotiation(sa, self._random(), entry, ace, ident, self._children.fresh_spi())
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
        self._log_failure(running.sa, running.message_id)

    def _log_failure(self, sa: IkeSa, message_id: int) -> None:
        width = 8 if self._ike.host.legacy else 16
        text = f"QM FSM error (P2 struct &0x{message_id * 8:0{width}x}, mess id 0x{message_id:08x})!"
        self._ike.log(3, 713902, sa, text)

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
        elif message.step == 1 and running and running.offer == message and running.chosen:
            self._repeat(sa, running.chosen)
        elif message.step == 2 and running and running.chosen is None:
            running.chosen = message
            last = self._last[message.message_id] = QuickMode(3, sa.cookies, message.message_id)
            self._ike.host.scheduler.after(EMBRYONIC_SECONDS, partial(self._drop_last, message.message_id))
            self._ike.send(sa, last)
            self._complete(running, initiator=True)
        elif message.step == 2 and running is None and message.message_id in self._last:
            self._repeat(sa, self._last[message.message_id])
        elif message.step == 3 and running and running.chosen:
            self._complete(running, initiator=False)

    def _drop_last(self, message_id: int) -> None:
        self._last.pop(message_id, None)

    def _repeat(self, sa: IkeSa, message: QuickMode) -> None:
        self._ike.log(5, 713201, sa, "Duplicate Phase 2 packet detected.  Retransmitting last packet.")
        self._ike.send(sa, message)

    def _answer(self, sa: IkeSa, offer: QuickMode) -> None:
        if offer.ident is None:
            return
        ident = offer.ident.mirrored()
        nameif, policy = self._ike.host.nameif(sa.local), self._ike.host.policy
        # An IKEv1 offer does not say what it is to replace.
        rekey = any(child.ident == ident for child in self._children.of(sa.peer))
        found = responder_match(policy, nameif, sa.peer, ident, 1, rekey)
        if found is None:
            self._reject(
                sa, offer, "INVALID_ID_INFO", 713061,
                f"Rejecting IPSec tunnel: no matching crypto map entry for remote proxy {remote_text(ident)} "
                f"local proxy {local_text(ident)} on interface {nameif}",
                "crypto map policy not found",
            )  # fmt: skip
            return
        entry, ace = found
        own = [
            (each.algorithms, each.mode)
            for each in (policy.transforms.get(name) for name in entry.transforms)
            if each is not None
        ]
        transform = next((t for t in offer.transforms if (t.algorithms, t.mode) in own), None)
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
        if kilobytes != offer.kilobytes:
            # The captured line says 0 where the initiator set no limit of its own.
            offered = 0 if offer.kilobytes >= 2**32 else offer.kilobytes
            self._ike.log(
                5, 713076, sa, f"Overriding Initiator's IPSec rekeying duration from {offered} to {kilobytes} Kbs"
            )  # fmt: skip
        running = Negotiation(sa, offer.message_id, entry, ace, ident, self._children.fresh_spi(), offer)
        running.chosen = QuickMode(
            2, sa.cookies, offer.message_id, offer.ident, (transform,), offer.pfs, seconds, kilobytes, running.spi
        )  # fmt: skip
        self._running[offer.message_id] = running
        self._ike.host.scheduler.after(EMBRYONIC_SECONDS, lambda: self._forget(running))
        self._wait(running, running.chosen)

    def _wait(self, running: Negotiation, answer: QuickMode) -> None:
        """For the third message, as long as the negotiation is not forgotten."""
        self._ike.send(running.sa, answer)
        running.resend = self._ike.host.scheduler.after(RETRANSMIT_SECONDS, lambda: self._wait(running, answer))

    def _forget(self, running: Negotiation) -> None:
        if self._running.get(running.message_id) is running:
            del self._running[running.message_id]
            if running.resend:
                running.resend.cancel()

    def _reject(self, sa: IkeSa, offer: QuickMode, kind: str, number: int, text: str, reason: str) -> None:
        self._ike.log(3 if number == 713061 else 5, number, sa, text)
        self._log_failure(sa, offer.message_id)
        self._ike.send(sa, Notify(sa.cookies, kind, offer.message_id))
        # Quick modes go on side by side (RFC 2409 section 5.5): another one that is under way keeps the IKE SA.
        if not self._children.of(sa.peer) and not any(each.sa is sa for each in self._running.values()):
            self._ike.teardown(sa, reason)

    # -- both ----------------------------------------------------------------------------------------------

    def _complete(self, running: Negotiation, initiator: bool) -> None:
        self._running.pop(running.message_id, None)
        if running.resend:
            running.resend.cancel()
        chosen, offer, sa = running.chosen, running.offer, running.sa
        if chosen is None or offer is None:
            return
        transform: Transform = chosen.transforms[0]
        pair = SaPair(
            spi_in=running.spi, spi_out=chosen.spi if initiator else offer.spi, ident=running.ident, local=sa.local,
            peer=sa.peer, entry=running.entry, ace=running.ace, transform=transform, pfs=chosen.pfs,
            created=self._ike.host.scheduler.now, seconds=chosen.seconds, kilobytes=chosen.kilobytes,
            initiator=initiator, nat_t=sa.nat_t and not running.entry.nat_t_disable,
            filter=sa.group.policy.filter if sa.group else "",
        )  # fmt: skip
        self._ike.log(
            5, 713049, sa,
            f"Security negotiation complete for LAN-to-LAN Group ({sa.peer})  "
            f"{'Initiator' if initiator else 'Responder'}, Inbound SPI = 0x{pair.spi_in:08x}, "
            f"Outbound SPI = 0x{pair.spi_out:08x}",
        )  # fmt: skip
        self._children.add(sa, pair, initiator)
        self._ike.log(5, 713120, sa, f"PHASE 2 COMPLETED (msgid={running.message_id:08x})")

    def abandon(self, sa: IkeSa) -> None:
        """The IKE SA is gone, and with it what was being negotiated over it."""
        for running in [each for each in self._running.values() if each.sa is sa]:
            self._forget(running)

    def lose_everything(self) -> None:
        for running in self._running.values():
            if running.resend:
                running.resend.cancel()
        self._running.clear()
        self._last.clear()

    def _random(self) -> int:
        return self._ike.host.random.getrandbits(32)
