# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes: two that race, and some that are killed at the worst moment."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import BusyError, Phase, State
from tests.state.actor import Actor
from tests.state.test_attempts import LEFT
from tests.state.test_leases import ELSEWHERE, NOW, ONE, PAIR

Start = Callable[[str, str], Actor]
ROUNDS = 50


def together(one: Actor, other: Actor, do: str, **given: object) -> list[str]:
    """Both are told the same, and begin at the same moment."""
    at = time.time() + 0.01
    for each in (one, other):
        each.tell(do, at=at, **given)
    return [one.answer(), other.answer()]


def test_of_two_that_race_exactly_one_wins(url: str, actor: Start) -> None:
    one, other = actor(url, "one"), actor(url, "other")
    # Both make the tables, too: neither finds them half made.
    assert together(one, other, "open") == ["opened", "opened"]
    for number in range(ROUNDS):
        answers = together(one, other, "lease", pair=f"pair {number}", now=NOW)
        assert answers in (["won", "one"], ["other", "won"])


def test_of_two_that_take_over_exactly_one_wins(url: str, actor: Start) -> None:
    state = State.open(url)
    one, other = actor(url, "one"), actor(url, "other")
    for number in range(ROUNDS):
        state.lease(f"pair {number}", ELSEWHERE, NOW - 1000, 600.0)
        answers = together(one, other, "lease", pair=f"pair {number}", now=NOW)
        assert answers in (["took over", "one"], ["other", "took over"])


def test_two_that_count_lose_nothing(url: str, actor: Start) -> None:
    one, other = actor(url, "one"), actor(url, "other")
    assert together(one, other, "shadow", pair=PAIR, times=25) == ["counted", "counted"]
    assert State.open(url).history(PAIR, NOW).shadowed == 50


def test_of_those_that_begin_at_once_no_more_pass_than_a_day_has_room_for(url: str, actor: Start) -> None:
    state = State.open(url)
    one, other = actor(url, "one"), actor(url, "other")
    for number in range(ROUNDS // 5):
        day = NOW + number * 100000
        for each in (one, other):
            assert each.ask("lease", pair=f"pair {number} {each.process.pid}", now=day, at=0) == "won"
        answers = together(one, other, "begin", now=day, most=1)
        assert sorted(answers) == ["begun", "full: 1"]
        assert state.history(PAIR, day + 1).fleet == 1


def test_what_a_killed_run_held_is_free_at_once_here_and_in_time_elsewhere(url: str, actor: Start) -> None:
    holder = actor(url, "killed")
    assert holder.ask("lease", pair=PAIR, now=NOW, at=0) == "won"
    state = State.open(url)
    with pytest.raises(BusyError, match=r"^Run killed on ctl-1 "):
        state.lease(PAIR, ONE, NOW + 1, 600.0)
    # Killed and not yet asked for by its parent: a zombie holds nothing.
    holder.process.kill()
    os.waitid(os.P_PID, holder.process.pid, os.WEXITED | os.WNOWAIT)
    other = dataclasses.replace(ONE, controller="ctl-2")
    for now in (NOW + 1, NOW + 599):
        with pytest.raises(BusyError, match=r"^Run killed on ctl-1 "):
            state.lease(PAIR, other, now, 600.0)
    ours = state.lease(PAIR, ONE, NOW + 2, 600.0)
    assert ours.why == (
        "Taken over from run killed on ctl-1, at work since 2009-11-20T08:15:00Z: its process "
        f"{holder.process.pid} no longer lives."
    )


def test_another_controller_takes_over_when_the_time_is_up(url: str, actor: Start) -> None:
    holder = actor(url, "killed")
    assert holder.ask("lease", pair=PAIR, now=NOW, at=0) == "won"
    holder.process.kill()
    ours = State.open(url).lease(PAIR, dataclasses.replace(ONE, controller="ctl-2"), NOW + 600, 600.0)
    assert ours.why == (
        "Taken over from run killed on ctl-1, at work since 2009-11-20T08:15:00Z: its time was up at "
        "2009-11-20T08:25:00Z."
    )


@pytest.mark.parametrize("phase", Phase, ids=str)
def test_killed_in_any_phase_it_leaves_a_record(url: str, actor: Start, phase: Phase) -> None:
    victim = actor(url, "killed")
    assert victim.ask("lease", pair=PAIR, now=NOW, at=0) == "won"
    number = int(victim.ask("attempt", phase=phase.value, now=NOW))
    state = State.open(url)
    under_way = state.history(PAIR, NOW + 5)
    assert (under_way.interrupted, under_way.fleet) == (None, 1)
    victim.kill()
    left = state.history(PAIR, NOW + 6).interrupted
    assert left is not None
    assert (left.id, left.run, left.phase.left, left.phase.words) == (number, "killed", *LEFT[phase])
    assert state.history(PAIR, NOW + 6).fleet == (0 if phase is Phase.ARMED else 1)
    ours = state.lease(PAIR, ONE, NOW + 6, 600.0)
    state.resolve(ours, left.id, left.phase.left, "Both ends were read again.", NOW + 7)
    assert state.history(PAIR, NOW + 8).interrupted is None
