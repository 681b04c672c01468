# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel: arm both ends, compare, clear both, make traffic, prove (sans I/O).

The sequence speaks to its driver in the words of :mod:`sequence`. Before the first clear anything wrong ends in
``aborted_gate:NAME`` with nothing sent but show commands. From the first clear to the second, signals wait, and each
command is noted before it is sent. After that no clear is repeated: both ends are read until the proof is complete or
the time is up, and the result is reported as it is.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, arm, read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device as assemble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    Direction,
    Judgement,
    ProxyIdentities,
    Snapshot,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, alive, lanes, spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    LostError,
    Note,
    NotSentError,
    Pause,
    Sessions,
    Shield,
    StoppedError,
    Talk,
)

# Seconds before a device that was lost is tried again.
RETRY = 5.0
# Longer apart, and the first end may have negotiated anew with SAs that the second clear then takes away.
GAP = 5.0


@dataclass(frozen=True)
class Timing:
    """Seconds: to settle after the clears, between two readings of a proof, and until the proof is given up."""

    settle: float = 3.0
    interval: float = 10.0
    timeout: float = 120.0


@dataclass(frozen=True)
class Result:
    """How it ended. ``outcome`` is a word of the design; ``judgement`` is the last one made, if any.

    ``gap`` is the time between the two clears in seconds, if both were sent.
    """

    outcome: str
    text: str
    actions: tuple[Action, ...] = ()
    gap: float | None = None
    judgement: Judgement | None = None
    devices: tuple[Device, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()

    @property
    def cleared(self) -> bool:
        """Whether something may have been cleared: an answer that was lost or cut is no proof that nothing was."""
        sent = any(each.command.startswith("clear ") for each in self.actions)
        return sent and not self.outcome.startswith("aborted_gate:")


@dataclass(frozen=True)
class _Proof:
    """What two readings after the clears show."""

    devices: tuple[Device, ...]
    judgement: Judgement

    @property
    def up(self) -> list[Lane]:
        return [lane for lane in lanes(self.judgement.tunnel) if lane.up]


@dataclass
class Mender:
    """One run on one tunnel. ``seen`` are the snapshots the plan was made of, by device."""

    plan: Plan
    tunnel: Tunnel
    seen: Mapping[str, Snapshot]
    clock: Callable[[], float]
    timing: Timing = field(default_factory=Timing)
    foreign_peers: Sequence[Address] = ()
    _snapshots: list[Snapshot] = field(default_factory=list)
    _trouble: str = ""

    def __post_init__(self) -> None:
        self._sessions = Sessions(self.clock)
        devices = {end.name: end.device for end in self.tunnel.ends}
        self._devices = [devices[end.device] for end in self.plan.ends]

    def run(self) -> Talk[Result]:
        """The whole sequence. Whatever is thrown in, it ends in a :class:`Result`, and no clear is sent twice."""
        try:
            for device in self._devices:
                yield from arm(self._sessions, device)
            for end in self.plan.ends:
                yield from self._compare(end)
            yield Shield(True)
        except AbortError as abort:
            return (yield from self._aborted(abort.gate, str(abort)))
        except LostError as lost:
            return (yield from self._aborted("session", str(lost)))
        except StoppedError:
            return (yield from self._aborted("interrupted", "The run was interrupted."))
        refused = yield from self._clear()
        yield Shield(False)
        if refused:
            return (yield from self._aborted(refused.gate, str(refused)))
        try:
            return (yield from self._prove())
        except StoppedError:
            return (yield from self._interrupted())

    def _aborted(self, gate: str, why: str) -> Talk[Result]:
        yield from self._sessions.note("aborted", text=f"{gate}: {why}")
        return self._result(f"aborted_gate:{gate}", f"Nothing was cleared. {why}")

    # --- arm ---------------------------------------------------------------------------------------------------

    def _compare(self, end: PlannedEnd) -> Talk[None]:
        """Compare, then clear: the SPIs that the plan names must still be there, all of them and no others."""
        now = yield from self._spis(end)
        if now != dict(end.spis):
            raise AbortError(
                "changed",
                f"{end.device} shows {_words(now)} to {end.peer}, the plan was made for {_words(end.spis)}: something "
                "renegotiated meanwhile. Audit again.",
            )

    def _spis(self, end: PlannedEnd) -> Talk[dict[str, tuple[int, ...]]]:
        show = "show crypto ipsec sa"
        parsed = yield from read(self._sessions, end.device, show, f"{show} peer {end.peer}")
        if parsed.unparsed:
            raise AbortError(
                "unread",
                f"{end.device}: the SAs to {end.peer} have lines that are not understood: {parsed.unparsed[0].text!r}.",
            )
        return {
            direction.value: tuple(sorted(spi for entry in parsed.value for spi in entry.spis(direction)))
            for direction in Direction
        }

    # --- clear -------------------------------------------------------------------------------------------------

    def _clear(self) -> Talk[AbortError | None]:
        """Both clears; ``_trouble`` then says what went wrong with either. Returns why nothing was cleared, if so.

        A clear whose answer was lost or cut may have been carried out. The other one is then not sent: nobody knows any
        more what it would meet, and the notice that the first one sends may have sufficed. One that is answered late is
        followed by the other all the same: an end that is cleared alone is what this must not leave behind.
        """
        first, second = self.plan.ends
        try:
            yield Note("clear", first.device, *first.clear.commands)
        except LostError as lost:
            return AbortError("journal", f"{lost}.")
        if refusal := (yield from self._send(first)):
            return AbortError("refused", refusal)
        if not self._trouble:
            yield from self._sessions.note("clear", second.device, *second.clear.commands)
            self._trouble = (yield from self._send(second)) or self._trouble
        return None

    def _send(self, end: PlannedEnd) -> Talk[str]:
        """Send one clear and return why it surely had no effect, if so."""
        (command,) = end.clear.commands
        refusal = ""
        try:
            answer = yield from self._sessions.ask(end.device, command)
            if answer.refusal:
                refusal = f"{end.device} refused {command!r}: {answer.refusal}."
            elif answer.incomplete:
                raise LostError(f"{end.device}: {answer.incomplete}")
        except NotSentError as lost:
            refusal = f"{lost}."
        except LostError as lost:
            self._trouble = f"{lost}. Whether {end.device} carried out {command!r} is not known."
        trouble = refusal or self._trouble
        yield from self._sessions.note("clear_failed" if trouble else "cleared", end.device, command, trouble)
        return refusal

    @property
    def _clears(self) -> list[Action]:
        """The clears that were sent, in order."""
        return [action for action in self._sessions.actions if action.command.startswith("clear ")]

    @property
    def _gap(self) -> float | None:
        clears = self._clears
        return clears[1].time - clears[0].time if len(clears) == 2 else None

    # --- prove -------------------------------------------------------------------------------------------------

    def _prove(self) -> Talk[Result]:
        deadline = self.clock() + self.timing.timeout
        proof: _Proof | None = None
        lost = self._trouble
        yield Pause(self.timing.settle, "letting the clears take effect")
        while True:
            waiting: list[str] = []
            try:
                if lost:
                    yield from self._arm_again()
                    lost = ""
                yield from self._stimulate()
                first = yield from self._read()
                yield from self._stimulate()
                yield Pause(self.timing.interval, "between the two readings of the proof")
                second = yield from self._read()
                proof = self._judge(first, second)
                missing = self._missing(proof)
                waiting = self._waiting(proof) if proof and not missing else []
            except (LostError, AbortError) as error:
                missing = lost = str(error)
            if proof and not missing and not waiting:
                return self._healed(proof)
            if self.clock() >= deadline:
                if proof and not missing and len(waiting) < len(self._identities(proof)):
                    return self._healed(proof, waiting)
                return self._not_healed(proof, missing or "; ".join(waiting))
            yield from self._sessions.note("not_yet", text=missing or "; ".join(waiting))
            if lost:
                yield Pause(RETRY, "before the next login")

    def _arm_again(self) -> Talk[None]:
        """After a loss: what the next login shows proves nothing unless it is on the same device."""
        for device in self._devices:
            yield from arm(self._sessions, device)

    def _stimulate(self) -> Talk[None]:
        for step in self.plan.stimulus:
            for command in step.commands:
                yield from self._sessions.ask(step.device, command)

    def _read(self) -> Talk[dict[str, Snapshot]]:
        taken = {}
        for device in self._devices:
            started = self.clock()
            outputs = []
            for command in commands(Stage.STATE, device.version):
                sent = self.clock()
                outputs.append(output((yield from self._sessions.ask(device.name, command)), sent, self.clock()))
            taken[device.name] = Snapshot(device.name, started, self.clock(), tuple(outputs))
        self._snapshots.extend(taken.values())
        return taken

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
            judgements = judge_all(devices, foreign_peers=self.foreign_peers, stimulated=bool(self.plan.stimulus))
            judgement = named(judgements, self.tunnel.name)
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

    def _interrupted(self) -> Talk[Result]:
        sent = ", ".join(f"{each.device} {_moment(each.time)}" for each in self._clears if each.result == "done")
        words = f"Interrupted: {f'cleared {sent}' if sent else 'no clear was confirmed'}; the proof was not finished."
        if self._trouble:
            words += f" {self._trouble}"
        words += " Next: run the audit (ansible-playbook playbooks/audit.yml)."
        yield from self._sessions.note("interrupted", text=words)
        return self._result("unfinished", words)

    def _healed(self, proof: _Proof, waiting: Sequence[str] = ()) -> Result:
        words = f"{self.tunnel.name}: new SPIs at both ends, mirrored in two readings, counting both ways.{self._apart}"
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
        words = f"{self.tunnel.name} {proven} after {self.timing.timeout:g} s: {missing.rstrip('.')}.{self._apart}"
        if self._trouble:
            words += f" {self._trouble}"
        if proof and all(dict(self._planned(end.name).spis) == spis_of(end) for end in proof.judgement.tunnel.ends):
            return self._result("no_change", f"{words} Both ends hold the SAs of before.", proof)
        return self._result("half_cleared" if self._trouble else "not_healed", words, proof)

    @property
    def _apart(self) -> str:
        """How far apart the clears went out, as a sentence to append."""
        if self._gap is None:
            return ""
        slow = f", more than the {GAP:g} s that are meant: {self.plan.ends[0].device} answered late"
        return f" The clears went out {self._gap:.1f} s apart{slow if self._gap > GAP else ''}."

    def _planned(self, device: str) -> PlannedEnd:
        return next(end for end in self.plan.ends if end.device == device)

    def _identities(self, proof: _Proof) -> list[ProxyIdentities]:
        """Those that had SAs before or have them now."""
        before = [lane for lane in lanes(self.tunnel) if lane.up]
        return list(dict.fromkeys(lane.identities for lane in [*before, *proof.up]))

    def _result(self, outcome: str, text: str, proof: _Proof | None = None) -> Result:
        judgement, devices = (proof.judgement, proof.devices) if proof else (None, ())
        actions, snapshots = tuple(self._sessions.actions), tuple(self._snapshots)
        return Result(outcome, text, actions, self._gap, judgement, devices, snapshots)


def _numbers(held: Mapping[str, tuple[int, ...]]) -> set[int]:
    return {number for numbers in held.values() for number in numbers}


def _words(held: Mapping[str, tuple[int, ...]]) -> str:
    return " and ".join(f"{way} {spis(numbers)}" for way, numbers in held.items() if numbers) or "no SA"


def _moment(seconds: float) -> str:
    return time.strftime("%H:%M:%SZ", time.gmtime(seconds))
