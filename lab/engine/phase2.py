# SPDX-License-Identifier: GPL-3.0-or-later
"""Phase 2 of one device: its SAs and what negotiates them, quick mode under IKEv1 and child exchanges under IKEv2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.engine.child import ChildExchanges
from lab.engine.children import Child, Children
from lab.engine.messages import ChildAnswer, ChildOffer, Notify, QuickMode
from lab.engine.policy import Ace, MapEntry
from lab.engine.proxies import Ident
from lab.engine.quick import QuickModes

if TYPE_CHECKING:
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa


class Phase2(Children):
    """What IKE's other parts talk to."""

    def __init__(self, ike: Ike) -> None:
        super().__init__(ike)
        self.quick = QuickModes(ike, self)
        self.exchanges = ChildExchanges(ike, self)

    def start(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None, replaces: Child | None = None
    ) -> None:
        """Negotiate a pair on top of an IKE SA; `replaces` the one that it is to take over from."""
        if sa.version == 1:
            self.quick.start(sa, entry, ace, ident)
            return
        offer = self.exchanges.offer(sa, entry, ace, ident, replaces)
        if offer:
            self._ike.v2.create_child(sa, offer)

    # -- for the IKEv2 exchanges ---------------------------------------------------------------------------

    def offer(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None, first: bool = False
    ) -> ChildOffer | None:
        """What to ask for, or None while it is being asked. The `first` child is made in IKE_AUTH, without PFS."""
        return self.exchanges.offer(sa, entry, ace, ident, None, first)

    def answer(self, sa: IkeSa, offer: ChildOffer, first: bool) -> ChildAnswer:
        """The responder's side; the SA is installed at once."""
        return self.exchanges.answer(sa, offer, first)

    def move(self, old: IkeSa, new: IkeSa) -> None:
        """An IKE SA was rekeyed: what is being negotiated goes on under the new one."""
        self.exchanges.move(old, new)

    def concluded(self, sa: IkeSa, offer: ChildOffer, answer: ChildAnswer | None) -> None:
        """The initiator's side: the answer has come, be it a refusal, or never will (None)."""
        self.exchanges.concluded(sa, offer, answer)

    # -- for IKEv1 -----------------------------------------------------------------------------------------

    def receive(self, sa: IkeSa, message: QuickMode) -> None:
        self.quick.receive(sa, message)

    def refused(self, sa: IkeSa, message: Notify) -> None:
        self.quick.refused(sa, message)

    def abandon(self, sa: IkeSa) -> None:
        """The IKE SA is gone, and with it what was being negotiated over it."""
        self.quick.abandon(sa)
        self.exchanges.abandon(sa)

    def lose_everything(self) -> None:
        super().lose_everything()
        self.quick.lose_everything()
        self.exchanges.lose_everything()
