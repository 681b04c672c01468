# SPDX-License-Identifier: GPL-3.0-or-later
"""Mending one tunnel, driven in memory against two emulated ASAs, with a session lost at every step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import driver
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Dialogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Snapshot, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    LostError,
    Note,
    NotSentError,
    Pause,
    Request,
    Shield,
    StoppedError,
)
from lab.site import Lab
from lab.testing import Typist, change

PEER = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
HQ_CLEAR, BRANCH_CLEAR = (f"clear crypto ipsec sa peer {PEER[name]}" for name in ("hq", "branch"))

Twist = Callable[[str, str], "str | Answer | None"]


@dataclass
class Scene:
    """Two devices in memory. ``twist`` may answer in a device's place or lose its session; ``story`` has all of it."""

    lab: Lab
    twist: Twist = lambda device, command: None
    now: float = 0.0
    story: list[Request] = field(default_factory=list)
    armed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.typists = {name: Typist(self.lab, name).enable() for name in ("hq", "branch")}

    def ask(self, name: str, command: str) -> Answer:
        answer = self.twist(name, command)
        if isinstance(answer, Answer):
            return answer
        return Answer(command, self.type(name, command) if answer is None else answer)

    def type(self, name: str, command: str) -> str:
        text = self.typists[name](command)
        return text + "\n" if text else ""

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.lab.advance(seconds)

    def read(self, name: str, scope: Scope) -> Snapshot:
        *_, whole = snapshot(name, scope, lambda line: Answer(line, self.type(name, line)), lambda: self.now)
        return whole

    def audit(self) -> tuple[Judgement, dict[str, Snapshot]]:
        first = {name: self.read(name, Scope.EVERYTHING) for name in PEER}
        self.wait(5)
        second = {name: self.read(name, Scope.SAS) for name in PEER}
        (judgement,) = judge_all([device(name, [first[name], second[name]]) for name in PEER])
        return judgement, first

    def mender(self) -> Mender:
        judgement, first = self.audit()
        planned = plan(judgement, {})
        assert planned is not None
        return Mender(planned, judgement.tunnel, first, lambda: self.now, Timing(settle=3, interval=5, timeout=60))

    def mend(self, mender: Mender | None = None, lost_at: int | None = None, stop_at: int | None = None) -> Result:
        """Run it; ``lost_at`` is the number of the question or note at which a session is lost or the disk is full.

        At the request of the number ``stop_at``, or at the first that may be cut short after it, somebody stops it.
        """
        running, reply, error = (mender or self.mender()).run(), None, None
        talk = steps = 0
        shielded = stopped = False
        while True:
            try:
                request = running.throw(error) if error else running.send(reply)
            except StopIteration as done:
                result: Result = done.value
                return result
            self.story.append(request)
            reply, error = None, None
            steps += 1
            if isinstance(request, Shield):
                shielded = request.up
            elif isinstance(request, Arm | Arm | Ask | Note):
                talk += 1
                if talk == lost_at:
                    error = LostError("the device closed the connection")
                elif not isinstance(request, Note):
                    try:
                        reply = self.answer(request)
                    except LostError as lost:
                        error = lost
            elif isinstance(request, Pause):
                self.wait(request.seconds)
            spared = isinstance(request, Note) or request == Shield(False)
            if stop_at and steps >= stop_at and not (stopped or spared or (shielded and request != Shield(True))):
                stopped, shielded, reply, error = True, False, None, StoppedError()
            if isinstance(error, LostError) and not isinstance(request, Note):
                self.armed.discard(request.device)

    def answer(self, request: Arm | Ask) -> Answer | None:
        """As the driver: whatever is typed is typed in a login that was armed."""
        if isinstance(request, Arm):
            self.twist(request.device, "")
            self.armed.add(request.device)
            return None
        assert request.device in self.armed, f"{request.command} was asked in a login that was not armed"
        return self.ask(request.device, request.command)

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(each.device, each.command) for each in self.story if isinstance(each, Ask)]

    @property
    def clears(self) -> list[tuple[str, str]]:
        return [each for each in self.sent if each[1].startswith("clear")]

    @property
    def notes(self) -> list[str]:
        return [f"{each.event} {each.device}".strip() for each in self.story if isinstance(each, Note)]


def scene(fault: str = "deletion-retry", twist: Twist | None = None) -> Scene:
    lab = change("incident-2009")
    lab.fault(fault)
    lab.advance(5)
    return Scene(lab, twist) if twist else Scene(lab)


def on(name: str, prefix: str, text: str) -> Twist:
    """Answer every such command of a device with this text."""
    return lambda device, command: text if device == name and command.startswith(prefix) else None


def lose(name: str, prefix: str, first: Callable[[], Any] = lambda: None, times: int = 1) -> Twist:
    """Lose a device's session at such a command, after something else was done."""
    left = [times]

    def twist(device: str, command: str) -> None:
        if device == name and command.startswith(prefix) and left[0]:
            left[0] -= 1
            first()
            raise LostError(f"{device}: the device closed the connection")

    return twist


# --- it works -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["deletion-retry", "lost-peer"])
def test_both_ends_are_cleared_in_order_and_the_proof_is_complete(fault: str) -> None:
    way = scene(fault)
    result = way.mend()
    assert result.outcome == "healed"
    assert result.text == (
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. "
        "The clears went out 0.0 s apart."
    )
    assert result.gap == 0
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert result.judgement is not None
    assert result.judgement.verdict is Verdict.HEALTHY
    assert [each.device for each in result.snapshots] == ["hq", "branch"] * 2


def test_nothing_but_show_commands_before_the_first_clear() -> None:
    way = scene()
    way.mend()
    before = [command for _, command in way.sent][: way.sent.index(("hq", HQ_CLEAR))]
    assert before
    assert all(command.startswith("show ") for command in before)


def test_every_clear_is_noted_before_it_is_sent_and_both_are_shielded() -> None:
    way = scene()
    way.mend()
    head = next(n for n, each in enumerate(way.story) if each == Shield(True))
    assert way.story[head : head + 9] == [
        Shield(True),
        Note("clear", "hq", HQ_CLEAR),
        Ask("hq", HQ_CLEAR),
        Note("cleared", "hq", HQ_CLEAR),
        Note("clear", "branch", BRANCH_CLEAR),
        Ask("branch", BRANCH_CLEAR),
        Note("cleared", "branch", BRANCH_CLEAR),
        Shield(False),
        Pause(3, "letting the clears take effect"),
    ]


def test_actions_tell_what_was_sent_and_answered() -> None:
    result = scene(twist=on("hq", "ping", "Command authorization failed\n")).mend()
    answers = {(each.device, each.command): each.result for each in result.actions}
    assert answers["hq", HQ_CLEAR] == "done"
    assert answers["hq", "ping inside 192.168.2.1"] == "Command authorization failed"


SECOND = "access-list VPN-{} extended permit ip {} 255.255.255.0 {} 255.255.255.0\n"


def two_networks(twist: Twist) -> Scene:
    """The branch has a second network, whose SAs come up with the first packet to it."""

    def at(name: str, here: str, there: str) -> Callable[[str], str]:
        line = SECOND.format("BRANCH" if name == "hq" else "HQ", here, there)
        return lambda text: text.replace("crypto map outside_map 10 match", line + "crypto map outside_map 10 match")

    lab = change(
        "incident-2009",
        hq=at("hq", "192.168.1.0", "192.168.3.0"),
        branch=at("branch", "192.168.3.0", "192.168.1.0"),
    )
    way = Scene(lab)
    way.type("hq", "packet-tracer input inside icmp 192.168.1.10 8 0 192.168.3.10")
    way.wait(5)
    lab.fault("deletion-retry")
    way.wait(5)
    way.twist = twist
    return way


def test_a_network_that_waits_for_traffic_makes_it_partial_and_is_named() -> None:
    def unstimulated(device: str, command: str) -> str | None:
        return "" if "192.168.3." in command else None

    result = two_networks(unstimulated).mend()
    assert result.outcome == "healed_partial"
    assert result.text.endswith(
        "Not proven for 1 of 2 proxy identities: 192.168.1.0/24 <-> 192.168.3.0/24: no SA yet, it waits for traffic."
    )


# --- gates ----------------------------------------------------------------------------------------------------------


def standby() -> str:
    return (
        "Failover On\nFailover unit Secondary\n"
        "        This host: Secondary - Standby Ready\n        Other host: Primary - Active\n"
    )


GATES = {
    "wrong-device": (
        lambda way: on("branch", "show version", way.type("hq", "show version")),
        "Nothing was cleared. branch now answers as hq serial JMX1304K0HQ; the audit read branch serial JMX1304K0BR.",
    ),
    "standby": (
        lambda way: on("hq", "show failover", standby()),
        "Nothing was cleared. hq is not the active unit (standby ready): reach the active one.",
    ),
    "unread": (
        lambda way: on("branch", "show crypto ipsec sa peer", "Command authorization failed\n"),
        "Nothing was cleared. branch: 'show crypto ipsec sa peer 198.51.100.1' could not be read again: "
        "Command authorization failed.",
    ),
    "session": (
        lambda way: lose("branch", "show crypto ipsec sa peer"),
        "Nothing was cleared. branch: the device closed the connection",
    ),
}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_stops_the_run_before_anything_is_cleared(gate: str) -> None:
    way = scene()
    mender = way.mender()
    twist, words = GATES[gate]
    way.twist = twist(way)
    result = way.mend(mender)
    assert (result.outcome, result.text) == (f"aborted_gate:{gate}", words)
    assert way.clears == []
    assert way.notes == ["aborted"]


@pytest.mark.parametrize("command", ["show version", "show failover"])
def test_a_device_that_cannot_be_identified_again_is_not_cleared(command: str) -> None:
    way = scene()
    mender = way.mender()
    way.twist = on("hq", command, "Command authorization failed\n")
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:unread"
    assert f"hq: '{command}' could not be read again: Command authorization failed." in result.text
    assert way.clears == []


def test_sas_that_changed_since_the_plan_are_left_alone() -> None:
    way = scene()
    mender = way.mender()
    way.type("branch", BRANCH_CLEAR)
    way.wait(5)
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:changed"
    assert "something renegotiated meanwhile. Audit again." in result.text
    assert way.clears == []


@pytest.mark.parametrize(
    ("cut", "why"),
    [
        (lambda text: text.replace("inbound esp sas:", "gibberish from a newer release"), "not understood"),
        (lambda text: text[: len(text) // 2], "could not be read again"),
        (lambda text: "", "the output is empty"),
    ],
)
def test_an_answer_that_is_not_whole_stops_the_run(cut: Callable[[str], str], why: str) -> None:
    way = scene()
    mender = way.mender()
    command = f"show crypto ipsec sa peer {PEER['hq']}"
    way.twist = on("hq", command, cut(way.type("hq", command)))
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:unread"
    assert why in result.text
    assert way.clears == []


def test_a_journal_that_cannot_be_written_stops_the_run_before_the_first_clear() -> None:
    way = scene()
    clean = scene()
    clean.mend()
    talk = [each for each in clean.story if isinstance(each, Arm | Ask | Note)]
    result = way.mend(lost_at=talk.index(Note("clear", "hq", HQ_CLEAR)) + 1)
    assert result.outcome == "aborted_gate:journal"
    assert way.clears == []
    assert way.story[-2:] == [Shield(False), Note("aborted", text="journal: the device closed the connection.")]


# --- one clear fails ------------------------------------------------------------------------------------------------


def test_a_refused_first_clear_is_the_end_of_it() -> None:
    way = scene(twist=on("hq", "clear", "Command authorization failed\n"))
    result = way.mend()
    assert result.outcome == "aborted_gate:refused"
    assert result.text == f"Nothing was cleared. hq refused '{HQ_CLEAR}': Command authorization failed."
    assert way.clears == [("hq", HQ_CLEAR)]
    assert way.notes == ["clear hq", "clear_failed hq", "aborted"]
    assert Shield(False) in way.story


def test_a_first_clear_that_was_lost_but_carried_out_is_proven_by_what_follows() -> None:
    way = scene()
    way.twist = lose("hq", "clear", lambda: way.type("hq", HQ_CLEAR))
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR)]
    assert result.outcome in ("healed", "half_cleared")
    assert f"Whether hq carried out '{HQ_CLEAR}' is not known" in result.text
    assert (result.outcome == "healed") == ("works all the same" in result.text)


def cut_short(device: str, command: str) -> Answer | None:
    return Answer(command, "", "the pager stopped the output") if command.startswith("clear") else None


def test_a_clear_whose_answer_was_cut_may_have_been_carried_out() -> None:
    way = scene(twist=cut_short)
    result = way.mend()
    trouble = f"hq: the pager stopped the output. Whether hq carried out '{HQ_CLEAR}' is not known."
    assert way.clears == [("hq", HQ_CLEAR)]
    assert way.notes[:2] == ["clear hq", "clear_failed hq"]
    assert result.outcome == "no_change"
    assert trouble in result.text
    assert result.cleared


def test_a_stop_after_a_clear_whose_answer_was_cut_says_that_too() -> None:
    way = scene(twist=cut_short)
    result = way.mend(stop_at=next(n for n, each in enumerate(_story(), 1) if each == Ask("hq", HQ_CLEAR)))
    assert result.text.startswith(
        "Interrupted: no clear was confirmed; the proof was not finished. hq: the pager stopped the output. "
        f"Whether hq carried out '{HQ_CLEAR}' is not known."
    )
    assert result.cleared


@pytest.mark.parametrize(
    ("twist", "cleared"),
    [
        (lambda device, command: None, True),
        (on("hq", "clear", "Command authorization failed\n"), False),
        (on("branch", "clear", "Command authorization failed\n"), True),
        (lose("hq", "clear"), True),
        (lose("hq", "show version"), False),
    ],
)
def test_only_a_clear_that_had_surely_no_effect_cleared_nothing(twist: Twist, cleared: bool) -> None:
    way = scene()
    mender = way.mender()
    way.twist = twist
    assert way.mend(mender).cleared is cleared


def test_a_first_clear_that_never_arrived_changed_nothing_and_is_not_repeated() -> None:
    way = scene(twist=lose("hq", "clear"))
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR)]
    assert result.outcome == "no_change"
    assert "hq-branch is not healed after 60 s: the tunnel is broken" in result.text
    assert result.text.endswith("is not known. Both ends hold the SAs of before.")


def second_clear_refused(device: str, command: str) -> str | None:
    return "ERROR: no\n" if (device, command) == ("branch", BRANCH_CLEAR) else None


@pytest.mark.parametrize("trouble", [lambda: second_clear_refused, lambda: lose("branch", "clear")])
@pytest.mark.parametrize("fault", ["deletion-retry", "lost-peer"])
def test_a_second_clear_that_failed_may_be_healed_all_the_same(fault: str, trouble: Callable[[], Twist]) -> None:
    way = scene(fault, trouble())
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert (result.outcome, way.lab.mirrors()) == ("healed", True)
    assert "One clear did not go as planned (branch" in result.text
    assert BRANCH_CLEAR in result.text


def test_a_second_clear_that_failed_is_half_cleared_when_the_proof_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    way = scene(twist=lambda device, command: second_clear_refused(device, command) or quiet(device, command))
    monkeypatch.setattr("lab.engine.traffic.send", lambda *flow: False)
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert result.outcome == "half_cleared"
    assert "hq-branch is not healed after 60 s" in result.text
    assert result.text.endswith(f"branch refused '{BRANCH_CLEAR}': ERROR: no.")


def test_devices_that_stay_away_after_the_clears_are_waited_for_and_reported() -> None:
    way = scene(twist=lose("branch", "show crypto isakmp", times=1000))
    result = way.mend()
    assert result.outcome == "not_healed"
    assert result.text == (
        "hq-branch is not proven to be healed after 60 s: branch: the device closed the connection. "
        "The clears went out 0.0 s apart."
    )
    waits = [each for each in way.story if isinstance(each, Pause)]
    assert 5 < len(waits) < 40


def test_a_clear_that_does_nothing_is_no_change() -> None:
    result = scene(twist=lambda device, command: "" if command.startswith("clear") else None).mend()
    assert result.outcome == "no_change"
    assert "Both ends hold the SAs of before." in result.text


def quiet(device: str, command: str) -> str | None:
    """Nothing can be pinged."""
    return "?????\nSuccess rate is 0 percent (0/5)\n" if command.startswith("ping") else None


def test_without_traffic_the_proof_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    way = scene(twist=quiet)
    monkeypatch.setattr("lab.engine.traffic.send", lambda *flow: False)
    result = way.mend()
    assert result.outcome == "not_healed"
    assert result.text.startswith("hq-branch is not healed after 60 s: the tunnel is broken: SAs at either end - none")
    assert not result.text.endswith("..")


# --- whatever happens -----------------------------------------------------------------------------------------------


def _steps() -> range:
    way = scene()
    way.mend()
    return range(1, 1 + sum(isinstance(each, Arm | Ask | Note) for each in way.story))


@pytest.mark.parametrize("step", _steps())
def test_a_loss_at_any_step_ends_in_a_result_and_never_repeats_a_clear(step: int) -> None:
    way = scene()
    mender = way.mender()
    result = way.mend(mender, lost_at=step)
    assert way.clears in ([], [("hq", HQ_CLEAR)], [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)])
    assert result.text
    assert [each for each in way.story if isinstance(each, Shield)] in ([], [Shield(True), Shield(False)])
    if not way.clears:
        assert result.outcome.startswith("aborted_gate:")
    else:
        assert result.outcome in ("healed", "half_cleared", "no_change")


@pytest.mark.parametrize("step", range(1, 60, 4))
def test_everything_lost_from_a_step_on_still_ends_in_a_result(step: int) -> None:
    way = scene()
    mender = way.mender()
    asked = iter(range(1, 10_000))

    def gone(device: str, command: str) -> None:
        if next(asked) >= step:
            raise LostError(f"{device}: unreachable")

    way.twist = gone
    result = way.mend(mender)
    assert len(way.clears) == len(set(way.clears))
    assert "unreachable" in result.text or result.outcome == "healed"


# --- after a loss the login is identified again ---------------------------------------------------------------------


def test_a_proof_is_not_read_from_another_device_that_answers_after_a_loss() -> None:
    """Branch is lost after the clears, and from then on hq answers in its place."""
    way = scene()
    mender = way.mender()
    gone: list[str] = []

    def twist(device: str, command: str) -> str | None:
        if device == "branch" and command.startswith("show crypto isakmp") and not gone:
            gone.append(command)
            raise LostError("branch: the device closed the connection")
        return way.type("hq", command) if device == "branch" and gone and command else None

    way.twist = twist
    result = way.mend(mender)
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert result.outcome == "not_healed"
    assert result.text.startswith(
        "hq-branch is not proven to be healed after 60 s: branch now answers as hq serial JMX1304K0HQ; the audit read "
        "branch serial JMX1304K0BR."
    )


def test_both_ends_are_armed_before_anything_is_asked_and_again_after_a_loss() -> None:
    way = scene(twist=lose("branch", "show crypto isakmp"))
    assert way.mend().outcome == "healed"
    armed = [each.device for each in way.story if isinstance(each, Arm)]
    assert armed == ["hq", "branch"] * 2
    assert way.story[0] == Arm("hq")


# --- the gap between the clears -------------------------------------------------------------------------------------


def test_a_first_clear_that_is_answered_late_is_followed_by_the_second_and_the_report_says_so() -> None:
    way = scene()

    def slow(device: str, command: str) -> None:
        if command == HQ_CLEAR:
            way.wait(8)

    way.twist = slow
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert (result.outcome, result.gap) == ("healed", 8)
    assert result.text.endswith("The clears went out 8.0 s apart, more than the 5 s that are meant: hq answered late.")


def test_one_clear_alone_has_no_gap() -> None:
    result = scene(twist=lose("hq", "clear")).mend()
    assert result.gap is None
    assert "apart" not in result.text


# --- signals --------------------------------------------------------------------------------------------------------


def _story() -> list[Request]:
    way = scene()
    way.mend()
    return way.story


@pytest.mark.parametrize("step", range(1, 1 + len(_story())))
def test_a_stop_at_any_step_ends_in_a_result_that_says_what_was_cleared(step: int) -> None:
    way = scene()
    mender = way.mender()
    result = way.mend(mender, stop_at=step)
    if way.clears:
        assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        if result.outcome == "healed":  # nothing came after it that could be cut short
            return
        assert result.outcome == "unfinished"
        assert result.text == (
            "Interrupted: cleared hq 00:00:05Z, branch 00:00:05Z; the proof was not finished. "
            "Next: run the audit (ansible-playbook playbooks/audit.yml)."
        )
        assert way.notes[-1] == "interrupted"
        assert result.judgement is None
    else:
        assert (result.outcome, result.text) == (
            "aborted_gate:interrupted",
            "Nothing was cleared. The run was interrupted.",
        )
        assert way.notes == ["aborted"]


def test_a_stop_after_a_clear_that_was_lost_says_that_too() -> None:
    way = scene(twist=lose("hq", "clear"))
    mender = way.mender()
    quiet_until = next(n for n, each in enumerate(_story(), 1) if each == Ask("hq", HQ_CLEAR))
    result = way.mend(mender, stop_at=quiet_until)
    assert result.outcome == "unfinished"
    assert result.text.startswith(
        "Interrupted: no clear was confirmed; the proof was not finished. hq: the device closed"
    )
    assert f"Whether hq carried out '{HQ_CLEAR}' is not known." in result.text


class _Wire:
    """Stands in for a login, and signals its own process while the first clear is under way."""

    def __init__(self, way: Scene, name: str, number: int = 0) -> None:
        self.way, self.name, self.number = way, name, number
        self.connected = True
        self.dialogue = Dialogue(name, privileged=True, privilege=15)

    def run(self, command: str) -> Answer:
        if command == HQ_CLEAR:
            os.kill(os.getpid(), self.number)
        return self.way.ask(self.name, command)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_a_signal_between_the_clears_is_delivered_after_the_second_and_after_the_telling(
    number: signal.Signals, tmp_path: Path
) -> None:
    class EndedError(Exception):
        pass

    def end(came: int, frame: object) -> None:
        raise EndedError(signal.Signals(came).name)

    way = scene()
    mender = way.mender()
    typed: list[tuple[str, str]] = []
    way.twist = lambda device, command: typed.append((device, command))
    connections: Any = {name: _Wire(way, name, number) for name in PEER}
    told: list[Result] = []
    before = signal.signal(number, end)
    try:
        with pytest.raises(EndedError, match=number.name), driver.Signals() as signals:
            told.append(driver.drive(mender.run(), connections, driver.Journal(tmp_path / "journal.jsonl"), signals))
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)
    assert typed[-2:] == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert told[0].outcome == "unfinished"
    assert told[0].text.startswith("Interrupted: cleared hq ")
    journal = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert [line.split('"event": "')[1].split('"')[0] for line in journal] == [
        "clear",
        "cleared",
        "clear",
        "cleared",
        "interrupted",
    ]
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_plan_names_one_literal_peer_for_each_end() -> None:
    planned: Plan = scene().mender().plan
    assert [end.clear.commands for end in planned.ends] == [(HQ_CLEAR,), (BRANCH_CLEAR,)]


def test_a_first_clear_that_was_not_sent_for_want_of_its_login_ends_the_run_with_nothing_cleared() -> None:
    def ended(device: str, command: str) -> str | None:
        if command == HQ_CLEAR:
            raise NotSentError("hq: the login that was armed has ended")
        return None

    way = scene(twist=ended)
    result = way.mend()
    assert result.outcome == "aborted_gate:refused"
    assert result.text == "Nothing was cleared. hq: the login that was armed has ended."
    assert way.clears == [("hq", HQ_CLEAR)]
    assert not [action for action in result.actions if action.command.startswith("clear ")]
