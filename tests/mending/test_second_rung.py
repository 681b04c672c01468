# SPDX-License-Identifier: GPL-3.0-or-later
"""The second rung: the IKE SAs are cleared where the first rung was carried out and did not help, and only there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Ask, LostError, Note, Shield
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, PEER, Scene, Twist, deeper, lose, on, scene, standby, timed
from tests.rails.lifts import LIFTS, PEER_ADDRESS

HQ_LOGOFF, BRANCH_LOGOFF = (f"vpn-sessiondb logoff ipaddress {PEER[name]} noconfirm" for name in ("hq", "branch"))
BRIEF = timed(settle=1, interval=5, timeout=12)
FIRST = [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
SECOND = [("hq", HQ_LOGOFF), ("branch", BRANCH_LOGOFF)]


def useless(device: str, command: str) -> str | None:
    """The clears of the first rung are taken, and nothing happens."""
    return "" if command.startswith("clear crypto ipsec sa") else None


def both(*twists: Twist) -> Twist:
    return lambda device, command: next(
        (answer for twist in twists if (answer := twist(device, command)) is not None), None
    )


def climbing(twist: Twist = useless) -> Scene:
    return scene(twist=twist)


def run(way: Scene, change: Callable[[Plan], Plan] = deeper, **interruption: int) -> Result:
    return way.mend(way.mender(change, settings=BRIEF), **interruption)


def test_the_ike_sas_are_cleared_when_the_ipsec_sas_alone_did_not_help() -> None:
    way = climbing()
    result = run(way)
    assert way.clears == FIRST + SECOND
    assert result.outcome == "healed"
    assert result.text == (
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. The clears went out 0.0 s "
        "apart. It took the second rung: the IKE SAs were cleared, too."
    )
    assert [each for each in way.story if isinstance(each, Shield)] == [Shield(True), Shield(False)] * 2
    told = [each for each in way.notes if each != "not_yet"]
    assert told == [
        "armed", "clear hq", "cleared hq", "clear branch", "cleared branch",
        "second_rung", "clear hq", "cleared hq", "clear branch", "cleared branch", "proven",
    ]  # fmt: skip


def test_each_clear_of_the_second_rung_is_noted_right_before_it_and_behind_fresh_readings() -> None:
    way = climbing()
    run(way)
    at = way.story.index(Ask("hq", HQ_LOGOFF))
    assert way.story[at - 2 : at] == [Shield(True), Note("clear", "hq", HQ_LOGOFF)]
    began = next(n for n, each in enumerate(way.story) if isinstance(each, Note) and each.event == "second_rung")
    began = next(n for n, each in enumerate(way.story) if isinstance(each, Note) and each.event == "second_rung")
    gates = way.story[began:at]
    asked = [(each.device, each.command) for each in gates if isinstance(each, Ask)]
    for device in PEER:
        assert asked.count((device, "show version")) == 1
        assert asked.count((device, "show failover")) == 1
        assert asked.count((device, "show crypto ipsec sa")) == 2
    assert asked[-1] == ("branch", "show crypto ipsec stats")


def test_what_does_not_help_either_is_reported_and_nothing_more_is_sent() -> None:
    way = climbing(lambda device, command: "" if command.startswith(("clear", "vpn-sessiondb")) else None)
    result = run(way)
    assert way.clears == FIRST + SECOND
    assert result.outcome == "no_change"
    assert result.text.endswith(
        "The second rung was taken, too: the IKE SAs were cleared. Both ends hold the SAs of before."
    )


def test_without_leave_the_first_rung_is_the_last() -> None:
    way = climbing()
    assert run(way, lambda plan: plan).outcome == "no_change"
    assert way.clears == FIRST


def test_with_leave_at_one_end_alone_nothing_more_is_cleared() -> None:
    def half(plan: Plan) -> Plan:
        first, second = deeper(plan).ends
        return replace(plan, ends=(first, replace(second, ike_clear=None)))

    way = climbing()
    assert run(way, half).outcome == "no_change"
    assert way.clears == FIRST


def test_a_first_rung_that_helped_is_the_last() -> None:
    way = scene()
    assert run(way).outcome == "healed"
    assert way.clears == FIRST


@pytest.mark.parametrize("trouble", [lambda: on("branch", "clear", "ERROR: no\n"), lambda: lose("branch", "clear")])
def test_after_a_clear_that_failed_nobody_climbs(trouble: Callable[[], Twist], monkeypatch: pytest.MonkeyPatch) -> None:
    way = climbing(both(trouble(), lambda device, command: "?\n" if command.startswith("ping inside") else None))
    monkeypatch.setattr("lab.engine.traffic.send", lambda *flow: False)
    result = run(way)
    assert way.clears == FIRST
    assert result.outcome == "half_cleared"


# --- its gates ------------------------------------------------------------------------------------------------------


def after(event: str, way: Scene, then: Twist) -> Twist:
    """Another twist, from this note on."""
    return lambda device, command: then(device, command) if event in way.notes else None


GATES = {
    "standby": (
        lambda way: on("hq", "show failover", standby()),
        "hq is not the active unit (standby ready)",
    ),
    "session": (
        lambda way: lose("branch", "show crypto isakmp"),
        "branch: the device closed the connection",
    ),
    "unread": (
        lambda way: on("branch", "show crypto ipsec sa", "Command authorization failed\n"),
        "the SAs of branch could not be read again",
    ),
    "wrong-device": (
        lambda way: on("branch", "show version", way.type("hq", "show version")),
        "branch now answers as hq serial JMX1304K0HQ; the audit read branch serial JMX1304K0BR",
    ),
}


def test_whoever_stops_all_clears_meanwhile_stops_the_second_rung() -> None:
    way = climbing()
    stopped = rails.refused("window", "it is Mon 18:00 UTC, outside the windows for changes")
    mender = way.mender(deeper, settings=BRIEF, may_go=lambda: stopped if way.clears else None)
    result = way.mend(mender)
    assert way.clears == FIRST
    assert (result.outcome, result.text) == (
        "no_change",
        "hq-branch is not healed after 12 s: the tunnel is broken: hq still uses the SA (SPI 0xE05D5A0A) that branch "
        "deleted at Nov 20 2009 08:02:30: the deletion of that SA failed in hq's data path; DPD cannot see it because "
        "the IKE SA is alive. The clears went out 0.0 s apart. Both ends hold the SAs of before. "
        "The second rung was not taken: it is Mon 18:00 UTC, outside the windows for changes. Wait for it; in an "
        "incident, with the agreement of whoever set it, -e remediate_window=''.",
    )


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_of_the_second_rung_leaves_the_first_ones_result(gate: str) -> None:
    way = climbing()
    mender = way.mender(deeper, settings=BRIEF)
    twist, words = GATES[gate]
    refusing = after("second_rung", way, twist(way))
    way.twist = both(useless, refusing)
    result = way.mend(mender)
    assert way.clears == FIRST
    assert result.outcome == "no_change"
    assert result.text.endswith(
        f"Both ends hold the SAs of before. The second rung was not taken: {words}. {LIFTS[gate]}"
    )


def test_sas_that_changed_between_the_sample_and_the_clear_are_left_alone() -> None:
    way = climbing()
    mender = way.mender(deeper, settings=BRIEF)
    pinged = []

    def renegotiate(device: str, command: str) -> None:
        if "second_rung" in way.notes and command.startswith("ping outside") and not pinged:
            pinged.append(command)
            way.type("branch", BRANCH_CLEAR)
            way.type("branch", "ping inside 192.168.1.1")

    way.twist = both(useless, renegotiate)
    result = way.mend(mender)
    assert way.clears == FIRST
    assert "The second rung was not taken: " in result.text
    assert result.text.endswith("a moment ago: something renegotiated meanwhile. Audit again.")


def test_a_first_rung_that_helps_only_when_its_time_is_up_is_the_last() -> None:
    """Whoever takes the IKE SA down now would interrupt a tunnel that works."""
    way = scene()
    mender = way.mender(deeper, settings=BRIEF)
    way.twist = lambda device, command: (
        "?\n" if command.startswith("ping inside") and "second_rung" not in way.notes else None
    )
    asked = []

    def patient(device: str, command: str) -> str | None:
        """No SA comes up before the second rung is thought of; then traffic flows by itself."""
        if way.clears and "second_rung" not in way.notes and command == "show crypto ipsec sa":
            return "There are no ipsec sas\n"
        if "second_rung" in way.notes and command.startswith("ping outside"):
            asked.append(command)
            way.wait(5)
        return None

    way.twist = patient
    result = way.mend(mender)
    assert asked
    assert way.clears == FIRST
    assert result.outcome == "healed"
    assert "second rung" not in result.text


def test_another_version_of_ike_than_was_planned_for_is_left_alone() -> None:
    def newer(plan: Plan) -> Plan:
        ends = (
            replace(end, ike_clear=replace(end.clear, commands=(f"clear crypto ikev2 sa {end.peer}",)))
            for end in plan.ends
        )
        return replace(plan, ends=tuple(ends))

    way = climbing()
    result = run(way, newer)
    assert way.clears == FIRST
    assert result.text.endswith(
        "The second rung was not taken: hq has IKEv1 to 203.0.113.1, and the plan was made for IKEv2. Audit again."
    )


def test_a_refused_first_clear_of_the_second_rung_is_the_end_of_it() -> None:
    way = climbing(both(useless, on("hq", "vpn-sessiondb", "Command authorization failed\n")))
    result = run(way)
    assert way.clears == [*FIRST, ("hq", HQ_LOGOFF)]
    assert result.outcome == "no_change"
    assert result.text.endswith(
        f"The second rung was not taken: hq refused '{HQ_LOGOFF}': Command authorization failed. {LIFTS['refused']}"
    )
    assert result.cleared


def test_a_second_clear_of_the_second_rung_that_failed_is_told_whatever_the_proof_says() -> None:
    way = climbing(both(useless, on("branch", "vpn-sessiondb", "Command authorization failed\n")))
    result = run(way)
    assert way.clears == FIRST + SECOND
    assert result.outcome in ("healed", "half_cleared")
    assert f"branch refused '{BRANCH_LOGOFF}': Command authorization failed" in result.text


def test_an_unsafe_clear_of_the_second_rung_stops_the_run_before_the_first() -> None:
    def unsafe(plan: Plan) -> Plan:
        ends = (replace(end, ike_clear=replace(end.clear, commands=("clear crypto isakmp sa",))) for end in plan.ends)
        return replace(plan, ends=tuple(ends))

    way = climbing()
    result = run(way, unsafe)
    assert way.sent == []
    assert (result.outcome, result.text) == (
        "aborted_gate:peer-address",
        "Nothing was cleared. The plan is wrong: 'clear crypto isakmp sa' does not name one literal peer, and could "
        f"clear every tunnel of the device. It was not sent. {PEER_ADDRESS}",
    )


# --- interruptions --------------------------------------------------------------------------------------------------


def _length(kind: type | tuple[type, ...] = object) -> int:
    way = climbing()
    run(way)
    return sum(isinstance(each, kind) for each in way.story)


@pytest.mark.parametrize("step", range(_length() // 2, _length() + 1, 7))
def test_a_stop_on_the_second_rung_leaves_both_ends_alike(step: int) -> None:
    way = climbing()
    result = run(way, stop_at=step)
    assert way.clears in (FIRST, FIRST + SECOND)
    assert result.outcome in ("unfinished", "healed")
    if result.outcome == "unfinished":
        assert result.text.startswith("Interrupted: cleared hq ")
        assert result.text.count("00:0") == len(way.clears)


@pytest.mark.parametrize("step", range(1, _length((Ask, Note)) + 1, 9))
def test_a_loss_on_the_second_rung_ends_in_a_result_and_never_repeats_a_clear(step: int) -> None:
    way = climbing()
    result = run(way, lost_at=step)
    assert way.clears == [*FIRST, *SECOND][: len(way.clears)]
    assert result.text


def test_everything_lost_on_the_second_rung_is_reported() -> None:
    def gone(device: str, command: str) -> None:
        if any(each[1] == HQ_LOGOFF for each in way.sent) and not command.startswith("vpn-sessiondb"):
            raise LostError(f"{device}: unreachable")

    way = climbing()
    way.twist = both(useless, gone)
    result = run(way)
    assert way.clears == FIRST + SECOND
    assert result.outcome == "not_healed"
    assert result.text == (
        "hq-branch is not proven to be healed after 12 s: hq: unreachable. The clears went out 0.0 s apart. The second "
        "rung was taken, too: the IKE SAs were cleared."
    )
