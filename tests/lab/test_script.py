# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that happen at the very line that a device receives, and the truth that stands beside each clear."""

from __future__ import annotations

import re
from dataclasses import asdict
from ipaddress import IPv4Address
from typing import Any

import pytest

from lab.cli.transport import Die, Pause
from lab.control import answer
from lab.engine.faults import FaultError
from lab.engine.traffic import Flow
from lab.site import Lab
from lab.testing import LoginRefusedError, NoAnswerError, SessionEndedError, Typist, change

HQ_CLEAR, BRANCH_CLEAR = "clear crypto ipsec sa peer 203.0.113.1", "clear crypto ipsec sa peer 198.51.100.1"
REFUSED = "ERROR: Unable to clear: the request could not be processed"


def pairs(lab: Lab, device: str) -> list[tuple[int, int]]:
    return [(pair.spi_in, pair.spi_out) for pair in lab.network.devices[device].datapath.pairs()]


def cleared(lab: Lab) -> list[tuple[str, str, str, dict[str, int]]]:
    found: list[dict[str, Any]] = lab.status()["truth"]["cleared"]
    return [(line["device"], line["user"], line["line"], line["effect"]["pairs"]) for line in found]


def script(lab: Lab) -> list[tuple[int, int, str]]:
    return [(each["seen"], each["fired"], each["error"]) for each in lab.status()["truth"]["script"]]


# -- the session dies ----------------------------------------------------------------------------------------


def test_the_session_dies_after_the_clear_was_carried_out(incident: Lab) -> None:
    """A session through the tunnel loses its way back with the SA (Cisco ASA Command Reference, management-access)."""
    assert incident.fault("dies-on-clear") == "hq"
    hq = Typist(incident, "hq").enable()
    assert hq("show hostname") == "hq"
    with pytest.raises(SessionEndedError, match=f"hq ended the session after '{HQ_CLEAR}"):
        hq(HQ_CLEAR)
    with pytest.raises(SessionEndedError, match=r"the session at hq is over; 'show clock\\n' was not sent"):
        hq("show clock")
    assert not pairs(incident, "hq")
    assert cleared(incident) == [("hq", "operator", HQ_CLEAR, {"203.0.113.1": 1})]
    again = Typist(incident, "hq").enable()
    assert "There are no ipsec sas" in again("show crypto ipsec sa")
    assert again.session.number == hq.session.number + 1


def test_the_session_dies_before_the_clear_is_carried_out(incident: Lab) -> None:
    incident.fault("dies-on-clear=before", "branch")
    before = pairs(incident, "branch")
    Typist(incident, "hq").enable()(HQ_CLEAR.replace("203.0.113.1", "203.0.113.99"))
    branch = Typist(incident, "branch").enable()
    with pytest.raises(SessionEndedError, match="branch ended the session"):
        branch(BRANCH_CLEAR)
    assert pairs(incident, "branch") == before
    last = incident.boxes["branch"].record[-1]
    assert (last.line, last.effect) == (BRANCH_CLEAR, None)


def test_a_death_follows_the_echo_and_ends_the_actions(incident: Lab) -> None:
    incident.when("after every show at hq: drop")
    hq = Typist(incident, "hq")
    actions = hq.session.feed(b"show clock\nshow version\n")
    assert [type(action).__name__ for action in actions] == ["Write", "Die"]
    assert actions[-1] == Die()
    assert [line.line for line in incident.boxes["hq"].record] == ["show clock"]


def test_a_device_that_is_refused_or_hangs_says_so(incident: Lab) -> None:
    hq = Typist(incident, "hq").enable()
    incident.act("quirk hq refuse-login; quirk hq hang=clear")
    with pytest.raises(LoginRefusedError, match="hq refuses the login of operator"):
        Typist(incident, "hq")
    with pytest.raises(NoAnswerError, match=f"hq does not answer '{HQ_CLEAR}'"):
        hq(HQ_CLEAR)
    incident.act("quirk hq -refuse-login")
    assert Typist(incident, "hq").greeting.endswith("hq> ")
    incident.boxes["branch"].set_quirk("drop-after=100")
    with pytest.raises(SessionEndedError, match="branch ended the session"):
        Typist(incident, "branch")("show version")


# -- refusing, slowness, rights ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "refused"),
    [("refuse-clear", "xxxx"), ("refuse-clear=2", ".xxx"), ("refuse-clear=2-3", ".xx."), ("refuse-clear=1-1", "x...")],
)
def test_clears_are_refused_by_count_and_at_one_device(incident: Lab, value: str, refused: str) -> None:
    incident.boxes["branch"].set_quirk(value)
    branch, hq = Typist(incident, "branch").enable(), Typist(incident, "hq").enable()
    answers = ["x" if branch(BRANCH_CLEAR) == REFUSED else "." for _ in range(4)]
    assert "".join(answers) == refused
    assert hq(HQ_CLEAR) == ""
    carried_out = [line.effect is not None for line in incident.boxes["branch"].record if line.line == BRANCH_CLEAR]
    assert carried_out == [mark == "." for mark in refused]


def test_slow_on_a_prefix_waits_only_there_and_virtual_time_passes(incident: Lab) -> None:
    incident.boxes["hq"].set_quirk("slow-on=clear crypto:8")
    hq = Typist(incident, "hq").enable()
    began = incident.scheduler.now
    assert hq("show hostname") == "hq"
    assert incident.scheduler.now == began
    assert hq(HQ_CLEAR) == ""
    assert incident.scheduler.now == began + 8
    incident.boxes["hq"].set_quirk("slow=2")
    assert Pause(2.0) in hq.session.feed(b"show hostname\n")
    assert Pause(8.0) in hq.session.feed(b"clear crypto ipsec sa counters\n")


@pytest.mark.parametrize(
    ("quirk", "message"),
    [
        ("slow=soon", "not a value of quirk slow: 'soon' (write slow=seconds)"),
        ("slow-on=clear", "not a value of quirk slow-on: 'clear' (write slow-on=prefix:seconds)"),
        ("refuse-clear=often", "not a value of quirk refuse-clear: 'often' (write refuse-clear=n)"),
        ("level=high", "not a value of quirk level: 'high' (write level=number)"),
    ],
)
def test_quirks_refuse_values_that_mean_nothing(incident: Lab, quirk: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        incident.boxes["hq"].set_quirk(quirk)


def test_a_level_that_falls_in_the_middle_of_a_session(incident: Lab) -> None:
    """Cisco ASA Command Reference, show curpriv: a # prompt does not prove level 15."""
    hq = Typist(incident, "hq").enable()
    before = pairs(incident, "hq")
    incident.boxes["hq"].set_quirk("level=3")
    assert hq("show curpriv").splitlines()[:2] == ["Username : enable_3", "Current privilege level : 3"]
    assert hq.session.prompt == "hq# "
    assert hq(HQ_CLEAR).endswith("ERROR: % Invalid input detected at '^' marker.")
    assert pairs(incident, "hq") == before
    assert incident.boxes["hq"].record[-1].effect is None


def test_a_clear_that_tacacs_does_not_allow_any_more(incident: Lab) -> None:
    incident.when("after the first clear at any: quirk branch authorization-failed=clear crypto ipsec sa peer")
    hq, branch = Typist(incident, "hq").enable(), Typist(incident, "branch").enable()
    assert branch("show curpriv").splitlines()[1] == "Current privilege level : 15"
    assert hq(HQ_CLEAR) == ""
    assert branch(BRANCH_CLEAR) == "Command authorization failed"
    assert branch("show curpriv").splitlines()[1] == "Current privilege level : 15"
    assert cleared(incident) == [("hq", "operator", HQ_CLEAR, {"203.0.113.1": 1})]


def test_level_3_under_command_authorization_refuses_the_clear() -> None:
    extra = "aaa authorization command LOCAL\ntelnet timeout"
    lab = change("incident-2009", hq=lambda text: text.replace("telnet timeout", extra))
    lab.boxes["hq"].set_quirk("level=3")
    assert Typist(lab, "hq").enable()(HQ_CLEAR) == "Command authorization failed"


# -- between the clears --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["hq", "branch"])
def test_peers_that_negotiate_anew_between_the_clears(incident: Lab, end: str) -> None:
    """RFC 2409 5.5: a quick mode needs no traffic but three messages, and either end may start it."""
    assert incident.fault("renegotiates-between", end) == end
    incident.traffic[0].flow = Flow(IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2"))
    before = pairs(incident, "hq")
    hq, branch = Typist(incident, "hq").enable(), Typist(incident, "branch").enable()
    assert hq(HQ_CLEAR) == ""
    (between,) = pairs(incident, "hq")
    assert between not in before
    assert pairs(incident, "branch") == [between[::-1]]
    assert branch(BRANCH_CLEAR) == ""
    assert cleared(incident)[1] == ("branch", "operator", BRANCH_CLEAR, {"198.51.100.1": 1})
    assert incident.status()["truth"]["cleared"][1]["effect"]["spis"] == [f"0x{between[1]:08X}"]
    assert script(incident) == [(2, 1, "")]


def test_negotiating_anew_rekeys_what_a_lost_delete_left(incident: Lab) -> None:
    incident.fault("lose-delete=1")
    incident.fault("renegotiates-between", "branch")
    old = pairs(incident, "branch")[0]
    assert Typist(incident, "hq").enable()(HQ_CLEAR) == ""
    assert pairs(incident, "branch")[1] == old
    assert pairs(incident, "hq") == [pairs(incident, "branch")[0][::-1]]


# -- reboots -------------------------------------------------------------------------------------------------


def test_a_device_that_reboots_at_the_clear(incident: Lab) -> None:
    assert incident.fault("reboots-during=clear crypto") == "branch"
    hq, branch = Typist(incident, "hq").enable(), Typist(incident, "branch").enable()
    watching = Typist(incident, "branch").enable()
    assert branch("clear logging buffer") == ""
    assert hq(HQ_CLEAR) == ""
    with pytest.raises(SessionEndedError, match="branch ended the session"):
        branch(BRANCH_CLEAR)
    with pytest.raises(SessionEndedError, match="the session at branch is over"):
        watching("show clock")
    with pytest.raises(LoginRefusedError, match="branch is down"):
        Typist(incident, "branch")
    assert hq("show hostname") == "hq"
    incident.advance(180)
    assert "branch up 0 secs" in Typist(incident, "branch")("show version")


def test_a_silent_reboot_leaves_its_sessions_hanging_until_it_is_back(incident: Lab) -> None:
    """RFC 9293 3.5.1: a host that lost its state resets a connection only when it hears of it again."""
    incident.when("before the first clear at branch: reboot here 40s silently")
    branch = Typist(incident, "branch").enable()
    with pytest.raises(NoAnswerError, match="branch does not answer"):
        branch(BRANCH_CLEAR)
    incident.advance(39)
    with pytest.raises(NoAnswerError):
        branch("show clock")
    incident.advance(2)
    with pytest.raises(SessionEndedError, match="the session at branch is over"):
        branch("show clock")
    assert cleared(incident) == []
    assert [line.line for line in incident.boxes["branch"].record][-1] == BRANCH_CLEAR


def test_the_other_device_reboots_after_the_nth_line(incident: Lab) -> None:
    incident.when("after the 2nd show clock at hq: reboot branch 30s")
    hq, branch = Typist(incident, "hq").enable(), Typist(incident, "branch").enable()
    hq("show clock")
    assert branch("show hostname") == "branch"
    assert hq("show clock").startswith("08:02:00")
    with pytest.raises(SessionEndedError):
        branch("show hostname")
    incident.advance(30)
    assert Typist(incident, "branch")("show clock").startswith("08:02:30")


# -- another operator ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "device", "line"),
    [("another-operator", "branch", BRANCH_CLEAR), ("another-operator=here", "hq", HQ_CLEAR)],
)
def test_another_operator_clears_at_the_same_moment(incident: Lab, value: str, device: str, line: str) -> None:
    incident.fault(value)
    hq = Typist(incident, "hq").enable()
    assert hq(HQ_CLEAR) == ""
    first, second = cleared(incident)[:2] if device == "hq" else cleared(incident)[::-1]
    if device == "hq":
        # Carried out before ours, which then finds nothing, though it was received first.
        assert (first, second) == (
            ("hq", "operator", HQ_CLEAR, {}),
            ("hq", "other-operator", HQ_CLEAR, {"203.0.113.1": 1}),
        )
    else:
        assert first == (device, "other-operator", line, {"198.51.100.1": 1})
        assert second == ("hq", "operator", HQ_CLEAR, {"203.0.113.1": 1})
    sessions = {(entry.user, entry.session) for box in incident.boxes.values() for entry in box.record}
    assert ("other-operator", incident.boxes[device].sessions) in sessions
    assert script(incident) == [(1, 1, "")]


def test_another_operator_meets_no_quirk_and_sets_nothing_off(incident: Lab) -> None:
    incident.when("before every clear at any: type peer clear crypto ipsec sa")
    incident.act("quirk branch refuse-clear; quirk branch hang=clear")
    assert Typist(incident, "hq").enable()(HQ_CLEAR) == ""
    assert cleared(incident)[1] == ("branch", "other-operator", "clear crypto ipsec sa", {"198.51.100.1": 1})
    assert script(incident) == [(1, 1, "")]


# -- the record ----------------------------------------------------------------------------------------------


def test_the_record_is_in_order_over_all_devices_and_tells_what_was_true(incident: Lab) -> None:
    hq, branch = Typist(incident, "hq").enable(), Typist(incident, "branch").enable()
    branch("show clock")
    hq("clear crypto ipsec sa")
    branch(BRANCH_CLEAR)
    lines = answer(incident, {"do": "record"})
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert [(line["device"], line["line"]) for line in lines[-3:]] == [
        ("branch", "show clock"), ("hq", "clear crypto ipsec sa"), ("branch", BRANCH_CLEAR),
    ]  # fmt: skip
    unscoped = lines[-2]
    assert {key: unscoped[key] for key in ("session", "user", "privilege", "mode", "virtual")} == {
        "session": 1, "user": "operator", "privilege": 15, "mode": "exec", "virtual": "2009-11-20T08:02:00.000+00:00",
    }  # fmt: skip
    # No virtual time passed, so the DELETE of hq had not yet arrived when branch was cleared.
    assert [line["effect"] and line["effect"]["pairs"] for line in lines[-3:]] == [
        None, {"203.0.113.1": 1}, {"198.51.100.1": 1},
    ]  # fmt: skip
    assert unscoped["effect"]["left"] == unscoped["effect"]["ike"] == {}


def test_a_logoff_is_true_at_its_answer(incident: Lab) -> None:
    hq = Typist(incident, "hq").enable()
    spi_in, _ = pairs(incident, "hq")[0]
    hq.raw("vpn-sessiondb logoff ipaddress 203.0.113.1\n")
    hq.raw("y")
    asked, answered = incident.boxes["hq"].record[-2:]
    assert asked.effect is None
    assert answered.effect
    assert asdict(answered.effect) == {
        "pairs": {"203.0.113.1": 1}, "left": {}, "ike": {"203.0.113.1": 1}, "spis": [f"0x{spi_in:08X}"],
    }  # fmt: skip


def test_a_clear_that_leaves_its_sa_says_so(incident: Lab) -> None:
    incident.fault("undeletable-sa")
    assert Typist(incident, "hq").enable()(HQ_CLEAR) == ""
    effect = incident.status()["truth"]["cleared"][0]["effect"]
    assert (effect["pairs"], effect["left"]) == ({}, {"203.0.113.1": 1})


def test_the_truth_is_told_without_a_packet(incident: Lab) -> None:
    before = [Typist(incident, name).enable()("show crypto ipsec sa") for name in ("hq", "branch")]
    (pair,) = incident.status()["truth"]["pairs"]
    assert (pair["ends"], pair["mirrors"], pair["passes"]) == (["hq", "branch"], True, True)
    assert [(way["from"], way["local"], way["known"]) for way in pair["ways"]] == [
        ("hq", "192.168.1.0/24", True), ("branch", "192.168.2.0/24", True),
    ]  # fmt: skip
    assert [Typist(incident, name).enable()("show crypto ipsec sa") for name in ("hq", "branch")] == before
    Typist(incident, "hq").enable()("clear crypto isakmp sa")
    (pair,) = incident.status()["truth"]["pairs"]
    there, back = pair["ways"]
    assert (there["why"], back["why"]) == ("hq has no SA", f"hq does not know SPI {back['spi_out']}")
    assert (pair["mirrors"], pair["passes"]) == (False, False)


# -- triggers ------------------------------------------------------------------------------------------------


def test_a_script_is_a_function_of_the_seed() -> None:
    def story() -> list[tuple[str, str, str]]:
        lab = change("incident-2009")
        lab.fault("deletion-retry")
        lab.when("after the first clear at any: wait 3s; renegotiate peer")
        lab.when("before 2 clear at any: reboot hq 20s")
        for device, line in (("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)):
            Typist(lab, device).enable()(line)
        lab.advance(60)
        return [(line.virtual, line.line, str(line.effect)) for box in lab.boxes.values() for line in box.record]

    first = story()
    assert first == story()
    assert first[-1][0] == "2009-11-20T08:02:49.100+00:00"


def test_a_deed_that_cannot_be_done_is_told_in_the_status(incident: Lab) -> None:
    incident.when("before every clear at hq: fault kb-lifetime-zero hq")
    incident.when("after every clear at hq: reboot branch; type branch show clock")
    hq = Typist(incident, "hq").enable()
    assert hq(HQ_CLEAR) == hq(HQ_CLEAR) == ""
    assert script(incident) == [
        (2, 2, "hq has no SA whose volume could be used up"), (2, 2, "branch is down, nobody can type there"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("when hq clears: reboot", "not a trigger: 'when hq clears: reboot'"),
        ("after the first clear at nowhere: drop", "no device named 'nowhere'; there are: hq, branch"),
        ("after clear at hq: explode", "not a deed: 'explode'; there are: drop, reboot, renegotiate, type, fault, "),
        ("after clear at hq: reboot nowhere", "no device named 'nowhere'"),
        ("after clear at hq: fault meteorite", "no fault named 'meteorite'"),
        ("after clear at hq: wait long", "not a duration: 'long'"),
    ],
)
def test_a_trigger_that_makes_no_sense_is_refused(incident: Lab, text: str, message: str) -> None:
    with pytest.raises(FaultError, match=re.escape(message)):
        incident.when(text)
    assert script(incident) == []


def test_a_deed_without_a_session_needs_a_device(incident: Lab) -> None:
    for text in ("drop", "reboot", "renegotiate peer"):
        with pytest.raises(FaultError, match="it belongs behind a trigger"):
            incident.act(text)
