# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever session is lost, at whichever step: a result, no clear twice, and the same devices afterwards."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    HoldLostError,
    LostError,
    Note,
    Shield,
)
from tests.mending.scene import (
    BRANCH_CLEAR,
    HQ_CLEAR,
    lose,
    scene,
    timed,
)

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


def test_what_an_earlier_round_showed_is_not_told_as_the_present() -> None:
    """One round was read and showed the SAs of before; then branch was gone until the time was up."""
    way = scene()
    mender = way.mender(settings=timed(settle=1, interval=5, timeout=20))

    def gone(device: str, command: str) -> str | None:
        if "not_yet" not in way.notes:
            return "" if command.startswith("clear") else None
        if device == "branch":
            raise LostError("branch: the device closed the connection")
        return None

    way.twist = gone
    result = way.mend(mender)
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert (result.outcome, result.text) == (
        "not_healed",
        "hq-branch is not proven to be healed after 20 s: branch: the device closed the connection. The clears went "
        "out 0.0 s apart.",
    )
    assert (result.judgement, result.devices) == (None, ())


def test_a_tunnel_that_another_run_took_over_between_the_clears_is_left_to_that_run() -> None:
    def taken(note: Note) -> None:
        if (note.event, note.device) == ("clear", "branch"):
            raise HoldLostError("Run 20091120T081500Z-remediate has lost its hold on hq-branch. Send nothing more.")

    way = scene()
    mender = way.mender()
    way.keep = taken
    result = way.mend(mender)
    assert way.clears == [("hq", HQ_CLEAR)]
    assert (result.outcome, result.text) == (
        "healed",
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. One clear did not go as "
        "planned (branch was not cleared: Run 20091120T081500Z-remediate has lost its hold on hq-branch), and the "
        "tunnel works all the same.",
    )
