# SPDX-License-Identifier: GPL-3.0-or-later
"""A clear that is refused, lost, cut, late or without effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Ask,
    Note,
    NotSentError,
    Pause,
    Shield,
)
from tests.mending.scene import (
    BRANCH_CLEAR,
    HQ_CLEAR,
    Twist,
    cut_short,
    lose,
    on,
    quiet,
    scene,
    second_clear_refused,
    story,
    timed,
)
from tests.rails.lifts import LIFTS

# --- one clear fails ------------------------------------------------------------------------------------------------


def test_a_refused_first_clear_is_the_end_of_it() -> None:
    way = scene(twist=on("hq", "clear", "Command authorization failed\n"))
    result = way.mend()
    assert result.outcome == "aborted_gate:refused"
    assert (
        result.text == f"Nothing was cleared. hq refused '{HQ_CLEAR}': Command authorization failed. {LIFTS['refused']}"
    )
    assert way.clears == [("hq", HQ_CLEAR)]
    assert way.notes == ["armed", "clear hq", "clear_failed hq", "aborted"]
    assert Shield(False) in way.story


def test_a_first_clear_that_was_lost_but_carried_out_is_proven_by_what_follows() -> None:
    way = scene()
    way.twist = lose("hq", "clear", lambda: way.type("hq", HQ_CLEAR))
    result = way.mend()
    assert way.clears == [("hq", HQ_CLEAR)]
    assert result.outcome in ("healed", "half_cleared")
    assert f"Whether hq carried out '{HQ_CLEAR}' is not known" in result.text
    assert (result.outcome == "healed") == ("works all the same" in result.text)


def test_a_clear_whose_answer_was_cut_may_have_been_carried_out() -> None:
    way = scene(twist=cut_short)
    result = way.mend()
    trouble = f"hq: the pager stopped the output. Whether hq carried out '{HQ_CLEAR}' is not known."
    assert way.clears == [("hq", HQ_CLEAR)]
    assert way.notes[1:3] == ["clear hq", "clear_failed hq"]
    assert result.outcome == "no_change"
    assert trouble in result.text
    assert result.cleared


def test_a_stop_after_a_clear_whose_answer_was_cut_says_that_too() -> None:
    way = scene(twist=cut_short)
    result = way.mend(stop_at=next(n for n, each in enumerate(story(), 1) if each == Ask("hq", HQ_CLEAR)))
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
    assert result.text.endswith("is not known. Both ends hold the SAs of before: no clear had an effect.")


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
    result = way.mend(way.mender(settings=timed(underlay=False)))
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


def test_without_traffic_the_proof_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    way = scene(twist=quiet)
    monkeypatch.setattr("lab.engine.traffic.send", lambda *flow: False)
    result = way.mend(way.mender(settings=timed(underlay=False)))
    assert result.outcome == "not_healed"
    assert result.text.startswith("hq-branch is not healed after 60 s: the tunnel is broken: SAs at either end - none")
    assert not result.text.endswith("..")


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


def test_a_device_is_not_blamed_for_what_this_controller_took() -> None:
    way = scene()

    def slow(note: Note) -> None:
        if (note.event, note.device) == ("clear", "branch"):
            way.wait(8)

    way.keep = slow
    result = way.mend()
    assert result.text.endswith(
        "The clears went out 8.0 s apart, more than the 5 s that are meant: this controller was slow to note them."
    )


def test_one_clear_alone_has_no_gap() -> None:
    result = scene(twist=lose("hq", "clear")).mend()
    assert result.gap is None
    assert "apart" not in result.text


def test_a_first_clear_that_was_not_sent_for_want_of_its_login_ends_the_run_with_nothing_cleared() -> None:
    def ended(device: str, command: str) -> str | None:
        if command == HQ_CLEAR:
            raise NotSentError("hq: the login that was armed has ended")
        return None

    way = scene(twist=ended)
    result = way.mend()
    assert result.outcome == "aborted_gate:refused"
    assert result.text == f"Nothing was cleared. hq: the login that was armed has ended. {LIFTS['refused']}"
    assert way.clears == [("hq", HQ_CLEAR)]
    assert not [action for action in result.actions if action.command.startswith("clear ")]
