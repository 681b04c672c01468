# SPDX-License-Identifier: GPL-3.0-or-later
"""The zeroth rung: what mends itself while the run waits is not cleared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Pause
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, PEER, Scene, scene

WHY = "the dead peer detection of hq may notice it within 30 s"
WAIT = Pause(35.0, WHY)


def patient(plan: Plan) -> Plan:
    return replace(plan, wait=WAIT.seconds, wait_reason=WAIT.why)


def waiting(then: Callable[[Scene], object]) -> tuple[Scene, Result]:
    """What happens in the wait, or after it, happens once."""
    way = scene()
    way.meanwhile = lambda pause: then(way) if pause == WAIT else None
    return way, way.mend(way.mender(patient))


def somebody_else(way: Scene) -> None:
    way.type("hq", HQ_CLEAR)
    way.type("branch", BRANCH_CLEAR)
    way.wait(10)


def test_what_somebody_else_mended_is_left_alone() -> None:
    way, result = waiting(somebody_else)
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "no_change",
        "hq-branch: nothing was cleared. Something else mended it while this run waited: the SPIs are new at both ends "
        "and mirror.",
    )
    assert not result.cleared
    assert result.judgement is not None
    assert result.judgement.verdict is Verdict.HEALTHY
    assert way.notes == ["armed", "no_change"]


def test_counters_that_move_both_ways_with_the_same_spis_are_left_alone() -> None:
    """A plan whose SPIs are those of now is no reason to clear what carries traffic."""
    way = scene()
    mender = way.mender(patient)
    somebody_else(way)
    now, _ = way.audit()
    held = {end.name: spis_of(end) for end in now.tunnel.ends}
    mender.plan = replace(mender.plan, ends=tuple(replace(end, spis=held[end.device]) for end in mender.plan.ends))
    result = way.mend(mender)
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "no_change",
        "hq-branch: nothing was cleared. Something else mended it while this run waited: the counters of both ends "
        "grow both ways.",
    )


def test_what_does_not_mend_itself_is_cleared_behind_gates_passed_anew() -> None:
    way, result = waiting(lambda way: None)
    assert result.outcome == "healed"
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    armed = [each.device for each in way.story[: way.story.index(WAIT)] if isinstance(each, Arm)]
    again = [each.device for each in way.story[way.story.index(WAIT) :] if isinstance(each, Arm)]
    assert (armed, again) == (list(PEER), list(PEER))


def test_what_renegotiated_half_way_is_left_alone_and_not_called_mended() -> None:
    way = scene()
    mender = way.mender(patient)
    way.meanwhile = lambda pause: way.type("branch", BRANCH_CLEAR) if pause == WAIT else None
    result = way.mend(mender)
    assert way.clears == []
    assert result.outcome == "aborted_gate:changed"
    assert result.text.endswith("something renegotiated meanwhile. Audit again.")


@pytest.mark.parametrize("step", range(1, 31, 3))
def test_a_stop_before_or_in_the_wait_clears_nothing(step: int) -> None:
    way = scene()
    mender = way.mender(patient)
    assert way.mend(mender, stop_at=step).outcome == "aborted_gate:interrupted"
    assert way.clears == []


def test_a_login_that_ends_in_the_wait_is_made_anew() -> None:
    _, result = waiting(lambda way: way.armed.clear())
    assert result.outcome == "healed"
