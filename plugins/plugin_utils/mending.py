# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel: arm both ends, compare, clear both, make traffic, prove (sans I/O).

The sequence is a generator. It yields what it wants (:class:`Ask`, :class:`Pause`, :class:`Note`, :class:`Shield`) and
is sent the answers, so that every interruption can be tried in memory. Its driver holds the two sessions.

Before the first clear anything wrong ends in ``aborted_gate:NAME`` with nothing sent but show commands. From the first
clear to the second, signals wait (:class:`Shield`), and each command is noted before it is sent. After that nothing
is repeated: both ends are read until the proof is complete or the time is up, and the result is reported as it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device as assemble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Direction,
    Judgement,
    Snapshot,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find as parser_for
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes


@dataclass(frozen=True)
class Ask:
    """Type a command at a device; the answer is an :class:`Answer`. A lost session is thrown in as LostError."""

    device: str
    command: str


@dataclass(frozen=True)
class Pause:
    """Wait, and say why."""

    seconds: float
    why: str


@dataclass(frozen=True)
class Note:
    """Write this to the run's journal, on disk, before anything else happens."""

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


class LostError(Exception):
    """A session ended, went silent or answered out of step."""


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
    _proof: list[Snapshot] = field(default_factory=list)

    def run(self) -> Mending:
        """The whole sequence."""
        try:
            yield from self._arm()
        except _AbortError as abort:
            yield Note("aborted", text=f"{abort.gate}: {abort}")
            return self._result(f"aborted_gate:{abort.gate}", f"Nothing was cleared. {abort}")
        except LostError as lost:
            yield Note("aborted", text=f"session: {lost}")
            return self._result("aborted_gate:session", f"Nothing was cleared. {lost}")
        yield Shield(True)
        cleared, trouble = yield from self._clear()
        yield Shield(False)
        if not cleared:
            return self._result("aborted_gate:refused", f"Nothing was cleared. {trouble}")
        return (yield from self._prove(trouble))

    # --- arm ---------------------------------------------------------------------------------------------------

    def _arm(self) -> Generator[Request, Answer | None, None]:
        for end in self.plan.ends:
            yield from self._identify(end)
        for end in self.plan.ends:
            yield from self._compare(end)

    def _identify(self, end: PlannedEnd) -> Generator[Request, Answer | None, None]:
        """The session must be on the very device that was audited, and on its active unit."""
        now = (yield from self._ask(end.device, "show version")).text
        release = parser_for("show version").parse(now).value
        device = next(each.device for each in self.tunnel.ends if each.name == end.device)
        if release.hostname != device.hostname or (device.serial and release.serial != device.serial):
            raise _AbortError(
                "wrong-device",
                f"{end.device} now answers as {release.hostname} serial {release.serial}; the audit read "
                f"{device.hostname} serial {device.serial}.",
            )
        failover = (yield from self._ask(end.device, "show failover")).text
        summary = parser_for("show failover").parse(failover).value.summary or ""
        if "standby" in summary and "active" not in summary:
            raise _AbortError("standby", f"{end.device} is the standby unit ({summary}): clear on the active one.")

    def _compare(self, end: PlannedEnd) -> Generator[Request, Answer | None, None]:
        """Compare, then clear: the SPIs that the plan names must still be there, all of them and no others."""
        spis = yield from self._spis(end)
        if spis != dict(end.spis):
            raise _AbortError(
                "changed",
                f"{end.device} shows {_words(spis)} to {end.peer}, the plan was made for {_words(end.spis)}: something "
                "renegotiated meanwhile. Audit again.",
            )

    def _spis(self, end: PlannedEnd) -> Generator[Request, Answer | None, dict[str, tuple[int, ...]]]:
        answer = yield from self._ask(end.device, f"show crypto ipsec sa peer {end.peer}")
        parsed = parser_for("show crypto ipsec sa").parse(answer.text)
        if answer.incomplete or answer.refusal or parsed.incomplete or parsed.unparsed:
            why = answer.incomplete or answer.refusal or parsed.incomplete or "it has lines that are not understood"
            raise _AbortError("unread", f"{end.device}: the SAs to {end.peer} could not be read again: {why}.")
        return {
            direction.value: tuple(sorted(spi for entry in parsed.value for spi in entry.spis(direction)))
            for direction in Direction
        }

    # --- clear -------------------------------------------------------------------------------------------------

    def _clear(self) -> Generator[Request, Answer | None, tuple[bool, str]]:
        """Both clears. Returns whether the first one took effect, and what went wrong with either."""
        for number, end in enumerate(self.plan.ends):
            (command,) = end.clear.commands
            yield Note("clear", end.device, command)
            try:
                answer = yield from self._ask(end.device, command)
                trouble = f"{end.device} refused {command!r}: {answer.refusal}." if answer.refusal else ""
            except LostError as lost:
                trouble = f"{lost}. Whether {end.device} carried out {command!r} is not known."
            yield Note("cleared" if not trouble else "clear_failed", end.device, command, trouble)
            if trouble and number == 0 and "not known" not in trouble:
                return False, trouble
            if trouble:
                return True, trouble
        return True, ""

    # --- prove -------------------------------------------------------------------------------------------------

    def _prove(self, trouble: str) -> Mending:
        deadline = self.clock() + self.timing.timeout
        last: tuple[tuple[Device, ...], Judgement] | None = None
        missing = trouble
        yield Pause(self.timing.settle, "letting the clears take effect")
        while True:
            try:
                yield from self._stimulate()
                first = yield from self._read()
                yield from self._stimulate()
                yield Pause(self.timing.interval, "between the two readings of the proof")
                second = yield from self._read()
                last = self._judge(first, second)
                missing = self._missing(last[1])
            except LostError as lost:
                missing = str(lost)
            if not missing:
                return self._healed(last, trouble)
            if self.clock() >= deadline:
                return self._not_healed(last, missing, trouble)
            yield Note("not_yet", text=missing)

    def _stimulate(self) -> Generator[Request, Answer | None, None]:
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
        self._proof.extend(read.values())
        return read

    def _judge(
        self, first: Mapping[str, Snapshot], second: Mapping[str, Snapshot]
    ) -> tuple[tuple[Device, ...], Judgement] | None:
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
            judgements = judge_all(devices, stimulated=bool(self.plan.stimulus))
            name = find([judgement.tunnel for judgement in judgements], self.tunnel.name).name
        except (NothingToJudgeError, UnknownTunnelError):
            return None
        return tuple(devices), next(each for each in judgements if each.tunnel.name == name)

    def _missing(self, judgement: Judgement | None) -> str:
        """What the proof still lacks, or nothing when the tunnel is healed."""
        if judgement is None:
            return "neither end shows the tunnel"
        tunnel = judgement.tunnel
        if judgement.verdict in (Verdict.BROKEN, Verdict.UNKNOWN):
            return f"the tunnel is {judgement.verdict}: {judgement.cause}"
        for end in tunnel.ends:
            if not any(sa.up for sa in end.ike or ()):
                return f"no IKE SA is up at {end.name}"
            old = {spi for planned in self.plan.ends if planned.device == end.name for each in planned.spis.values() for spi in each}
            kept = old & {spi for each in spis_of(end).values() for spi in each}
            if kept:
                return f"{end.name} still holds the SPI {', '.join(f'0x{spi:08X}' for spi in sorted(kept))} of before"
        up = [lane for lane in lanes(tunnel) if lane.up]
        if not up:
            return "no SA has come up yet"
        for lane in up:
            if not lane.mirrored:
                return f"the SPIs of {lane} do not mirror"
            for side in lane.sides:
                for counter, way in (("pkts encaps", "sent"), ("pkts decaps", "received")):
                    if not side.grown(counter):
                        return f"{side.end.name} has {way} nothing through {lane}"
        return ""

    # --- results -----------------------------------------------------------------------------------------------

    def _healed(self, last: tuple[tuple[Device, ...], Judgement] | None, trouble: str) -> Result:
        assert last is not None
        devices, judgement = last
        before = [lane for lane in lanes(self.tunnel) if lane.up]
        after = [lane for lane in lanes(judgement.tunnel) if lane.up]
        words = f"{self.tunnel.name}: new SPIs at both ends, mirrored in two readings, counting both ways."
        if trouble:
            words += f" One clear did not go as planned ({trouble}), and the tunnel works all the same."
        if len(after) < len(before):
            words += f" {len(after)} of {len(before)} proxy identities are up again; the others wait for traffic."
            return self._result("healed_partial", words, judgement, devices)
        return self._result("healed", words, judgement, devices)

    def _not_healed(
        self, last: tuple[tuple[Device, ...], Judgement] | None, missing: str, trouble: str
    ) -> Result:
        devices, judgement = last or ((), None)
        words = f"{self.tunnel.name} is not healed after {self.timing.timeout:g} s: {missing}."
        if trouble:
            return self._result("half_cleared", f"{words} {trouble}", judgement, devices)
        same = judgement is not None and all(
            dict(planned.spis) == spis_of(end)
            for planned in self.plan.ends
            for end in judgement.tunnel.ends
            if end.name == planned.device
        )
        return self._result("no_change" if same else "not_healed", words, judgement, devices)

    def _result(
        self,
        outcome: str,
        text: str,
        judgement: Judgement | None = None,
        devices: Sequence[Device] = (),
    ) -> Result:
        return Result(outcome, text, tuple(self._actions), judgement, tuple(devices), tuple(self._proof))

    def _ask(self, device: str, command: str) -> Generator[Request, Answer | None, Answer]:
        sent = self.clock()
        self._actions.append(Action(sent, device, command))
        answer = yield Ask(device, command)
        assert answer is not None
        result = answer.refusal or answer.incomplete or "done"
        self._actions[-1] = Action(sent, device, command, result)
        return answer


def _words(spis: Mapping[str, tuple[int, ...]]) -> str:
    words = [
        f"{direction} {', '.join(f'0x{spi:08X}' for spi in numbers)}" for direction, numbers in spis.items() if numbers
    ]
    return " and ".join(words) or "no SA"
