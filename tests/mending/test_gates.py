# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a mending before anything is cleared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Note,
    PrivilegeError,
    Shield,
)
from tests.mending.scene import (
    BRANCH_CLEAR,
    HQ_CLEAR,
    PEER,
    lose,
    on,
    scene,
    standby,
)
from tests.rails.lifts import LIFTS

# --- gates ----------------------------------------------------------------------------------------------------------


GATES = {
    "wrong-device": (
        lambda way: on("branch", "show version", way.type("hq", "show version")),
        "Nothing was cleared. branch now answers as hq serial JMX1304K0HQ; the audit read branch serial JMX1304K0BR",
    ),
    "standby": (
        lambda way: on("hq", "show failover", standby()),
        "Nothing was cleared. hq is not the active unit (standby ready)",
    ),
    "unread": (
        lambda way: on("branch", "show crypto ipsec sa peer", "Command authorization failed\n"),
        "Nothing was cleared. branch: 'show crypto ipsec sa peer 198.51.100.1' could not be read again: "
        "Command authorization failed",
    ),
    "session": (
        lambda way: lose("branch", "show crypto ipsec sa peer"),
        "Nothing was cleared. branch: the device closed the connection",
    ),
}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_stops_the_run_before_anything_is_cleared(gate: str) -> None:
    way = scene()
    mender = way.mender()
    twist, words = GATES[gate]
    way.twist = twist(way)
    result = way.mend(mender)
    assert (result.outcome, result.text) == (f"aborted_gate:{gate}", f"{words}. {LIFTS[gate]}")
    assert way.clears == []
    assert way.notes[-1] == "aborted"
    assert set(way.notes) <= {"armed", "aborted"}


@pytest.mark.parametrize("command", ["show version", "show failover"])
def test_a_device_that_cannot_be_identified_again_is_not_cleared(command: str) -> None:
    way = scene()
    mender = way.mender()
    way.twist = on("hq", command, "Command authorization failed\n")
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:unread"
    assert f"hq: '{command}' could not be read again: Command authorization failed." in result.text
    assert way.clears == []


def test_sas_that_changed_since_the_plan_are_left_alone() -> None:
    way = scene()
    mender = way.mender()
    way.type("branch", BRANCH_CLEAR)
    way.wait(5)
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:changed"
    assert "something renegotiated meanwhile. Audit again." in result.text
    assert way.clears == []


@pytest.mark.parametrize(
    ("cut", "why"),
    [
        (lambda text: text.replace("inbound esp sas:", "gibberish from a newer release"), "not understood"),
        (lambda text: text[: len(text) // 2], "could not be read again"),
        (lambda text: "", "the output is empty"),
    ],
)
def test_an_answer_that_is_not_whole_stops_the_run(cut: Callable[[str], str], why: str) -> None:
    way = scene()
    mender = way.mender()
    command = f"show crypto ipsec sa peer {PEER['hq']}"
    way.twist = on("hq", command, cut(way.type("hq", command)))
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:unread"
    assert why in result.text
    assert way.clears == []


def test_a_journal_that_cannot_be_written_stops_the_run_before_the_first_clear() -> None:
    way = scene()
    clean = scene()
    clean.mend()
    talk = [each for each in clean.story if isinstance(each, Arm | Ask | Note)]
    result = way.mend(lost_at=talk.index(Note("clear", "hq", HQ_CLEAR)) + 1)
    assert result.outcome == "aborted_gate:journal"
    assert way.clears == []
    assert way.story[-2:] == [
        Shield(False),
        Note("aborted", text=f"journal: the device closed the connection. {LIFTS['journal']}"),
    ]


@pytest.mark.parametrize("name", PEER)
def test_a_login_below_the_highest_level_stops_the_run(name: str) -> None:
    def low(device: str, command: str) -> None:
        if (device, command) == (name, ""):
            raise PrivilegeError(f"{name}: 'show curpriv' says privilege level 3")

    way = scene(twist=low)
    result = way.mend()
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "aborted_gate:privilege",
        f"Nothing was cleared. {name}: 'show curpriv' says privilege level 3. {LIFTS['privilege']}",
    )


def test_whoever_stops_all_clears_while_this_run_logs_in_stops_this_one() -> None:
    """Minutes may lie between the beginning of a run and its first clear."""
    way = scene()
    asked: list[int] = []

    def may_go() -> rails.RefusedError:
        asked.append(len(way.sent))
        return rails.refused("kill-switch", "every clear is stopped: the kill switch /run/STOP is there", "hq-branch")

    result = way.mend(way.mender(may_go=may_go))
    assert (result.outcome, result.text) == (
        "aborted_gate:kill-switch",
        "Nothing was cleared. every clear is stopped: the kill switch /run/STOP is there. Ask whoever stopped it. Then "
        "take the file away, or set remediate_enabled to true; --check still plans.",
    )
    assert way.clears == []
    # After the last thing that is read.
    assert asked == [len(way.sent)]
    assert way.sent[-1] == ("branch", "show crypto ipsec sa peer 198.51.100.1")
