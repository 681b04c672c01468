# SPDX-License-Identifier: GPL-3.0-or-later
"""After the proof the tunnel is left alone for a while, and looked at once more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, proving
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import LostError, Note, Pause
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, Scene, scene, timed, two_networks

SOAKING = timed(settle=1, interval=5, timeout=12, soak=150)
HEALED = (
    "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. The clears went out 0.0 s apart."
)


def soaking(then: Callable[[Scene], object] = lambda way: None) -> tuple[Scene, Mender]:
    way = scene()
    mender = way.mender(settings=SOAKING)
    way.meanwhile = lambda pause: then(way) if pause.seconds == 30 and "proven" in way.notes else None
    return way, mender


def test_a_tunnel_that_lasts_is_healed_and_progress_is_told() -> None:
    way, mender = soaking()
    result = way.mend(mender)
    assert (result.outcome, result.text) == ("healed", f"{HEALED} It works still, 150 s later.")
    assert [each for each in way.story if isinstance(each, Pause) and "once more" in each.why] == [
        Pause(60, "hq-branch works; looking once more in", ahead=150),
        Pause(60, "hq-branch works; looking once more in", ahead=90),
        Pause(30, "hq-branch works; looking once more in", ahead=30),
    ]
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


def test_whoever_drives_it_hears_of_the_proof_before_the_wait_and_knows_its_result() -> None:
    way, mender = soaking()
    running, reply = mender.run(), None
    while (request := running.send(reply)) != Note("proven", text=HEALED):
        reply = way.answer(request) if hasattr(request, "device") and not isinstance(request, Note) else None
        if isinstance(request, Pause):
            way.wait(request.seconds)
    assert mender.proven is not None
    assert (mender.proven.outcome, mender.proven.text) == ("healed", HEALED)
    assert mender.proven.judgement is not None
    assert mender.proven.judgement.verdict is Verdict.HEALTHY
    assert isinstance(running.send(None), Pause)


def test_without_a_soak_the_proof_is_the_end() -> None:
    way = scene()
    assert way.mend(way.mender(settings=timed(settle=1, interval=5, timeout=12))).text == HEALED
    assert way.notes[-1] == "proven"


def test_a_tunnel_that_breaks_again_is_not_healed() -> None:
    way, mender = soaking(lambda way: way.lab.fault("deletion-retry"))
    result = way.mend(mender)
    assert result.outcome == "not_healed"
    assert result.text.startswith("hq-branch worked for 150 s and broke again: the tunnel is broken: ")
    assert result.text.endswith(f"Before that: {HEALED}")
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert result.judgement is not None
    assert result.judgement.verdict is Verdict.BROKEN


def test_a_login_that_the_device_ended_meanwhile_is_made_anew() -> None:
    way, mender = soaking(lambda way: way.armed.clear())
    assert way.mend(mender).text == f"{HEALED} It works still, 150 s later."


def test_devices_that_cannot_be_reached_at_the_end_leave_the_proof_as_it_was() -> None:
    way, mender = soaking()

    def gone(device: str, command: str) -> None:
        if "proven" in way.notes:
            raise LostError(f"{device}: unreachable")

    way.twist = gone
    result = way.mend(mender)
    assert result.outcome == "healed"
    assert result.text == f"{HEALED} After 150 s it could not be looked at again: hq: unreachable."
    assert result.judgement is not None


def test_a_failure_of_this_run_after_the_proof_takes_the_proof_not_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> object:
        raise ZeroDivisionError("a bug")

    way, mender = soaking(lambda way: monkeypatch.setattr(proving, "judged", broken))
    result = way.mend(mender)
    assert result.outcome == "healed"
    assert result.text.startswith(
        f"{HEALED} After that this run failed (ZeroDivisionError: a bug), and nothing was repeated. Now: hq shows "
        "inbound 0x"
    )
    assert result.judgement is not None


def test_what_waited_for_traffic_may_go_on_waiting() -> None:
    way = two_networks(lambda device, command: "" if "192.168.3." in command else None)
    result = way.mend(way.mender(settings=SOAKING))
    assert result.outcome == "healed_partial"
    assert result.text.endswith("no SA yet, it waits for traffic. It works still, 150 s later.")


def _story_length() -> tuple[int, int]:
    way, mender = soaking()
    way.mend(mender)
    proven = next(n for n, each in enumerate(way.story, 1) if isinstance(each, Note) and each.event == "proven")
    return proven, len(way.story)


@pytest.mark.parametrize("step", range(_story_length()[0], _story_length()[1] + 1, 4))
def test_a_stop_meanwhile_leaves_it_healed_and_says_that_it_was_not_watched_to_the_end(step: int) -> None:
    way, mender = soaking()
    result = way.mend(mender, stop_at=step)
    assert result.outcome == "healed"
    assert result.text.startswith(HEALED)
    if "It works still" not in result.text:
        assert " It was not watched to the end: interrupted after " in result.text
        assert result.text.endswith(" of 150 s.")
        assert way.notes[-1] == "interrupted"
    assert result.judgement is not None


def test_a_stop_at_once_says_after_how_long() -> None:
    way, mender = soaking()
    result = way.mend(mender, stop_at=_story_length()[0])
    assert result.text == f"{HEALED} It was not watched to the end: interrupted after 60 of 150 s."
    way, mender = soaking()
    way.meanwhile = lambda pause: way.wait(0.2239) if pause.ahead else None
    result = way.mend(mender, stop_at=_story_length()[0])
    assert result.text == f"{HEALED} It was not watched to the end: interrupted after 60 of 150 s."
