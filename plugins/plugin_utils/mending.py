# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel: arm both ends, compare, clear both, make traffic, prove (sans I/O).

The sequence is a generator. It yields what it wants (:class:`Ask`, :class:`Pause`, :class:`Note`, :class:`Shield`) and
is sent the answers, so that every interruption can be tried in memory. Its driver holds the two sessions.

Before the first clear anything wrong ends in ``aborted_gate:NAME`` with nothing sent but show commands. From the first
clear to the second, signals wait (:class:`Shield`), and each command is noted before it is sent. After that no clear is
repeated: both ends are read until the proof is complete or the time is up, and the result is reported as it is.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device as assemble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Direction,
    Judgement,
    Parsed,
    ProxyIdentities,
    Snapshot,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find as parser_for
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, alive, lanes, spis


@dataclass(frozen=True)
class Ask:
    """Type a command at a device; the answer is an :class:`Answer`. A lost session is thrown in as LostError.

    ``armed`` binds the command to the login in which both ends were compared: a new login would not have been.
    """

    device: str
    command: str
    armed: bool = False


@dataclass(frozen=True)
class Pause:
    """Wait, and say why."""

    seconds: float
    why: str


@dataclass(frozen=True)
class Note:
    """Write this to the run's journal, on disk, before anything else happens. LostError says that it did not work."""

    event: str
    device: str = ""
    command: str = ""
    text: str = ""


@dataclass(frozen=True)
class Shield:
    """Hold back (or let through again) SIGINT and SIGTERM."""

    up: bool


Request = Ask | Pause | Note | Shield
Mending = Generator[Request, Answer | None, "Result"]
Talk = Generator[Request, Answer | None, None]

# Seconds before a device that was lost is tried again.
RETRY = 5.0


class LostError(Exception):
    """A session ended, went silent or answered out of step; or a note could not be written."""


class NotSentError(LostError):
    """The command surely did not reach the device."""


@dataclass(frozen=True)
class Timing:
    """Seconds: to settle after the clears, between two readings of a proof, and until the proof is given up."""

    settle: float = 3.0
    interval: float = 10.0
    timeout: float = 120.0


@dataclass(frozen=True)
class Result:
    """How it ended. ``outcome`` is a word of the design; ``judgement`` is the last one made, if any."""

    outcome: str
    text: str
    actions: tuple[Action, ...] = ()
    judgement: Judgement | None = None
    devices: tuple[Device, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


@dataclass(frozen=True)
class _Proof:
    """What two readings after the clears show."""

    devices: tuple[Device, ...]
    judgement: Judgement

    @property
    def up(self) -> list[Lane]:
        return [lane for lane in lanes(self.judgement.tunnel) if lane.up]


class _AbortError(Exception):
    def __init__(self, gate: str, text: str) -> None:
        self.gate = gate
        super().__init__(text)


@dataclass
class Mender:
    """One run on one tunnel. ``seen`` are the snapshots the plan was made of, by device."""

    plan: Plan
    tunnel: Tunnel
    seen: Mapping[str, Snapshot]
    clock: Callable[[], float]
    timing: Timing = field(default_factory=Timing)
    _actions: list[Action] = field(default_factory=list)
    _snapshots: list[Snapshot] = field(default_factory=list)
    _trouble: str = ""

    def run(self) -> Mending:
        """The whole sequence. Whatever is thrown in, it ends in a :class:`Result`, and no clear is sent twice."""
        try:
            yield from self._arm()
        except _AbortError as abort:
            return (yield from self._aborted(abort.gate, str(abort)))
        except LostError as lost:
            return (yield from self._aborted("session", str(lost)))
        yield Shield(True)
        refused = yield from self._clear()
        yield Shield(False)
        if refused:
            return (yield from self._aborted(refused.gate, str(refused)))
        return (yield from self._prove())

    def _aborted(self, gate: str, why: str) -> Mending:
        yield from self._note("aborted", text=f"{gate}: {why}")
        return self._result(f"aborted_gate:{gate}", f"Nothing was cleared. {why}")

    def _note(self, event: str, device: str = "", command: str = "", text: str = "") -> Talk:
        """A note that tells what has happened: a journal that cannot be written must not stop what is under way."""
        with contextlib.suppress(LostError):
            yield Note(event, device, command, text)

    # --- arm ---------------------------------------------------------------------------------------------------

    def _arm(self) -> Talk:
        for end in self.plan.ends:
            yield from self._identify(end)
        for end in self.plan.ends:
            yield from self._compare(end)

    def _identify(self, end: PlannedEnd) -> Talk:
        """The session must be on the very device that was audited, and on its active unit."""
        release = (yield from self._parsed(end.device, "show version")).value
        device = next(each.device for each in self.tunnel.ends if each.name == end.device)
        if release.hostname != device.hostname or (device.serial and release.serial != device.serial):
            raise _AbortError(
                "wrong-device",
                f"{end.device} now answers as {release.hostname} serial {release.serial}; the audit read "
                f"{device.hostname} serial {device.serial}.",
            )
        summary = (yield from self._parsed(end.device, "show failover")).value.summary or ""
        if summary != "off" and "active" not in summary:
            raise _AbortError("standby", f"{end.device} is not the active unit ({summary}): clear on the active one.")

    def _compare(self, end: PlannedEnd) -> Talk:
        """Compare, then clear: the SPIs that the plan names must still be there, all of them and no others."""
        now = yield from self._spis(end)
        if now != dict(end.spis):
            raise _AbortError(
                "changed",
                f"{end.device} shows {_words(now)} to {end.peer}, the plan was made for {_words(end.spis)}: something "
                "renegotiated meanwhile. Audit again.",
            )

    def _spis(self, end: PlannedEnd) -> Generator[Request, Answer | None, dict[str, tuple[int, ...]]]:
        parsed = yield from self._parsed(end.device, "show crypto ipsec sa", f"show crypto ipsec sa peer {end.peer}")
        if parsed.unparsed:
            raise _AbortError(
                "unread",
                f"{end.device}: the SAs to {end.peer} have lines that are not understood: {parsed.unparsed[0].text!r}.",
            )
        return {
            direction.value: tuple(sorted(spi for entry in parsed.value for spi in entry.spis(direction)))
            for direction in Direction
        }

    def _parsed(self, device: str, parser: str, command: str = "") -> Generator[Request, Answer | None, Parsed[Any]]:
        answer = yield from self._ask(device, command or parser)
        parsed = parser_for(parser).parse(answer.text)
        if why := answer.incomplete or answer.refusal or parsed.incomplete:
            raise _AbortError("unread", f"{device}: {answer.command!r} could not be read again: {why}.")
        return parsed

    # --- clear -------------------------------------------------------------------------------------------------

    def _clear(self) -> Generator[Request, Answer | None, _AbortError | None]:
        """Both clears; ``_trouble`` then says what went wrong with either. Returns why nothing was cleared, if so.

        A clear whose answer was lost may have been carried out. The other one is then not sent: nobody knows any more
        what it would meet, and the notice that the first one sends may have sufficed.
        """
        first, second = self.plan.ends
        try:
            yield Note("clear", first.device, *first.clear.commands)
        except LostError as lost:
            return _AbortError("journal", f"{lost}.")
        if refusal := (yield from self._send(first)):
            return _AbortError("refused", refusal)
        if not self._trouble:
            yield from self._note("clear", second.device, *second.clear.commands)
            self._trouble = (yield from self._send(second)) or self._trouble
        return None

    def _send(self, end: PlannedEnd) -> Generator[Request, Answer | None, str]:
        """Send one clear and return why it surely had no effect, if so."""
        (command,) = end.clear.commands
        refusal = ""
        try:
            answer = yield from self._ask(end.device, command, armed=True)
            if answer.refusal:
                refusal = f"{end.device} refused {command!r}: {answer.refusal}."
        except NotSentError as lost:
            refusal = f"{lost}."
        except LostError as lost:
            self._trouble = f"{lost}. Whether {end.device} carried out {command!r} is not known."
        trouble = refusal or self._trouble
        yield from self._note("clear_failed" if trouble else "cleared", end.device, command, trouble)
        return refusal

    # --- prove -------------------------------------------------------------------------------------------------

    def _prove(self) -> Mending:
        deadline = self.clock() + self.timing.timeout
        proof: _Proof | None = None
        yield Pause(self.timing.settle, "letting the clears take effect")
        while True:
            waiting: list[str] = []
            lost = ""
            try:
                yield from self._stimulate()
                first = yield from self._read()
                yield from self._stimulate()
                yield Pause(self.timing.interval, "between the two readings of the proof")
                second = yield from self._read()
                proof = self._judge(first, second)
                missing = self._missing(proof)
                waiting = self._waiting(proof) if proof and not missing else []
            except LostError as error:
                missing = lost = str(error)
            if proof and not missing and not waiting:
                return self._healed(proof)
            if self.clock() >= deadline:
                if proof and not missing and len(waiting) < len(self._identities(proof)):
                    return self._healed(proof, waiting)
                return self._not_healed(proof, missing or "; ".join(waiting))
            yield from self._note("not_yet", text=missing or "; ".join(waiting))
            if lost:
                yield Pause(RETRY, "before the next login")

    def _stimulate(self) -> Talk:
        for step in self.plan.stimulus:
            for command in step.commands:
                yield from self._ask(step.device, command)

    def _read(self) -> Generator[Request, Answer | None, dict[str, Snapshot]]:
        read = {}
        for end in self.plan.ends:
            version = next(each.device.version for each in self.tunnel.ends if each.name == end.device)
            started = self.clock()
            outputs = []
            for command in commands(Stage.STATE, version):
                sent = self.clock()
                outputs.append(output((yield from self._ask(end.device, command)), sent, self.clock()))
            read[end.device] = Snapshot(end.device, started, self.clock(), tuple(outputs))
        self._snapshots.extend(read.values())
        return read

    def _judge(self, first: Mapping[str, Snapshot], second: Mapping[str, Snapshot]) -> _Proof | None:
        devices = []
        for end in self.tunnel.ends:
            whole = assemble(
                end.name,
                [self.seen[end.name], first[end.name], second[end.name]],
                public_addresses=end.device.public_addresses,
                groups=end.device.groups,
            )
            devices.append(dataclasses.replace(whole, readings=whole.readings[-2:]))
        try:
            judgement = named(judge_all(devices, stimulated=bool(self.plan.stimulus)), self.tunnel.name)
        except (NothingToJudgeError, UnknownTunnelError):
            return None
        return _Proof(tuple(devices), judgement)

    def _missing(self, proof: _Proof | None) -> str:
        """What keeps the tunnel from being healed, or nothing."""
        if proof is None:
            return "neither end shows the tunnel"
        judgement = proof.judgement
        if judgement.verdict in (Verdict.BROKEN, Verdict.UNKNOWN):
            return f"the tunnel is {judgement.verdict}: {judgement.cause}"
        for end in judgement.tunnel.ends:
            if not alive(end):
                return f"no IKE SA is up at {end.name}"
            if kept := _numbers(self._planned(end.name).spis) & _numbers(spis_of(end)):
                return f"{end.name} still holds the SPI {spis(kept)} of before"
        if not proof.up:
            return "no SA has come up yet"
        crossed = [str(lane) for lane in proof.up if not lane.mirrored]
        return f"the SPIs of {', '.join(crossed)} do not mirror" if crossed else ""

    def _waiting(self, proof: _Proof) -> list[str]:
        """The proxy identities that are not up again, or have not been seen to carry traffic both ways."""
        again = {lane.identities: lane for lane in proof.up}
        words = []
        for identities in self._identities(proof):
            lane = again.get(identities)
            silent = [
                f"{side.end.name} has {way} nothing"
                for side in (lane.sides if lane else ())
                for counter, way in (("pkts encaps", "sent"), ("pkts decaps", "received"))
                if not side.grown(counter)
            ]
            if lane is None or silent:
                words.append(f"{identities}: {', '.join(silent) or 'no SA yet, it waits for traffic'}")
        return words

    # --- results -----------------------------------------------------------------------------------------------

    def _healed(self, proof: _Proof, waiting: Sequence[str] = ()) -> Result:
        words = f"{self.tunnel.name}: new SPIs at both ends, mirrored in two readings, counting both ways."
        if self._trouble:
            words += (
                f" One clear did not go as planned ({self._trouble.rstrip('.')}), and the tunnel works all the same."
            )
        if waiting:
            every = len(self._identities(proof))
            words += f" Not proven for {len(waiting)} of {every} proxy identities: {'; '.join(waiting)}."
        return self._result("healed_partial" if waiting else "healed", words, proof)

    def _not_healed(self, proof: _Proof | None, missing: str) -> Result:
        proven = "is not healed" if proof else "is not proven to be healed"
        words = f"{self.tunnel.name} {proven} after {self.timing.timeout:g} s: {missing.rstrip('.')}."
        if self._trouble:
            words += f" {self._trouble}"
        if proof and all(dict(self._planned(end.name).spis) == spis_of(end) for end in proof.judgement.tunnel.ends):
            return self._result("no_change", f"{words} Both ends hold the SAs of before.", proof)
        return self._result("half_cleared" if self._trouble else "not_healed", words, proof)

    def _planned(self, device: str) -> PlannedEnd:
        return next(end for end in self.plan.ends if end.device == device)

    def _identities(self, proof: _Proof) -> list[ProxyIdentities]:
        """Those that had SAs before or have them now."""
        before = [lane for lane in lanes(self.tunnel) if lane.up]
        return list(dict.fromkeys(lane.identities for lane in [*before, *proof.up]))

    def _result(self, outcome: str, text: str, proof: _Proof | None = None) -> Result:
        judgement, devices = (proof.judgement, proof.devices) if proof else (None, ())
        return Result(outcome, text, tuple(self._actions), judgement, devices, tuple(self._snapshots))

    def _ask(self, device: str, command: str, *, armed: bool = False) -> Generator[Request, Answer | None, Answer]:
        sent = self.clock()
        self._actions.append(Action(sent, device, command))
        try:
            answer = yield Ask(device, command, armed)
        except NotSentError:
            self._actions.pop()
            raise
        assert answer is not None
        result = answer.refusal or answer.incomplete or "done"
        self._actions[-1] = Action(sent, device, command, result)
        return answer


def _numbers(held: Mapping[str, tuple[int, ...]]) -> set[int]:
    return {number for numbers in held.values() for number in numbers}


def _words(held: Mapping[str, tuple[int, ...]]) -> str:
    return " and ".join(f"{way} {spis(numbers)}" for way, numbers in held.items() if numbers) or "no SA"
