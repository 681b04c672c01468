# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mending is about to do, on disk before it does it: in the run's journal, and in the state that outlives it."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.driver import Journal
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import HoldLostError, LostError, Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    Lease,
    LeaseLostError,
    Phase,
    State,
    StateError,
)

# Seconds that the state may take while one end is cleared and the other is not yet.
BRIEF = 1.0
_ORDER = tuple(Phase)
_DONE = (Phase.FIRST_DONE, Phase.SECOND_DONE)
_FAILED = (Phase.FIRST_FAILED, Phase.SECOND_FAILED)


class Record(Journal):
    """Follows the notes of one mending. Each rung of the ladder is an attempt of its own.

    The lease is renewed with every note but those between the clears. ``most`` is how many runs may clear something in
    a day, over all tunnels. ``proven`` is called when the tunnel is proven to work, before it is watched for a while;
    what it raises stops nothing.

    :raises LimitError: when it is made, and as many runs as ``most`` have cleared something today.
    :raises LostError: from :meth:`write`, when a note could not be kept; before the first clear this ends the run. As
        :class:`HoldLostError`, between the clears too: another run has the tunnel.
    """

    def __init__(
        self,
        path: Path,
        state: State,
        lease: Lease,
        plan: Plan,
        proven: Callable[[], None] = lambda: None,
        *,
        most: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(path)
        self._proven = proven
        self._state = state
        self._lease = lease
        self._seconds = lease.until - lease.since
        self._plan = plan
        self._clock = clock
        self._clears = 0
        self._attempt: int | None = None
        # How far it came, and how far it came by the state.
        self._reached = self._kept = Phase.ARMED
        self._begin("clear_ipsec_sa", most)

    def write(self, note: Note) -> None:
        super().write(note)
        try:
            self._follow(note)
        except LeaseLostError as error:
            raise HoldLostError(str(error)) from None
        except StateError as error:
            raise LostError(str(error)) from None
        if note.event == "proven":
            with contextlib.suppress(Exception):
                self._proven()

    def finish(self, result: Result) -> str:
        """Close the attempt; what went wrong is returned, as a warning."""
        if self._attempt is None:
            return ""
        try:
            self._state.finish(self._attempt, result.outcome, result.text, self._clock())
        except StateError as error:
            return f"The state does not say how this ended: {error}"
        return ""

    def _follow(self, note: Note) -> None:
        last = len(self._plan.ends)
        if note.event == "clear":
            if self._clears == last:
                # The rung before this one did not help: it is closed as what it was.
                self._end("not_healed")
                self._begin("clear_ike_sa")
            self._clears += 1
            self._about_to_clear()
        elif note.event == "cleared":
            self._reached = _DONE[self._clears - 1]
            # Nothing is written between the clears: the second one does not wait for a database.
            if self._clears == last:
                self._keep()
        elif note.event == "clear_failed":
            self._reached = _FAILED[self._clears - 1]
            self._keep()
        elif note.event != "sent":
            # Of a clear whose answer was not waited for nobody knows: its phase stays what it was.
            if self._reached is _DONE[last - 1]:
                self._reached = Phase.PROVING
            self._lease = self._state.renew(self._lease, self._clock(), self._seconds)
            self._keep()

    def _about_to_clear(self) -> None:
        before = self._reached
        try:
            if self._clears == 1:
                self._lease = self._state.renew(self._lease, self._clock(), self._seconds)
                self._reached = Phase.FIRST_SENT
                self._keep()
            else:
                self._reached = Phase.SECOND_SENT
                self._keep(BRIEF)
        except StateError as error:
            # The second one is sent all the same, unless another run has the tunnel.
            if self._clears == 1 or isinstance(error, LeaseLostError):
                self._reached = before
            raise

    def _begin(self, rung: str, most: int | None = None) -> None:
        ike = rung == "clear_ike_sa"
        steps = [end.ike_clear if ike else end.clear for end in self._plan.ends]
        commands = [(step.device, command) for step in steps if step for command in step.commands]
        self._attempt = self._state.begin(self._lease, rung, commands, self._clock(), most)
        self._clears = 0
        self._reached = self._kept = Phase.ARMED

    def _end(self, outcome: str) -> None:
        assert self._attempt is not None
        self._state.finish(self._attempt, outcome, "", self._clock())

    def _keep(self, seconds: float | None = None) -> None:
        """Write down how far it came, unless that is written; within so many seconds."""
        attempt, phase, now = self._attempt, self._reached, self._clock()
        assert attempt is not None
        if _ORDER.index(phase) <= _ORDER.index(self._kept):
            return
        if seconds is None:
            self._state.advance(attempt, phase, now)
        else:
            _within(seconds, lambda: self._state.advance(attempt, phase, now))
        self._kept = phase


def _within(seconds: float, call: Callable[[], None]) -> None:
    """Call it, and do not wait longer: no time-out of a database's own covers all that may keep it.

    :raises StateError: it goes on by itself, or raised that.
    """
    ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            call()
        except Exception as error:
            ended.put(error)
        else:
            ended.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        error = ended.get(timeout=seconds)
    except queue.Empty:
        raise StateError(f"The state did not answer within {seconds:g} s.") from None
    if error:
        raise error
