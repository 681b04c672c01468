# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mending is about to do, on disk before it does it: in the run's journal, and in the state that outlives it."""

from __future__ import annotations

import contextlib
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

_ORDER = tuple(Phase)
_SENT = (Phase.FIRST_SENT, Phase.SECOND_SENT)
_DONE = (Phase.FIRST_DONE, Phase.SECOND_DONE)


class Record(Journal):
    """Follows the notes of one mending. Each rung of the ladder is an attempt of its own.

    ``proven`` is called when the tunnel is proven to work, before it is watched for a while; what it raises stops
    nothing.

    :raises LostError: from :meth:`write`, when a note could not be kept; before the first clear this ends the run. As
        :class:`HoldLostError`, between the clears too: another run has the tunnel.
    """

    def __init__(
        self, path: Path, state: State, lease: Lease, plan: Plan, proven: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(path)
        self._proven = proven
        self._state = state
        self._lease = lease
        self._plan = plan
        self._clears = 0
        self._attempt: int | None = None
        self._phase = Phase.ARMED
        self._begin("clear_ipsec_sa")

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
            self._state.finish(self._attempt, result.outcome, result.text, time.time())
        except StateError as error:
            return f"The state does not say how this ended: {error}"
        return ""

    def _follow(self, note: Note) -> None:
        if note.event == "clear":
            if self._clears == len(self._plan.ends):
                # The rung before this one did not help: it is closed as what it was.
                self._end("not_healed")
                self._begin("clear_ike_sa")
            self._clears += 1
            self._advance(_SENT[self._clears - 1])
        elif note.event in ("cleared", "clear_failed"):
            self._advance(_DONE[self._clears - 1])
        elif self._clears == len(self._plan.ends):
            self._advance(Phase.PROVING)

    def _begin(self, rung: str) -> None:
        ike = rung == "clear_ike_sa"
        steps = [end.ike_clear if ike else end.clear for end in self._plan.ends]
        commands = [(step.device, command) for step in steps if step for command in step.commands]
        self._attempt = self._state.begin(self._lease, rung, commands, time.time())
        self._clears = 0
        self._phase = Phase.ARMED

    def _end(self, outcome: str) -> None:
        assert self._attempt is not None
        self._state.finish(self._attempt, outcome, "", time.time())

    def _advance(self, phase: Phase) -> None:
        assert self._attempt is not None
        if _ORDER.index(phase) > _ORDER.index(self._phase):
            self._state.advance(self._attempt, phase, time.time())
            self._phase = phase
