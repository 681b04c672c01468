# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mending is about to do is on disk before it does it, and a run that was killed is known to the next."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import record as controller_record
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.record import Record
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import HoldLostError, LostError, Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    Attempt,
    Lease,
    LimitError,
    Owner,
    Phase,
    State,
    pair_of,
)
from tests.build import tunnel
from tests.state.test_leases import holder
from tests.test_plan import mismatch, planned
from tests.test_plan_ladder import with_ike

PAIR = pair_of(tunnel())


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open(f"sqlite:///{tmp_path / 'state.sqlite'}")


@pytest.fixture
def lease(state: State) -> Lease:
    return state.lease(PAIR, Owner.here("20260101T000000Z-remediate", "hq-branch"), 0.0, 900)


def record(state: State, lease: Lease, tmp_path: Path, plan: Plan | None = None) -> Record:
    return Record(tmp_path / "journal.jsonl", state, lease, plan or planned(mismatch()))


def newest(state: State) -> Attempt:
    return state.history(PAIR, 1.0).attempts[0]


@pytest.mark.parametrize(
    ("events", "phase"),
    [
        ((), Phase.ARMED),
        (("armed",), Phase.ARMED),
        (("clear",), Phase.FIRST_SENT),
        # Nothing is written between the clears.
        (("clear", "cleared"), Phase.FIRST_SENT),
        (("clear", "cleared", "not_yet"), Phase.FIRST_DONE),
        (("clear", "clear_failed"), Phase.FIRST_FAILED),
        (("clear", "clear_failed", "not_yet", "not_yet"), Phase.FIRST_FAILED),
        (("clear", "sent"), Phase.FIRST_SENT),
        (("clear", "cleared", "clear"), Phase.SECOND_SENT),
        (("clear", "cleared", "clear", "clear_failed"), Phase.SECOND_FAILED),
        (("clear", "cleared", "clear", "clear_failed", "not_yet", "not_yet"), Phase.SECOND_FAILED),
        (("clear", "cleared", "clear", "sent", "not_yet"), Phase.SECOND_SENT),
        (("clear", "cleared", "clear", "cleared"), Phase.SECOND_DONE),
        (("clear", "cleared", "clear", "cleared", "not_yet"), Phase.PROVING),
        (("clear", "cleared", "clear", "cleared", "not_yet", "not_yet"), Phase.PROVING),
    ],
)
def test_the_state_says_how_far_it_came(
    events: tuple[str, ...], phase: Phase, state: State, lease: Lease, tmp_path: Path
) -> None:
    kept = record(state, lease, tmp_path)
    for event in events:
        kept.write(Note(event))
    assert newest(state).phase is phase
    written = (tmp_path / "journal.jsonl").read_text().splitlines() if events else []
    assert [json.loads(line)["event"] for line in written] == list(events)


def test_an_attempt_holds_the_commands_that_it_means_to_send(state: State, lease: Lease, tmp_path: Path) -> None:
    plan = planned(mismatch())
    record(state, lease, tmp_path, plan)
    assert newest(state).commands == tuple((end.device, end.clear.commands[0]) for end in plan.ends)


def test_the_second_rung_is_an_attempt_of_its_own(state: State, lease: Lease, tmp_path: Path) -> None:
    plan = with_ike()
    kept = record(state, lease, tmp_path, plan)
    for event in ("clear", "cleared", "clear", "cleared", "not_yet", "clear"):
        kept.write(Note(event))
    second, first = state.history(PAIR, 1.0).attempts
    assert (first.rung, first.outcome) == ("clear_ipsec_sa", "not_healed")
    assert (second.rung, second.phase, second.outcome) == ("clear_ike_sa", Phase.FIRST_SENT, None)
    assert second.commands == tuple((end.device, end.ike_clear.commands[0]) for end in plan.ends if end.ike_clear)


def test_the_end_of_a_run_closes_its_attempt(state: State, lease: Lease, tmp_path: Path) -> None:
    kept = record(state, lease, tmp_path)
    for event in ("clear", "cleared", "clear", "cleared"):
        kept.write(Note(event))
    assert kept.finish(Result("healed", "hq-branch: new SPIs.")) == ""
    assert (newest(state).outcome, newest(state).text) == ("healed", "hq-branch: new SPIs.")


def test_a_proof_is_told_before_the_tunnel_is_watched_and_nothing_stops_it(
    state: State, lease: Lease, tmp_path: Path
) -> None:
    told: list[int] = []

    def tell() -> None:
        told.append(len((tmp_path / "journal.jsonl").read_text().splitlines()))
        raise OSError("no space left on device")

    kept = Record(tmp_path / "journal.jsonl", state, lease, planned(mismatch()), tell)
    for event in ("armed", "proven"):
        kept.write(Note(event))
    assert told == [2]


def test_no_clear_is_sent_that_the_state_cannot_keep(state: State, lease: Lease, tmp_path: Path) -> None:
    kept = record(state, lease, tmp_path)
    state.release(lease)
    state.lease(PAIR, Owner("another", "elsewhere", 1, 1, "hq-branch"), 0.0, 900)
    with pytest.raises(HoldLostError, match="another"):
        kept.write(Note("clear"))


def test_of_a_tunnel_that_was_lost_between_the_clears_one_end_was_cleared(
    state: State, lease: Lease, tmp_path: Path
) -> None:
    kept = record(state, lease, tmp_path)
    kept.write(Note("clear"))
    kept.write(Note("cleared"))
    state.release(lease)
    state.lease(PAIR, Owner("another", "elsewhere", 1, 1, "hq-branch"), 0.0, 900)
    with pytest.raises(HoldLostError, match=r"^Run 20260101T000000Z-remediate has lost its hold on hq-branch\. "):
        kept.write(Note("clear"))
    with pytest.raises(HoldLostError):
        kept.write(Note("not_yet"))
    assert newest(state).phase is Phase.FIRST_SENT


class Hanging(State):
    """Answers nothing until it is told to."""

    def advance(self, attempt: int, phase: Phase, now: float) -> None:
        if phase is Phase.SECOND_SENT:
            GO_ON.wait(30)
        super().advance(attempt, phase, now)


GO_ON = threading.Event()


def test_between_the_clears_a_state_that_hangs_keeps_nobody_for_long(
    state: State, lease: Lease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller_record, "BRIEF", 0.05)
    kept = record(Hanging(state.database), lease, tmp_path)
    kept.write(Note("clear"))
    kept.write(Note("cleared"))
    GO_ON.clear()
    began = time.monotonic()
    with pytest.raises(LostError) as lost:
        kept.write(Note("clear"))
    assert (type(lost.value), str(lost.value)) == (LostError, "The state did not answer within 0.05 s.")
    assert time.monotonic() - began < 5
    assert newest(state).phase is Phase.FIRST_SENT
    # It was sent all the same, and is told as soon as the state can be written again.
    kept.write(Note("cleared"))
    assert newest(state).phase is Phase.SECOND_DONE
    GO_ON.set()
    kept.write(Note("not_yet"))
    assert newest(state).phase is Phase.PROVING


def test_the_hold_on_a_tunnel_is_renewed_as_long_as_the_run_is_at_work(
    state: State, lease: Lease, tmp_path: Path
) -> None:
    now = 0.0
    kept = Record(tmp_path / "journal.jsonl", state, lease, planned(mismatch()), clock=lambda: now)
    for moment, event, until in (
        (100.0, "armed", 1000.0),
        (400.0, "clear", 1300.0),
        (401.0, "cleared", 1300.0),
        (402.0, "clear", 1300.0),
        (403.0, "cleared", 1300.0),
        (420.0, "not_yet", 1320.0),
        (430.0, "proven", 1330.0),
        (490.0, "watching", 1390.0),
    ):
        now = moment
        kept.write(Note(event))
        held = holder(state, PAIR)
        assert held is not None
        assert (event, held.until) == (event, until)


def test_no_run_begins_that_is_one_too_many_for_a_day(state: State, lease: Lease, tmp_path: Path) -> None:
    other = state.lease("192.0.2.1-203.0.113.1", Owner.here("other", "hq-paris"), 0.0, 900)
    state.begin(other, "clear_ipsec_sa", [], time.time())
    with pytest.raises(LimitError) as full:
        Record(tmp_path / "journal.jsonl", state, lease, planned(mismatch()), most=1)
    assert full.value.count == 1


def test_an_end_that_the_state_cannot_keep_is_a_warning(state: State, lease: Lease, tmp_path: Path) -> None:
    kept = record(state, lease, tmp_path)
    state.resolve(lease, newest(state).id, "half_cleared", "", 2.0)
    assert kept.finish(Result("healed", "")).startswith("The state does not say how this ended: ")
