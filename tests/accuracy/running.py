# SPDX-License-Identifier: GPL-3.0-or-later
"""A case through the product, from texts to a judgement, on the way that every audit takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import assemble, collecting, judge, rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Judgement,
    Outcome,
    Output,
    Severity,
    Snapshot,
)
from tests.accuracy import device, state
from tests.accuracy.library import Case, Side

# Monday, 23 November 2026, 17:04:00 UTC.
NOON = 1795453440.0
BETWEEN_READINGS = 45.0
# Two devices answer in turn, not at once; a command takes a moment.
APART = 0.4
A_MOMENT = 0.01
# It is long, so that no collection asks for it; a case may print it all the same.
NEVER_ASKED = "show asp table vpn-context detail"


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """What the product said of a case; ``error`` when it said nothing at all."""

    verdict: str
    cause: str
    fails: frozenset[str]
    unknown: frozenset[str]
    messages: tuple[str, ...]
    error: str = ""


@dataclasses.dataclass(frozen=True)
class Result:
    """A case, what was said, and where that is not what the label says.

    ``waiting`` are the rules of the label that the product does not have yet: what depends on them is not compared.
    """

    case: Case
    got: Outcomes
    missed: frozenset[str]
    wrong: frozenset[str]
    waiting: frozenset[str]
    verdict_right: bool
    cause_right: bool
    others: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.missed and not self.wrong and self.verdict_right and self.cause_right and not self.others


def known_rules() -> frozenset[str]:
    """The ids of the rules that the product has."""
    return frozenset(check.rule.id for check in rules.load())


def run(case: Case) -> Outcomes:
    """What the product says of this case."""
    try:
        judgement = _judgement(case)
    except judge.NothingToJudgeError as error:
        return Outcomes("nothing", "", frozenset(), frozenset(), (), str(error))
    return Outcomes(
        verdict=str(judgement.verdict),
        cause=judgement.cause_rule,
        fails=frozenset(
            each.rule
            for each in judgement.findings
            if each.outcome is Outcome.FAIL and each.severity >= Severity.WARNING
        ),
        unknown=frozenset(each.rule for each in judgement.findings if each.outcome is Outcome.UNKNOWN),
        messages=tuple(f"{each.rule}: {each.outcome} {each.severity}: {each.message}" for each in judgement.findings),
    )


def compare(case: Case, got: Outcomes, known: frozenset[str], *, causes_named: bool) -> Result:
    """Where this is not what the label says; what rests on a rule that is still to come is left out."""
    label = case.label
    waiting = (label.fails | label.unknown) - known
    # A verdict follows from the failing rules: it cannot be right before they are there.
    settled = not (label.own - known)
    cause_due = causes_named and settled
    others = [f"nothing says {text!r}" for text in label.message if settled and not _said(text, got)]
    others += [f"{rule} is not unknown" for rule in sorted((label.unknown & known) - got.unknown)]
    if got.error:
        others.append(got.error)
    return Result(
        case=case,
        got=got,
        missed=(label.fails & known) - got.fails,
        wrong=got.fails - label.fails - label.may_fail,
        waiting=waiting,
        verdict_right=not settled or got.verdict == label.verdict,
        cause_right=not cause_due or got.cause in (label.causes or ("",)),
        others=tuple(others),
    )


def _said(text: str, got: Outcomes) -> bool:
    return any(text in message for message in got.messages)


def _judgement(case: Case) -> Judgement:
    devices = []
    for number, side in enumerate(case.sides):
        snapshots = tuple(_snapshots(side, number * APART))
        public = [ip_address(each) for each in side.public]
        devices.append(assemble.device(side.name, snapshots, public_addresses=public))
    judgements = judge.judge_all(
        devices, foreign_peers=[ip_address(each) for each in case.foreign], stimulated=case.stimulated
    )
    # A device may have other tunnels: the one that is meant joins the devices of the case.
    meant = [each for each in judgements if len(each.tunnel.ends) == len(case.sides)]
    found = meant or judgements
    if len(found) != 1:
        names = ", ".join(each.tunnel.name for each in judgements)
        raise judge.NothingToJudgeError(f"one tunnel was expected, and there are {len(judgements)}: {names}")
    return found[0]


def _snapshots(side: Side, apart: float) -> Iterator[Snapshot]:
    scopes = (collecting.Scope.EVERYTHING, collecting.Scope.SAS)[: side.readings]
    for reading, scope in enumerate(scopes):
        started = NOON + apart + reading * BETWEEN_READINGS + side.delay[reading]
        if side.unreadable:
            yield Snapshot(side.name, started, started, (), side.unreadable)
            continue
        session = _Session(side, reading, started)
        *_, last = collecting.snapshot(side.name, scope, session.run, _Clock(started).tick)
        last = _with_more(side, last)
        yield _in_one(side, last, session) if side.whole and scope is collecting.Scope.EVERYTHING else last


def _with_more(side: Side, snapshot: Snapshot) -> Snapshot:
    """The snapshot of someone who asked for what no collection asks."""
    asked = {each.command for each in snapshot.outputs}
    more = [
        Output(command, text, snapshot.finished, snapshot.finished)
        for command, text in side.printed.items()
        if command == NEVER_ASKED and command not in asked
    ]
    return dataclasses.replace(snapshot, outputs=(*snapshot.outputs, *more))


def _in_one(side: Side, snapshot: Snapshot, session: _Session) -> Snapshot:
    """The snapshot of someone who saved the configuration as one text."""
    kept = [each for each in snapshot.outputs if not each.command.startswith("show running-config")]
    text = session.run(side.whole).text
    return dataclasses.replace(snapshot, outputs=(Output(side.whole, text, snapshot.started, snapshot.finished), *kept))


class _Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def tick(self) -> float:
        self.now += A_MOMENT
        return self.now


class _Session:
    """One login: answers with the text that the device prints at this reading."""

    def __init__(self, side: Side, reading: int, started: float) -> None:
        self.side = side
        self.started = started
        elapsed = reading * BETWEEN_READINGS + side.delay[reading]
        self.state = state.at(side.second if reading else side.first, reading, elapsed)

    def run(self, command: str) -> Answer:
        side = self.side
        if command in side.refuse:
            return Answer(command, device.REFUSAL)
        text = side.printed.get(command)
        if text is None:
            text = device.answer(self.state, side.config, side.saved, list(side.log), self.started, command)
        if command in side.cut:
            lines = text.splitlines(keepends=True)
            return Answer(command, "".join(lines[: len(lines) // 2]), "the session ended in the middle of it")
        return Answer(command, text)
