# SPDX-License-Identifier: GPL-3.0-or-later
"""One controller's lease, state and journal on a disk of its own: the product's, with times in virtual time."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.record import Record
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import Past
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import LostError, Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    Attempt,
    BusyError,
    Lease,
    Owner,
    State,
    StateError,
    pair_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import _process as processes

NAME = "state.sqlite"


class Ledger:
    """What outlives a run. ``mortal`` is a run that will be killed: a process of its own stands for it until then."""

    def __init__(
        self, folder: Path, name: str, controller: str, clock: Callable[[], float], *, mortal: bool = False
    ) -> None:
        self.folder, self.name, self.controller, self.clock = folder, name, controller, clock
        self.path = folder / NAME
        self.state = State.open(f"sqlite:///{self.path}")
        self._lease: Lease | None = None
        self._record: Record | None = None
        self._tunnel: Tunnel | None = None
        # Whether a process lives is asked of the kernel; nobody here may be told that this one does not.
        self._process = subprocess.Popen(["sleep", "600"]) if mortal else None

    @property
    def owner(self) -> Owner:
        pid = self._process.pid if self._process else os.getpid()
        assert self._tunnel is not None
        return Owner(self.name, self.controller, pid, processes.started(pid) or 0, self._tunnel.name, processes.host())

    def interrupted(self, tunnel: Tunnel) -> Attempt | None:
        """What an earlier run left open on this tunnel."""
        self._tunnel = tunnel
        try:
            return self.state.history(pair_of(tunnel), self.clock()).interrupted
        except StateError as error:
            raise rails.refused("journal", str(error)) from None

    def left_open(self) -> str:
        """What is said of it beside a refusal, which is told whatever becomes of the state."""
        try:
            return self.words(self.interrupted(self._tunnel)) if self._tunnel else ""
        except rails.RefusedError:
            return ""

    @staticmethod
    def words(attempt: Attempt | None) -> str:
        """The sentence that a run appends which found such an attempt."""
        return f" {rails.open_attempt(Past(open=attempt.words))}" if attempt else ""

    def take(self, seconds: float) -> None:
        """Keep others off the tunnel, and close what an earlier run left open.

        :raises RefusedError: ``locked``, or ``journal`` when the state cannot be written.
        """
        assert self._tunnel is not None
        try:
            self._lease = self.state.lease(pair_of(self._tunnel), self.owner, self.clock(), seconds)
            self.settle()
        except BusyError as busy:
            raise rails.refused("locked", str(busy)) from None
        except StateError as error:
            raise rails.refused("journal", str(error)) from None

    def settle(self) -> None:
        assert self._lease is not None
        left = self.state.history(self._lease.pair, self.clock()).interrupted
        if left:
            self.state.resolve(self._lease, left.id, left.phase.left, f"{self.name} read again.", self.clock())

    def begin(self, planned: Plan) -> None:
        assert self._lease is not None
        try:
            self._record = Record(
                self.folder / f"{self.name}.jsonl", self.state, self._lease, planned, clock=self.clock
            )
        except StateError as error:
            raise rails.refused("journal", str(error)) from None

    def write(self, note: Note) -> None:
        """As the product's driver writes it.

        :raises LostError: it is not kept.
        """
        assert self._record is not None
        try:
            self._record.write(note)
        except OSError as error:
            raise LostError(f"the journal cannot be written: {error}") from None

    def finish(self, result: Result) -> str:
        return self._record.finish(result) if self._record else ""

    def phase(self) -> str:
        """How far the state says that this run came; empty when it says nothing."""
        assert self._tunnel is not None
        try:
            attempts = self.state.history(pair_of(self._tunnel), self.clock()).attempts
        except StateError:
            return ""
        return next((str(each.phase) for each in attempts if each.run == self.name and each.outcome is None), "")

    def attempts(self) -> tuple[Attempt, ...]:
        """All of this run's, newest first; none when the state is lost."""
        if self._tunnel is None:
            return ()
        try:
            found = self.state.history(pair_of(self._tunnel), self.clock()).attempts
        except StateError:
            return ()
        return tuple(each for each in found if each.run == self.name)

    def lose(self) -> None:
        """Somebody takes the file away."""
        self.path.unlink(missing_ok=True)

    def leave(self, *, alive: bool) -> None:
        """The run is over. One that was killed gives nothing back."""
        if self._process:
            self._process.kill()
            self._process.wait()
        if alive and self._lease:
            with contextlib.suppress(StateError):
                self.state.release(self._lease)
