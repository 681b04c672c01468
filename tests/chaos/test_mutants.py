# SPDX-License-Identifier: GPL-3.0-or-later
"""The invariants can fail: menders that do harm are caught, each by the invariant that is there for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.record import Record
from tests.chaos import memory, mutants, product, topologies, truths
from tests.chaos.ledger import Ledger
from tests.chaos.memory import Run, play
from tests.chaos.scenario import Cut, Event, Scenario

BROKEN = Scenario(7, "static map", ("7.2(5)", "8.2(5)"), "deletion-retry", 0)
HUB = dataclasses.replace(BROKEN, topology="hub with two spokes")
STAYS_DOWN = dataclasses.replace(BROKEN, events=(Event("refuse-clear", "branch", "clear", when="before"),))


# Of the requests of a run on BROKEN, the one that sends the first clear.
FIRST_CLEAR = 24


def caught(run: Run) -> set[str]:
    return {invariant for invariant, _ in run.verdict.violations}


@pytest.mark.parametrize(
    ("mutant", "scenario", "invariants"),
    [
        (mutants.clears_everything, HUB, {"harmless", "scoped"}),
        (mutants.clears_the_wrong_peer, BROKEN, {"harmless"}),
        (mutants.repeats_a_clear, BROKEN, {"once"}),
        (mutants.saves, BROKEN, {"harmless"}),
        (mutants.configures, BROKEN, {"harmless", "no-write"}),
        (mutants.notes_afterwards, BROKEN, {"recorded"}),
        (mutants.arms_one_after_the_other, BROKEN, {"armed"}),
        (mutants.compares_nothing, BROKEN, {"armed"}),
        (mutants.dawdles, BROKEN, {"gap"}),
        (mutants.says("aborted_gate:session"), BROKEN, {"outcome"}),
        (mutants.says("not_healed"), BROKEN, {"outcome"}),
        (mutants.says("half_cleared"), BROKEN, {"outcome"}),
        (mutants.says("no_change"), BROKEN, {"outcome"}),
        (mutants.says("unfinished"), BROKEN, {"outcome"}),
        (mutants.says("splendid"), BROKEN, {"outcome"}),
        (mutants.hides_what_it_cleared, BROKEN, {"confirmed"}),
        (mutants.gives_up_at_once, BROKEN, {"calm"}),
    ],
)
def test_a_mender_that_does_harm_is_caught(
    mutant: Callable[..., Any], scenario: Scenario, invariants: set[str]
) -> None:
    assert caught(play(scenario)) == set()
    assert invariants <= caught(play(scenario, mutant))


def test_a_mender_that_calls_a_dead_tunnel_healed_is_caught() -> None:
    """Both ends are lost from the clears on, so that nothing can come up again."""
    gone = dataclasses.replace(
        BROKEN, events=(Event("refuse-clear", "hq", "show version"), Event("refuse-clear", "branch", "show version"))
    )
    assert caught(play(gone)) == set()
    assert play(gone).outcomes["first"].outcome == "aborted_gate:refused"
    assert "outcome" in caught(play(gone, mutants.says("healed")))


def test_a_mender_that_does_not_look_at_what_it_did_is_caught() -> None:
    assert {"outcome", "confirmed"} <= caught(play(BROKEN, mutants.proves_nothing))


def test_two_controllers_without_a_lease_are_caught() -> None:
    """Both read the same and clear at the same time: only the lease keeps one away."""
    both = dataclasses.replace(BROKEN, second=0.02)
    with_lease = play(both)
    assert caught(with_lease) == set()
    assert sorted(each.outcome for each in with_lease.outcomes.values()) == ["aborted_gate:locked", "healed"]
    assert "alone" in caught(play(both, lease=False))


def test_a_clear_that_the_state_does_not_have_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Record, "_keep", lambda *_: None)
    assert caught(play(BROKEN)) == {"recorded"}


def test_a_run_that_is_not_told_of_one_that_was_killed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = dataclasses.replace(BROKEN, cut=Cut("kill", FIRST_CLEAR, "after"), again=True)
    assert caught(play(killed)) == set()
    monkeypatch.setattr(Ledger, "interrupted", lambda self, tunnel: setattr(self, "_tunnel", tunnel))
    monkeypatch.setattr(Ledger, "settle", lambda self: None)
    assert "interrupted" in caught(play(killed))


def test_a_state_that_says_too_little_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = dataclasses.replace(BROKEN, cut=Cut("kill", FIRST_CLEAR, "after"))
    monkeypatch.setattr(Record, "_keep", lambda *_: None)
    assert caught(play(killed)) == {"recorded", "interrupted"}


def test_a_plan_for_a_tunnel_that_works_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = dataclasses.replace(BROKEN, fault="none")
    plans = product.planned

    def forced(scenario: Scenario, judgement: Any) -> Any:
        from ansible_collections.tunnelmend.asa.plugins.plugin_utils import plan

        monkeypatch.setattr(plan, "clearable", lambda _: ("spi-mirror-mismatch",))
        monkeypatch.setattr(plan, "refusals", lambda *_: ())
        broken = dataclasses.replace(judgement, verdict="broken")
        return plans(scenario, broken)

    assert caught(play(healthy)) == set()
    monkeypatch.setattr(product, "planned", forced)
    assert "healthy" in caught(play(healthy))


def test_a_tunnel_that_is_called_idle_and_has_sas_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.chaos.actor.left_alone", lambda _: f"hq-branch {truths.IDLE}.")
    assert caught(play(dataclasses.replace(BROKEN, fault="none"))) == {"outcome"}


def test_a_check_that_clears_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    checking = dataclasses.replace(BROKEN, check=True)
    assert caught(play(checking)) == set()
    monkeypatch.setattr("tests.chaos.actor.Actor.checks", property(lambda self: False))
    assert "check-mode" in caught(play(checking))


def test_a_run_that_is_killed_is_told_by_the_next_one() -> None:
    cut = dataclasses.replace(BROKEN, cut=Cut("kill", FIRST_CLEAR), again=True)
    run = play(cut)
    assert caught(run) == set()
    assert run.outcomes["first"].outcome == "killed"
    assert run.outcomes["after"].outcome in ("healed", "no_change")
    assert "outcome" in caught(play(cut, mutants.says("not_healed")))


@pytest.mark.parametrize("units", [False, True])
def test_a_pair_that_switches_between_the_comparison_and_the_clears_gets_no_clear(units: bool) -> None:
    """The login that was armed is gone with the unit; what was compared in it holds for nobody else."""
    pair = dataclasses.replace(
        BROKEN, topology=topologies.PAIR, releases=("9.16(4)", "9.16(4)"), units=units,
        events=(Event("switch", "hq", "show crypto ipsec sa peer"),),
    )  # fmt: skip
    run = play(pair)
    assert caught(run) == set()
    assert run.outcomes["first"].outcome == "aborted_gate:refused"


def test_a_seed_is_the_whole_story() -> None:
    assert memory.seeded(11).story == memory.seeded(11).story
