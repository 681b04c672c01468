# SPDX-License-Identifier: GPL-3.0-or-later
"""An end that is reached through the tunnel itself: its clear is sent blind, the other end's traffic brings it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Fire,
    LostError,
    Note,
    NotSentError,
    Request,
    Shield,
)
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, TALK, Scene, branch_in_band, scene, timed
from tests.rails.lifts import LIFTS

BOTH = [("branch", BRANCH_CLEAR), ("hq", HQ_CLEAR)]
BRIEF = timed(settle=1, interval=5, timeout=20)


def inside(way: Scene) -> Scene:
    """Once something is cleared, branch is reached only while the SAs of both ends fit."""

    def twist(device: str, command: str) -> None:
        if device == "branch" and way.clears and command != BRANCH_CLEAR and not way.lab.mirrors():
            way.armed.pop("branch", None)
            raise LostError("branch: no answer within 30 s")

    way.twist = twist
    return way


def test_the_end_inside_is_cleared_blind_and_first_and_proven_after_a_new_login() -> None:
    way = inside(scene())
    result = way.mend(way.mender(branch_in_band, settings=BRIEF))
    assert (result.outcome, result.text) == (
        "healed",
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. The clears went out 0.0 s "
        "apart.",
    )
    head = way.story.index(Shield(True))
    assert way.story[head : head + 8] == [
        Shield(True),
        Note("clear", "branch", BRANCH_CLEAR),
        Fire("branch", BRANCH_CLEAR),
        Note("sent", "branch", BRANCH_CLEAR, "its answer is not waited for"),
        Note("clear", "hq", HQ_CLEAR),
        Ask("hq", HQ_CLEAR),
        Note("cleared", "hq", HQ_CLEAR),
        Shield(False),
    ]
    after = way.story[head + 9 :]
    assert after[0] == Arm("hq")
    assert after.index(Ask("hq", "ping inside 192.168.2.1")) < after.index(Arm("branch"))
    sent = next(each for each in result.actions if each.command == BRANCH_CLEAR)
    assert sent.result == "sent; its answer was not waited for"


def test_an_end_inside_that_comes_second_is_cleared_blind_too() -> None:
    def second(plan: Plan) -> Plan:
        return replace(plan, ends=tuple(reversed(branch_in_band(plan).ends)))

    way = inside(scene())
    assert way.mend(way.mender(second, settings=BRIEF)).outcome == "healed"
    assert way.clears == list(reversed(BOTH))
    assert Fire("branch", BRANCH_CLEAR) in way.story


def test_an_end_that_comes_back_late_is_waited_for_and_identified() -> None:
    way = inside(scene())
    twist, left = way.twist, [3]

    def late(device: str, command: str) -> object:
        if device == "branch" and way.clears and command == "" and left[0]:
            left[0] -= 1
            raise LostError("branch: no answer within 30 s")
        return twist(device, command)

    way.twist = late  # type: ignore[assignment]
    result = way.mend(way.mender(branch_in_band, settings=BRIEF))
    assert result.outcome == "healed"
    assert "One clear" not in result.text
    waited = [each for each in way.story if isinstance(each, Note) and each.event == "not_yet"]
    assert [each.text for each in waited] == ["branch: no answer within 30 s"] * 3
    again = way.story[way.story.index(Note("cleared", "hq", HQ_CLEAR)) :]
    asked = [each.command for each in again if isinstance(each, Ask) and each.device == "branch"]
    assert asked[:2] == ["show version", "show failover"]


def test_an_end_that_never_comes_back_is_reported_as_that() -> None:
    way = inside(scene())

    def never(device: str, command: str) -> None:
        if device == "branch" and way.clears and command != BRANCH_CLEAR:
            raise LostError("branch: no answer within 30 s")

    way.twist = never
    result = way.mend(way.mender(branch_in_band, settings=BRIEF))
    assert way.clears == BOTH
    assert (result.outcome, result.text) == (
        "not_healed",
        "hq-branch is not proven to be healed after 20 s: branch: no answer within 30 s. The clears went out 0.0 s "
        "apart.",
    )


def test_the_end_outside_is_armed_again_first_when_its_login_is_lost_too() -> None:
    """Only its traffic brings the other one back."""
    way = inside(scene())
    twist, left = way.twist, [1]

    def both(device: str, command: str) -> object:
        if device == "hq" and way.clears and command.startswith("ping inside") and left[0]:
            left[0] = 0
            raise LostError("hq: the device closed the connection")
        return twist(device, command)

    way.twist = both  # type: ignore[assignment]
    assert way.mend(way.mender(branch_in_band, settings=BRIEF)).outcome == "healed"
    assert left == [0]


def test_another_device_that_answers_in_its_place_proves_nothing() -> None:
    way = scene()
    mender = way.mender(branch_in_band, settings=BRIEF)
    way.twist = lambda device, command: (
        way.type("hq", command) if device == "branch" and way.clears and command == "show version" else None
    )
    result = way.mend(mender)
    assert result.outcome == "not_healed"
    assert "branch now answers as hq serial JMX1304K0HQ" in result.text


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_wire_that_breaks_while_it_is_sent_is_expected(carried_out: bool) -> None:
    """Nobody can tell whether the line went out; the other end is cleared all the same, and the proof decides."""
    way = scene()

    def broken(device: str, command: str) -> None:
        if command == BRANCH_CLEAR:
            if carried_out:
                way.type("branch", command)
            raise LostError("branch: the device closed the connection")

    way.twist = broken
    result = way.mend(way.mender(branch_in_band, settings=BRIEF))
    assert way.clears == BOTH
    assert "One clear" not in result.text
    assert result.outcome in (("healed",) if carried_out else ("healed", "not_healed"))


def test_a_clear_that_surely_did_not_leave_is_not_followed_by_the_other() -> None:
    def ended(device: str, command: str) -> None:
        if command == BRANCH_CLEAR:
            raise NotSentError("branch: the login that was armed has ended")

    way = scene(twist=ended)
    result = way.mend(way.mender(branch_in_band, settings=BRIEF))
    assert way.clears == [("branch", BRANCH_CLEAR)]
    assert (result.outcome, result.text) == (
        "aborted_gate:refused",
        f"Nothing was cleared. branch: the login that was armed has ended. {LIFTS['refused']}",
    )
    assert not result.cleared


def test_a_stop_says_what_was_sent_blind() -> None:
    way = inside(scene())
    story = _story()
    result = way.mend(way.mender(branch_in_band, settings=BRIEF), stop_at=story.index(Fire("branch", BRANCH_CLEAR)) + 1)
    assert way.clears == BOTH
    assert result.text == (
        "Interrupted: cleared branch 00:00:05Z (its answer was not waited for), hq 00:00:05Z; the proof was not "
        "finished. Next: run the audit (ansible-playbook playbooks/audit.yml)."
    )


# --- interruptions --------------------------------------------------------------------------------------------------


def _story() -> list[Request]:
    way = inside(scene())
    way.mend(way.mender(branch_in_band, settings=BRIEF))
    return way.story


STORY = _story()


@pytest.mark.parametrize("step", range(1, 1 + sum(isinstance(each, TALK) for each in STORY), 2))
def test_a_loss_at_any_step_ends_in_a_result_and_never_repeats_a_clear(step: int) -> None:
    way = inside(scene())
    result = way.mend(way.mender(branch_in_band, settings=BRIEF), lost_at=step)
    assert way.clears in ([], BOTH[:1], BOTH)
    assert result.text
    if not way.clears:
        assert result.outcome.startswith("aborted_gate:")
    else:
        assert result.outcome in ("healed", "half_cleared", "no_change", "not_healed")


@pytest.mark.parametrize("step", range(1, 1 + len(STORY), 2))
def test_a_stop_at_any_step_leaves_both_ends_alike(step: int) -> None:
    way = inside(scene())
    result = way.mend(way.mender(branch_in_band, settings=BRIEF), stop_at=step)
    assert way.clears in ([], BOTH)
    assert result.outcome in (("unfinished", "healed") if way.clears else ("aborted_gate:interrupted",))
