# SPDX-License-Identifier: GPL-3.0-or-later
"""Dead peer detection as an ASA does it, "semi-periodic" (RFC 3706; Cisco ASA `isakmp keepalive`).

It asks only after `threshold` seconds without anything from the peer, three times `retry` seconds apart, and then
tears the session down. It tests the IKE SA, never ESP: SPIs that no longer match are invisible to it.
IKEv2 has no such thing to agree on: an empty request, which every end answers, does the same (RFC 7296 §1.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.clock import Timer
from lab.engine.messages import AreYouThere

if TYPE_CHECKING:
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

RETRIES = 3  # not configurable


class Dpd:
    """One watcher per IKE SA whose both ends offered the DPD vendor id, or that is of IKEv2."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        self._timers: dict[IkeSa, Timer] = {}
        self._sequence = 0

    def watch(self, sa: IkeSa) -> None:
        threshold = sa.group.keepalive.threshold if sa.group else None
        if sa.dpd and threshold is not None:
            self._timers[sa] = self._ike.host.scheduler.at(sa.heard + threshold, lambda: self._look(sa, threshold))

    def forget(self, sa: IkeSa) -> None:
        timer = self._timers.pop(sa, None)
        if timer:
            timer.cancel()

    def _look(self, sa: IkeSa, threshold: int) -> None:
        if self._ike.host.scheduler.now < sa.heard + threshold:
            self.watch(sa)
        else:
            self._ask(sa, sa.heard, RETRIES)

    def _ask(self, sa: IkeSa, heard_before: float, left: int) -> None:
        if sa.heard > heard_before:
            self.watch(sa)
            return
        if left == 0:
            if sa.version == 1:
                text = "IKE lost contact with remote peer, deleting connection (keepalive type: DPD)"
                self._ike.log(3, 713123, sa, text)
            self._ike.teardown(sa, "Lost Service")
            return
        self._sequence += 1
        if sa.version == 2:
            self._ike.v2.ask_alive(sa)
        else:
            self._ike.send(sa, AreYouThere(sa.cookies, self._sequence))
        retry = sa.group.keepalive.retry if sa.group else 2
        self._timers[sa] = self._ike.host.scheduler.after(retry, lambda: self._ask(sa, heard_before, left - 1))

    def receive(self, sa: IkeSa, message: AreYouThere) -> None:
        """Answer a question; an answer has already done its work by being heard."""
        if not message.ack and sa.active and sa.dpd:
            self._ike.send(sa, AreYouThere(sa.cookies, message.sequence, ack=True))
