# SPDX-License-Identifier: GPL-3.0-or-later
"""What was tried is kept, how far it came, and what a run that was cut off left behind."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    Attempt,
    History,
    Lease,
    LeaseLostError,
    LimitError,
    Owner,
    Phase,
    State,
    StateError,
)
from tests.state.test_leases import DEAD, ELSEWHERE, NOW, ONE, PAIR, TWO

CLEARS = (("hq", "clear crypto ipsec sa peer 203.0.113.1"), ("branch", "clear crypto ipsec sa peer 198.51.100.1"))
MEANT = "hq: clear crypto ipsec sa peer 203.0.113.1; branch: clear crypto ipsec sa peer 198.51.100.1"


def attempt(
    state: State, now: float, outcome: str = "healed", *, pair: str = PAIR, phase: Phase | None = None,
    owner: Owner = ONE,
) -> int:  # fmt: skip
    """One from the beginning to its end; ``phase`` is where it ends, the last unless given."""
    lease = state.lease(pair, owner, now, 600.0)
    number = state.begin(lease, "clear_ipsec_sa", CLEARS, now)
    for each in list(Phase)[1 : list(Phase).index(phase or Phase.PROVING) + 1]:
        state.advance(number, each, now + 1)
    state.finish(number, outcome, f"It ended {outcome}.", now + 30)
    state.release(lease)
    return number


def cut_off(state: State, phase: Phase, owner: Owner = DEAD, pair: str = PAIR) -> tuple[Lease, int]:
    lease = state.lease(pair, owner, NOW, 600.0)
    number = state.begin(lease, "clear_ipsec_sa", CLEARS, NOW)
    for each in list(Phase)[1 : list(Phase).index(phase) + 1]:
        state.advance(number, each, NOW + 5)
    return lease, number


def test_nothing_was_tried(state: State) -> None:
    assert state.history(PAIR, NOW) == History(PAIR)


def test_an_attempt_is_kept_with_all_that_is_known_of_it(state: State) -> None:
    number = attempt(state, NOW)
    kept = Attempt(
        number, PAIR, ONE, "clear_ipsec_sa", CLEARS, NOW, Phase.PROVING, NOW + 1, NOW + 30, "healed",
        "It ended healed.",
    )  # fmt: skip
    assert state.history(PAIR, NOW + 60) == History(PAIR, (kept,), fleet=1)
    assert (kept.tunnel, kept.run, kept.controller) == ("hq-branch", "20091120T081500Z-remediate", "ctl-1")


def test_the_newest_comes_first_and_another_pair_is_another_history(state: State) -> None:
    first, second = attempt(state, NOW), attempt(state, NOW + 3600, "not_healed")
    attempt(state, NOW, pair="192.0.2.1-203.0.113.1")
    assert [each.id for each in state.history(PAIR, NOW + 7200).attempts] == [second, first]


def test_secrets_are_masked(state: State) -> None:
    lease = state.lease(PAIR, ONE, NOW, 600.0)
    number = state.begin(lease, "rekey", [("hq", "pre-shared-key opensesame")], NOW)
    state.finish(number, "not_healed", "hq refused 'pre-shared-key opensesame'", NOW + 1)
    kept = state.history(PAIR, NOW + 2).attempts[0]
    assert kept.commands == (("hq", "pre-shared-key *****"),)
    assert kept.text == "hq refused 'pre-shared-key *****"


def test_while_the_run_is_at_work_its_attempt_is_under_way(state: State) -> None:
    lease = state.lease(PAIR, ELSEWHERE, NOW, 600.0)
    number = state.begin(lease, "clear_ipsec_sa", CLEARS, NOW)
    before, after = state.history(PAIR, NOW + 599), state.history(PAIR, NOW + 600)
    assert (before.interrupted, before.fleet) == (None, 1)
    assert (after.interrupted, after.fleet) == (after.attempts[0], 0)
    assert after.attempts[0].id == number


LEFT = {
    Phase.ARMED: ("nothing_cleared", "Nothing was cleared."),
    Phase.FIRST_SENT: (
        "half_cleared",
        "The first clear was about to be sent and may have been carried out; nobody noted that the second was sent.",
    ),
    Phase.FIRST_FAILED: (
        "half_cleared",
        "The first clear failed or its answer was lost, so that it may have been carried out; the second was not sent.",
    ),
    Phase.FIRST_DONE: ("half_cleared", "The first end was cleared, the second was not."),
    Phase.SECOND_SENT: (
        "half_cleared",
        "The first end was cleared; the second clear was about to be sent and may have been carried out.",
    ),
    Phase.SECOND_FAILED: (
        "half_cleared",
        "The first end was cleared; the second clear failed or its answer was lost, so that it may have been carried "
        "out.",
    ),
    Phase.SECOND_DONE: ("unproven", "Both ends were cleared, never proven."),
    Phase.PROVING: ("unproven", "Both ends were cleared, never proven."),
}


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.ARMED, "Nothing was cleared."),
        (Phase.FIRST_SENT, "The one clear was about to be sent and may have been carried out."),
        (Phase.FIRST_FAILED, "The one clear failed or its answer was lost, so that it may have been carried out."),
        (Phase.FIRST_DONE, "The one end that was meant was cleared, never proven."),
        (Phase.PROVING, "The one end that was meant was cleared, never proven."),
    ],
)
def test_a_run_on_one_end_speaks_of_no_second_clear(phase: Phase, words: str) -> None:
    only = Attempt(1, PAIR, DEAD, "clear_ipsec_sa", CLEARS[:1], NOW, phase, NOW)
    assert only.words == (
        "Run 20091120T081500Z-remediate on ctl-1 came to no end on hq-branch: it was last heard of at "
        f"2009-11-20T08:15:00Z, {phase.value}. {words} It meant to send hq: clear crypto ipsec sa peer 203.0.113.1."
    )


@pytest.mark.parametrize("phase", Phase, ids=str)
def test_a_run_that_died_tells_the_next_what_it_left(state: State, phase: Phase) -> None:
    _, number = cut_off(state, phase)
    history = state.history(PAIR, NOW + 60)
    assert history.interrupted is not None
    left, words = LEFT[phase]
    assert history.interrupted.phase.left == left
    heard = "08:15:00" if phase is Phase.ARMED else "08:15:05"
    assert history.interrupted.words == (
        "Run 20091120T081500Z-remediate on ctl-1 came to no end on hq-branch: it was last heard of at "
        f"2009-11-20T{heard}Z, {phase.value}. {words} It meant to send {MEANT}."
    )
    ours = state.lease(PAIR, ONE, NOW + 60, 600.0)
    with pytest.raises(StateError) as refused:
        state.begin(ours, "clear_ipsec_sa", CLEARS, NOW + 60)
    assert str(refused.value) == (
        f"{history.interrupted.words} Read both ends and resolve it before anything else is tried."
    )
    state.resolve(ours, number, left, "Read anew: both ends hold nothing.", NOW + 70)
    resolved = state.history(PAIR, NOW + 80)
    assert resolved.interrupted is None
    closed = resolved.attempts[0]
    assert (closed.outcome, closed.text) == (left, "Read anew: both ends hold nothing.")
    assert (closed.finished, closed.resolved_by) == (NOW + 70, ONE.run)
    assert state.begin(ours, "clear_ipsec_sa", CLEARS, NOW + 80) > number


@pytest.mark.parametrize("phase", [Phase.ARMED, Phase.FIRST_DONE], ids=str)
def test_a_run_that_lost_its_hold_sends_nothing_more(state: State, phase: Phase) -> None:
    lease, number = cut_off(state, phase, ELSEWHERE)
    state.lease(PAIR, ONE, NOW + 600, 600.0)
    following = list(Phase)[list(Phase).index(phase) + 1]
    with pytest.raises(LeaseLostError, match=r"^Run 20091120T081600Z-remediate has lost its hold on hq-branch\. "):
        state.advance(number, following, NOW + 601)
    with pytest.raises(LeaseLostError):
        state.begin(lease, "clear_ipsec_sa", CLEARS, NOW + 601)
    assert state.history(PAIR, NOW + 602).attempts[0].phase is phase


def test_what_was_done_is_noted_even_by_a_run_that_lost_its_hold(state: State) -> None:
    _, number = cut_off(state, Phase.SECOND_SENT, ELSEWHERE)
    state.lease(PAIR, ONE, NOW + 600, 600.0)
    state.advance(number, Phase.SECOND_DONE, NOW + 601)
    interrupted = state.history(PAIR, NOW + 602).interrupted
    assert interrupted is not None
    assert interrupted.phase is Phase.SECOND_DONE


def test_what_another_run_resolved_is_closed(state: State) -> None:
    _, number = cut_off(state, Phase.FIRST_DONE, ELSEWHERE)
    state.resolve(state.lease(PAIR, ONE, NOW + 600, 600.0), number, "half_cleared", "", NOW + 601)
    closed = rf"^Attempt {number} on hq-branch was closed by run {ONE.run}: half_cleared\. Send nothing more\.$"
    with pytest.raises(LeaseLostError, match=closed):
        state.advance(number, Phase.SECOND_SENT, NOW + 602)
    with pytest.raises(LeaseLostError, match=closed):
        state.finish(number, "healed", "", NOW + 602)


def test_an_attempt_goes_on_and_never_back(state: State) -> None:
    _, number = cut_off(state, Phase.SECOND_SENT)
    for phase in (Phase.FIRST_SENT, Phase.SECOND_SENT):
        with pytest.raises(ValueError, match=f"attempt {number} is second_sent already, and cannot become {phase}"):
            state.advance(number, phase, NOW + 9)


def test_an_attempt_that_is_not_there_is_said(state: State) -> None:
    with pytest.raises(StateError, match=r"^There is no attempt 99: the state was emptied or exchanged meanwhile\.$"):
        state.advance(99, Phase.FIRST_SENT, NOW)


def test_a_lease_of_another_pair_resolves_nothing(state: State) -> None:
    _, number = cut_off(state, Phase.ARMED)
    other = state.lease("192.0.2.1-203.0.113.1", ONE, NOW, 600.0)
    with pytest.raises(ValueError, match=f"attempt {number} is one on {PAIR}, and the lease is of 192.0.2.1"):
        state.resolve(other, number, "nothing_cleared", "", NOW + 1)


# --- counts ------------------------------------------------------------------------------------------------------


def test_the_fleet_counts_what_was_sent_in_the_last_day_on_all_pairs(state: State) -> None:
    attempt(state, NOW - 86401)
    attempt(state, NOW - 86000, pair="192.0.2.1-203.0.113.1")
    attempt(state, NOW - 7200, phase=Phase.FIRST_SENT)
    attempt(state, NOW - 60, "aborted_gate:changed", phase=Phase.ARMED)
    attempt(state, NOW - 50, "aborted_gate:refused", phase=Phase.FIRST_FAILED, owner=TWO)
    assert state.history(PAIR, NOW).fleet == 2
    # Its second rung.
    attempt(state, NOW - 7100)
    assert state.history(PAIR, NOW).fleet == 2


def test_no_more_begin_than_a_day_has_room_for(state: State) -> None:
    attempt(state, NOW - 7200, pair="192.0.2.1-203.0.113.1")
    under_way = state.lease("192.0.2.2-203.0.113.1", ONE, NOW, 600.0)
    state.begin(under_way, "clear_ipsec_sa", CLEARS, NOW, 2)
    lease = state.lease(PAIR, ONE, NOW, 600.0)
    with pytest.raises(LimitError) as full:
        state.begin(lease, "clear_ipsec_sa", CLEARS, NOW + 1, 2)
    assert (full.value.count, str(full.value)) == (2, "2 attempts in a day are as many as are allowed.")
    assert state.history(PAIR, NOW + 1).attempts == ()
    first = state.begin(lease, "clear_ipsec_sa", CLEARS, NOW + 1, 3)
    state.advance(first, Phase.FIRST_SENT, NOW + 2)
    state.finish(first, "not_healed", "", NOW + 3)
    # A second rung is no other run.
    state.begin(lease, "clear_ike_sa", CLEARS, NOW + 4, 3)
    assert state.history(PAIR, NOW + 5).fleet == 3


def test_shadows_are_counted_until_something_is_sent(state: State) -> None:
    assert [state.would_have_acted(PAIR, NOW + each) for each in range(3)] == [1, 2, 3]
    state.would_have_acted("192.0.2.1-203.0.113.1", NOW)
    history = state.history(PAIR, NOW + 10)
    assert history.shadowed == 3
    attempt(state, NOW + 20, "aborted_gate:changed", phase=Phase.ARMED)
    assert state.history(PAIR, NOW + 60).shadowed == 3
    attempt(state, NOW + 100)
    history = state.history(PAIR, NOW + 200)
    assert history.shadowed == 0
    assert state.would_have_acted(PAIR, NOW + 300) == 1
    assert state.history("192.0.2.1-203.0.113.1", NOW + 300).shadowed == 1


def tried(started: float, outcome: str | None, phase: Phase = Phase.PROVING, run: str = "") -> Attempt:
    finished = None if outcome is None else started + 60
    owner = dataclasses.replace(ONE, run=run or f"run of {started}")
    return Attempt(int(started), PAIR, owner, "clear_ipsec_sa", (), started, phase, started, finished, outcome)


@pytest.mark.parametrize(
    ("attempts", "counted"),
    [
        ([], []),
        ([tried(9000, "not_healed"), tried(8000, "not_healed")], [9000, 8000]),
        ([tried(9000, None, Phase.FIRST_SENT)], [9000]),
        ([tried(9900, "healed")], [9900]),
        ([tried(6000, "healed"), tried(5000, "not_healed")], []),
        ([tried(9000, "not_healed"), tried(5000, "healed"), tried(4500, "not_healed")], [9000]),
        ([tried(9000, "not_healed"), tried(8000, "healed"), tried(7500, "not_healed")], [9000, 8000, 7500]),
        ([tried(6000, "healed_partial")], [6000]),
        ([tried(9000, "aborted_gate:changed", Phase.ARMED), tried(6000, "healed")], []),
        ([tried(9100, "not_healed", run="A"), tried(9000, "not_healed", run="A"), tried(8000, "worse")], [9100, 8000]),
        ([tried(9000, "aborted_gate:refused", Phase.FIRST_FAILED), tried(8000, "not_healed")], [8000]),
    ],
    ids=[
        "nothing", "two failed", "cut off", "just healed", "healed and lasted", "failed after one that lasted",
        "failed after one that did not", "half healed is not healed", "nothing was sent",
        "both rungs are one run", "a refused clear is none",
    ],
)  # fmt: skip
def test_what_cool_down_asks(attempts: list[Attempt], counted: list[int]) -> None:
    history = History(PAIR, tuple(attempts))
    assert [each.id for each in history.acted_without_lasting(10000.0, 3600.0)] == counted


def test_a_history_is_data(state: State) -> None:
    history = state.history(PAIR, NOW)
    with pytest.raises(dataclasses.FrozenInstanceError):
        history.shadowed = 1  # type: ignore[misc]
