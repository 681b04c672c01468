# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the remediation in virtual time: it audits, plans, takes the lease, and carries a mending's requests out.

Written apart from the product's own driver, after the same rules: what is typed is typed in the login that was armed,
signals wait behind a shield, a note that cannot be written is told. A request that it does not know is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, doubted, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import left_alone
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Fire,
    LostError,
    Note,
    NotSentError,
    Pause,
    Shield,
    StoppedError,
)
from tests.chaos import product
from tests.chaos.ledger import Ledger
from tests.chaos.login import Login
from tests.chaos.product import Outcome
from tests.chaos.scenario import Cut
from tests.chaos.world import Process, World

# Between the two readings of the audit.
BETWEEN = 5.0


class KilledError(Exception):
    """The process is gone: nothing of it runs any more."""


class Actor:
    """``make`` makes the sequence of requests; tests of the invariants give one that does harm."""

    def __init__(
        self, world: World, name: str, folder: Path, *, cut: Cut | None = None,
        full_at: int | None = None, lost_at: int | None = None, make: Callable[..., Any] | None = None,
        lease: bool = True, controller: str = "here",
    ) -> None:  # fmt: skip
        self.world, self.name = world, name
        self.cut, self.full_at, self.lost_at = cut, full_at, lost_at
        self.make = make or product.sequence
        mortal = cut is not None and cut.how == "kill" and lease
        self.ledger = Ledger(folder, name, controller, lambda: world.now, mortal=mortal)
        self.lease = lease
        if lease:
            world.ledgers[name] = self.ledger.phase
        self.outcome = Outcome("killed")
        self._logins: dict[str, Login] = {}
        self._armed: dict[str, Login] = {}
        self._fired: set[str] = set()
        self._notes = 0
        self._steps = 0
        self._shielded = self._came = self._told = False

    @property
    def checks(self) -> bool:
        return self.world.scenario.check

    def run(self) -> Process:
        """The whole run. What it says of itself is its ``outcome`` and the trace's last word of it."""
        try:
            self.outcome = yield from self._act()
        except KilledError:
            self.outcome = Outcome("killed")
        except (NothingToJudgeError, UnknownTunnelError) as error:
            self.outcome = Outcome("failed", str(error))
        finally:
            self.ledger.leave(alive=self.outcome.outcome != "killed")
        for login in self._logins.values():
            login.close(farewell=self.outcome.outcome != "killed")
        self.world.tell("result", self.name, text=self.outcome.outcome, spis=self.world.spis())

    def _act(self) -> Process:
        self.world.tell("phase", self.name, text="audit")
        whole = yield from self._read_each(Scope.EVERYTHING)
        yield BETWEEN
        again = yield from self._read_each(Scope.SAS)
        read = {end: (whole[end], again[end]) for end in self.world.kind.ends}
        judgement = product.judged(read, self.world.kind.tunnel)
        try:
            return (yield from self._go_by(judgement, read))
        except RefusedError as refused:
            return Outcome(f"aborted_gate:{refused.gate}", f"{refused}{self.ledger.left_open()}")

    def _go_by(self, judgement: Judgement, read: product.Read) -> Process:
        scenario = self.world.scenario
        left = self.ledger.interrupted(judgement.tunnel) if self.lease else None
        if left:
            self.world.tell("found", self.name, asked=left.run, text=str(left.phase))
        planned = product.planned(scenario, judgement)
        if planned is None:
            if left and not self.checks:
                self._take(product.seconds(scenario, planned))
            return Outcome("no_change", f"{left_alone(judgement)}{self.ledger.words(left)}")
        if self.checks:
            return Outcome("planned")
        if self.lease:
            self._take(product.seconds(scenario, planned))
            self.ledger.begin(planned)
        self.world.tell("phase", self.name, text="mend")
        sequence = self.make(scenario, planned, judgement, read, lambda: self.world.now)
        result = yield from self._drive(sequence)
        warning = self.ledger.finish(result)
        return Outcome(result.outcome, f"{result.text} {warning}".strip(), result.actions)

    def _take(self, seconds: float) -> None:
        self.ledger.take(seconds)
        self.world.tell("taken", self.name, text=f"for {seconds:g} s")

    # --- the audit ---------------------------------------------------------------------------------------------

    def _read_each(self, scope: Scope) -> Process:
        taken = {}
        for end in self.world.kind.ends:
            taken[end] = yield from self._read(end, scope)
        return taken

    def _read(self, end: str, scope: Scope) -> Process:
        login = Login(self.world, self.name, end)
        last = Snapshot(end, self.world.now, self.world.now, ())

        def ask(command: str) -> Answer:
            answer: Answer = self.world.drain(login.run(command))
            return answer

        try:
            yield from login.log_in()
            for taken in snapshot(end, scope, ask, lambda: self.world.now):
                last = taken
                yield 0.0
        except LostError as lost:
            last = doubted(last, str(lost))
        login.close()
        return last

    # --- the mending -------------------------------------------------------------------------------------------

    def _drive(self, sequence: Any) -> Process:
        reply: Any = None
        error: Exception | None = None
        while True:
            try:
                request = sequence.throw(error) if error else sequence.send(reply)
            except StopIteration as done:
                return done.value
            reply = None
            error = None
            self._steps += 1
            self._cut_at("before", sequence)
            spared = isinstance(request, Note) or request == Shield(False)
            if not (spared or self._shielded) and self._stops():
                error = StoppedError()
                continue
            try:
                reply = yield from self._carry_out(request)
            except LostError as lost:
                error = lost
            self._cut_at("after", sequence)
            if error is None and not (spared or self._shielded or isinstance(request, Shield)) and self._stops():
                reply, error = None, StoppedError()

    def _cut_at(self, when: str, sequence: Any) -> None:
        if self.cut is None or (self.cut.step, self.cut.when) != (self._steps, when):
            return
        if self.cut.how == "kill":
            self.world.tell("stop", self.name, text="SIGKILL")
            # Nothing of it may run on, not even what Python does with a generator that nobody wants any more.
            self.world.graveyard.append(sequence)
            raise KilledError
        self.world.tell("stop", self.name, text="a signal came")
        self._came = True

    def _stops(self) -> bool:
        if not self._came or self._told:
            return False
        self._told = True
        self.world.tell("stop", self.name, text="told")
        return True

    def _carry_out(self, request: Any) -> Process:
        match request:
            case Arm(device, host):
                yield from self._arm(device, "" if host == device else host)
            case Ask(device, command):
                return (yield from self._standing(device, command).run(command))
            case Fire(device, command):
                login = self._standing(device, command)
                # What comes back belongs to no question: this login asks nothing more.
                del self._armed[device]
                self._fired.add(device)
                yield from login.fire(command)
            case Pause(seconds):
                yield from self._sleep(seconds)
            case Note():
                self._note(request)
            case Shield(up):
                self._shielded = up
            case _:
                raise AssertionError(f"chaos does not know the request {request!r}")
        return None

    def _sleep(self, seconds: float) -> Process:
        yield seconds

    def _note(self, note: Note) -> None:
        self._notes += 1
        words = " ".join(filter(None, (note.event, note.device, note.command, note.text)))
        if self.full_at and self._notes >= self.full_at:
            self.world.tell("note-refused", self.name, asked=note.device, text=words)
            raise LostError("the journal cannot be written: no space left")
        if self.lost_at == self._notes:
            self.world.tell("event", text="the file of the state is taken away")
            self.ledger.lose()
        try:
            if self.lease:
                self.ledger.write(note)
        except LostError:
            self.world.tell("note-refused", self.name, asked=note.device, text=words)
            raise
        self.world.tell("note", self.name, asked=note.device, text=words)

    def _arm(self, device: str, unit: str = "") -> Process:
        login = self._logins.get(device)
        if login is not None and device in self._fired:
            login.close(farewell=False)
        self._fired.discard(device)
        self._armed.pop(device, None)
        if login is not None and login.unit != unit:
            login.close()
        if login is None or not login.open:
            login = self._logins[device] = Login(self.world, self.name, device, mending=True, unit=unit)
            yield from login.log_in()
        level = login.dialogue.privilege
        if not login.dialogue.privileged or (level is not None and level < 15):
            raise LostError(f"{device}: privilege level {level} where 15 is needed")
        self._armed[device] = login

    def _standing(self, device: str, command: str) -> Login:
        login = self._logins.get(device)
        if login is None or not login.open or login is not self._armed.get(device):
            raise NotSentError(f"{device}: the login that was armed has ended, so {command!r} was not sent")
        return login
