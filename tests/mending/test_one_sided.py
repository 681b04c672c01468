# SPDX-License-Identifier: GPL-3.0-or-later
"""Only one end may be cleared: only that end is asked anything, and only what it shows is called proven."""

from __future__ import annotations

import re
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Note, Pause, Request, Shield
from tests.mending.scene import HQ_CLEAR, TALK, Scene, hq_alone, lose, on, scene, timed
from tests.rails.lifts import LIFTS

BRIEF = timed(settle=1, interval=5, timeout=12)
ALONE = [("hq", HQ_CLEAR)]


def mended(way: Scene, **interruption: int) -> tuple[str, str]:
    result = way.mend(way.mender(hq_alone, settings=BRIEF), **interruption)
    return result.outcome, result.text


def test_one_end_is_cleared_and_what_the_other_sees_is_not_called_proven() -> None:
    way = scene("deletion-retry")
    assert mended(way) == (
        "healed",
        "hq-branch: new SPIs at hq, in use in two readings, counting both ways. 203.0.113.1 was neither cleared nor "
        "read: packets that come back show that it uses the new SAs, and nothing shows whether it keeps old ones "
        "besides.",
    )
    assert way.clears == ALONE
    assert {device for device, _ in way.sent} == {"hq"}
    assert [each.device for each in way.story if isinstance(each, Arm)] == ["hq"]
    head = way.story.index(Shield(True))
    assert way.story[head + 1 : head + 6] == [
        Note("clear", "hq", HQ_CLEAR),
        way.story[head + 2],
        Note("cleared", "hq", HQ_CLEAR),
        Shield(False),
        Pause(1, "letting the clears take effect"),
    ]


def test_the_judgement_is_that_of_one_end() -> None:
    way = scene()
    result = way.mend(way.mender(hq_alone, settings=BRIEF))
    assert result.judgement is not None
    assert [end.name for end in result.judgement.tunnel.ends] == ["hq"]
    # One before the clear, two after it.
    assert [each.device for each in result.snapshots] == ["hq", "hq", "hq"]


def test_peers_that_are_foreign_anyway_change_nothing() -> None:
    way = scene()
    mender = way.mender(hq_alone, settings=BRIEF, foreign_peers=(ip_address("203.0.113.1"),))
    assert way.mend(mender).outcome == "healed"


def test_counters_that_do_not_grow_both_ways_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    way = scene()
    mender = way.mender(hq_alone, settings=BRIEF)

    def deaf(device: str, command: str) -> str | None:
        """New SAs, and nothing ever comes in on them."""
        if command != "show crypto ipsec sa" or not way.clears:
            return None
        head, *blocks = way.type(device, command).split("#pkts decaps: ")
        return head + "".join("#pkts decaps: 0" + block[len(block.split(",")[0]) :] for block in blocks)

    way.twist = deaf
    result = way.mend(mender)
    assert result.outcome == "not_healed"
    assert result.text == (
        "hq-branch is not healed after 12 s: 192.168.1.0/24 <-> 192.168.2.0/24: hq has received nothing."
    )


def test_a_clear_without_effect_is_no_change() -> None:
    way = scene(twist=lambda device, command: "" if command.startswith("clear") else None)
    outcome, text = mended(way)
    assert outcome == "no_change"
    assert text.endswith("hq holds the SAs of before.")


def test_a_refused_clear_cleared_nothing() -> None:
    assert mended(scene(twist=on("hq", "clear", "Command authorization failed\n"))) == (
        "aborted_gate:refused",
        f"Nothing was cleared. hq refused '{HQ_CLEAR}': Command authorization failed. {LIFTS['refused']}",
    )


def test_sas_that_changed_since_the_plan_are_left_alone() -> None:
    way = scene()
    mender = way.mender(hq_alone, settings=BRIEF)
    way.type("hq", HQ_CLEAR)
    assert way.mend(mender).outcome == "aborted_gate:changed"
    assert way.clears == []


@pytest.mark.parametrize(("way_out", "way_in", "cleared"), [(40, 40, False), (40, 0, True), (0, 40, True)])
def test_one_end_that_counts_both_ways_meanwhile_is_left_alone(way_out: int, way_in: int, cleared: bool) -> None:
    """The SPIs are those of the plan, and the traffic passes all the same."""
    way = scene()
    mender = way.mender(hq_alone, settings=BRIEF)

    def counting(device: str, command: str) -> str | None:
        if command != "show crypto ipsec sa" or way.clears:
            return None
        text = way.type(device, command)
        for counter, packets in (("encaps", way_out), ("decaps", way_in)):
            text = re.sub(rf"(?<=#pkts {counter}: )\d+", str(1000 + packets) if packets else "0", text)
        return text

    way.twist = counting
    result = way.mend(mender)
    assert bool(way.clears) is cleared
    if not cleared:
        assert (result.outcome, result.text) == (
            "aborted_gate:changed",
            "Nothing was cleared. hq has counted traffic both ways to 203.0.113.1 since the audit, which a clear would "
            f"only interrupt. {LIFTS['changed']}",
        )


def test_the_other_end_may_be_out_of_reach() -> None:
    way = scene()
    mender = way.mender(hq_alone, settings=BRIEF)
    way.twist = lose("branch", "", times=1000)
    assert way.mend(mender).outcome == "healed"


def _story() -> list[Request]:
    way = scene()
    way.mend(way.mender(hq_alone, settings=BRIEF))
    return way.story


STORY = _story()


@pytest.mark.parametrize("step", range(1, 1 + sum(isinstance(each, TALK) for each in STORY)))
def test_a_loss_at_any_step_ends_in_a_result_and_never_repeats_a_clear(step: int) -> None:
    way = scene()
    outcome, text = mended(way, lost_at=step)
    assert way.clears in ([], ALONE)
    assert text
    assert way.clears or outcome.startswith("aborted_gate:")


@pytest.mark.parametrize("step", range(1, 1 + len(STORY)))
def test_a_stop_at_any_step_ends_in_a_result(step: int) -> None:
    way = scene()
    outcome, text = mended(way, stop_at=step)
    assert outcome in (("unfinished", "healed") if way.clears else ("aborted_gate:interrupted",))
    assert outcome != "unfinished" or text.startswith("Interrupted: cleared hq 00:00:05Z; the proof was not finished.")
