# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read around a clear for the evidence: never in its way, and never lost with it."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import AFTER, BEFORE, around
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import OutputStatus, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    LostError,
    Note,
    Sessions,
    StoppedError,
    Talk,
)

CLEAR = "clear crypto ipsec sa peer 203.0.113.1"


def mending() -> Talk[str]:
    try:
        yield Arm("hq")
        yield Ask("hq", CLEAR)
    except StoppedError:
        yield Note("aborted")
        return "interrupted"
    return "healed"


class Run:
    """Drives it; at the request ``at`` this error is thrown in. ``typed`` has all that was asked, in order."""

    def __init__(self, error: Exception | None = None, at: str = "", acted: bool = True) -> None:
        self.typed: list[str] = []
        self.saved: list[Snapshot] = []
        self.result, self.after = "", tuple[Snapshot, ...]()
        now = iter(range(1000))
        sequence = around(mending(), Sessions(lambda: float(next(now))), ["hq"], self._save, lambda result: acted)
        reply, thrown = None, None
        while True:
            try:
                request = sequence.throw(thrown) if thrown else sequence.send(reply)
            except StopIteration as done:
                self.result, self.after = done.value
                return
            said = request.command if isinstance(request, Ask) else type(request).__name__
            self.typed.append(said)
            reply, thrown = None, None
            if said == at and error:
                thrown, at = error, ""
            elif isinstance(request, Ask):
                reply = Answer(request.command, "answer\n")

    def _save(self, snapshot: Snapshot) -> None:
        # On disk before anything is cleared.
        assert CLEAR not in self.typed
        self.saved.append(snapshot)


def commands(snapshots: list[Snapshot] | tuple[Snapshot, ...]) -> list[tuple[str, ...]]:
    return [tuple(output.command for output in each.outputs) for each in snapshots]


def test_evidence_is_saved_before_the_clear_and_the_logs_are_read_after() -> None:
    run = Run()
    assert run.typed == ["Arm", *BEFORE, "Arm", CLEAR, "Arm", *AFTER]
    assert run.result == "healed"
    assert commands(run.saved) == [BEFORE]
    assert commands(run.after) == [AFTER]


def test_only_show_commands_are_typed() -> None:
    assert all(command.startswith("show ") for command in (*BEFORE, *AFTER))


def test_nothing_is_read_after_a_run_that_did_nothing() -> None:
    run = Run(acted=False)
    assert run.typed[-1] == CLEAR
    assert run.after == ()


@pytest.mark.parametrize("at", ["Arm", *BEFORE])
def test_a_loss_before_the_clear_leaves_the_mending_to_judge_it(at: str) -> None:
    run = Run(LostError("hq: the device closed the connection"), at)
    assert run.typed[-len(AFTER) - 3 :] == ["Arm", CLEAR, "Arm", *AFTER]
    assert run.result == "healed"


def test_what_was_read_right_before_a_loss_is_not_taken_for_whole() -> None:
    (kept,) = Run(LostError("gone"), BEFORE[1]).saved
    assert [(output.command, output.status) for output in kept.outputs] == [(BEFORE[0], OutputStatus.INCOMPLETE)]


@pytest.mark.parametrize("at", ["Arm", *BEFORE])
def test_who_stops_it_before_the_clear_gets_the_mendings_own_end(at: str) -> None:
    run = Run(StoppedError(), at)
    assert (run.result, run.after) == ("interrupted", ())
    assert CLEAR not in run.typed
    assert run.typed[-1] == "Note"


@pytest.mark.parametrize("error", [StoppedError(), LostError("gone")])
def test_the_end_of_the_mending_stands_whatever_becomes_of_the_logs(error: Exception) -> None:
    run = Run(error, AFTER[0])
    assert (run.result, run.after) == ("healed", ())
