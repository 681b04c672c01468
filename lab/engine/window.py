# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv2's requests and responses: each request is sent until it is answered, and answered once (RFC 7296 §2.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lab.engine.ike1 import RETRANSMIT_SECONDS, RETRANSMITS
from lab.engine.ike_sa import IkeSa, Pending
from lab.engine.messages import Cookies, Delete2, Exchange

if TYPE_CHECKING:
    from lab.engine.ike import Ike

KEPT_ANSWERS = 5


class Window:
    """The message windows of all IKEv2 SAs of a device; each SA carries its own state."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        # DELETEs of IKE SAs that are gone here, sent until the peer answers: by cookies and message id.
        self._farewells: dict[tuple[Cookies, int], int] = {}

    def request(
        self, sa: IkeSa, message: Exchange | Delete2, answered: Callable[[Exchange], None],
        failed: Callable[[], None] | None = None, retransmits: int = RETRANSMITS,
    ) -> None:  # fmt: skip
        """Ask. A request that is never answered makes its IKE SA void (§2.4), unless `failed` knows better.

        The window is of one request: the next one waits for the answer (§2.3).
        """
        if sa.exchanges.pending:
            sa.exchanges.waiting.append((message, answered, failed, retransmits))
            return
        number = sa.exchanges.next_id
        sa.exchanges.next_id += 1
        pending = Pending(replace(message, message_id=number), answered, failed or (lambda: self._lost(sa)))
        sa.exchanges.pending[number] = pending
        self._transmit(sa, number, pending, retransmits)

    def _transmit(self, sa: IkeSa, number: int, pending: Pending, left: int) -> None:
        if sa not in self._ike.sas or sa.exchanges.pending.get(number) is not pending:
            return
        if left < 0:
            del sa.exchanges.pending[number]
            pending.failed()
            self._next(sa)
            return
        self._ike.host.send_ike(sa.local, sa.peer, pending.message)
        after = self._ike.host.scheduler.after
        pending.timer = after(RETRANSMIT_SECONDS, lambda: self._transmit(sa, number, pending, left - 1))

    def repeat(self, sa: IkeSa) -> bool:
        """Send what waits for its answer once more, before its time; False when nothing does."""
        for pending in sa.exchanges.pending.values():
            self._ike.host.send_ike(sa.local, sa.peer, pending.message)
        return bool(sa.exchanges.pending)

    def _next(self, sa: IkeSa) -> None:
        """Send what waited for the answer that has come."""
        while sa in self._ike.sas and sa.exchanges.waiting and not sa.exchanges.pending:
            self.request(sa, *sa.exchanges.waiting.pop(0))

    def move(self, old: IkeSa, new: IkeSa) -> None:
        """What waits under an SA that was rekeyed is asked under the new one (§2.8)."""
        waiting, old.exchanges.waiting = old.exchanges.waiting, []
        for message, answered, failed, retransmits in waiting:
            self.request(new, replace(message, cookies=new.cookies), answered, failed, retransmits)

    def _lost(self, sa: IkeSa) -> None:
        self._ike.teardown(sa, "Lost Service", tell=False)

    def respond(self, sa: IkeSa, request: Exchange | Delete2, answer: Exchange) -> None:
        answers = sa.exchanges.answers
        answers[request.message_id] = answer
        for old in sorted(answers)[:-KEPT_ANSWERS]:
            del answers[old]
        self._ike.host.send_ike(sa.local, sa.peer, answer)

    def new_request(self, sa: IkeSa, message: Exchange | Delete2) -> bool:
        """Sort what came in: True for a request that was not seen before; all else is dealt with here."""
        if isinstance(message, Exchange) and message.response:
            pending = sa.exchanges.pending.pop(message.message_id, None)
            if pending:
                if pending.timer:
                    pending.timer.cancel()
                pending.answered(message)
                self._next(sa)
            return False
        if message.message_id in sa.exchanges.answers:
            self._ike.host.send_ike(sa.local, sa.peer, sa.exchanges.answers[message.message_id])
            return False
        return True

    def without_sa(self, source: str, local: str, message: Exchange | Delete2) -> None:
        """An answer to a farewell, or a farewell that was answered before; anything else is dropped (§2.21.4)."""
        if isinstance(message, Delete2):
            answer = Exchange(message.cookies, "INFORMATIONAL", message.message_id, response=True)
            self._ike.host.send_ike(local, source, answer)
        else:
            self._farewells.pop((message.cookies, message.message_id), None)

    def farewell(self, sa: IkeSa, reason: str) -> None:
        """Delete the IKE SA itself; the request outlives it here."""
        message = Delete2(sa.cookies, (), reason, sa.exchanges.next_id)
        sa.exchanges.next_id += 1
        key = sa.cookies, message.message_id
        self._farewells[key] = RETRANSMITS

        def send() -> None:
            left = self._farewells.get(key, -1)
            if left < 0:
                self._farewells.pop(key, None)
                return
            self._farewells[key] = left - 1
            self._ike.host.send_ike(sa.local, sa.peer, message)
            self._ike.host.scheduler.after(RETRANSMIT_SECONDS, send)

        send()

    def lose_everything(self) -> None:
        self._farewells.clear()
