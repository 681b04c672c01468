# SPDX-License-Identifier: GPL-3.0-or-later
"""Where faults and scripts meet pairs, contexts and a way in through the tunnel."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lab.control import answer
from lab.engine.faults import FaultError
from lab.site import Lab
from lab.testing import LoginRefusedError, NoAnswerError, SessionEndedError, SessionError, Typist, change

HQ_CLEAR, BRANCH_CLEAR = "clear crypto ipsec sa peer 203.0.113.1", "clear crypto ipsec sa peer 198.51.100.1"


@pytest.fixture
def pair() -> Lab:
    return change("failover")


@pytest.fixture
def contexts() -> Lab:
    return change("contexts")


def spis(lab: Lab, name: str) -> list[tuple[int, int]]:
    return [(pair.spi_in, pair.spi_out) for pair in lab.network.devices[name].datapath.pairs()]


def states(lab: Lab) -> dict[str, tuple[bool, str]]:
    devices = lab.status()["devices"]
    return {name: (found["up"], found["failover"]) for name, found in devices.items() if "failover" in found}


def ends(lab: Lab) -> list[tuple[list[str], bool]]:
    return [(each["ends"], each["passes"]) for each in lab.status()["truth"]["pairs"]]


def cleared(lab: Lab) -> list[tuple[str, str, dict[str, int]]]:
    found: list[dict[str, Any]] = lab.status()["truth"]["cleared"]
    return [(line["device"], line["context"], line["effect"]["pairs"]) for line in found]


def errors(lab: Lab) -> list[str]:
    return [trigger.error for trigger in lab.script.triggers]


def test_what_can_happen_to_a_login_is_one_family() -> None:
    assert all(issubclass(each, SessionError) for each in (LoginRefusedError, NoAnswerError, SessionEndedError))


# -- pairs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["hq", "hq-a"])
def test_a_clear_can_set_off_a_failover(pair: Lab, at: str) -> None:
    pair.when(f"after the first clear at {at}: fault failover")
    unit, login = Typist(pair, "hq-a").enable(), Typist(pair, "hq").enable()
    with pytest.raises(NoAnswerError, match=f"hq-a does not answer '{HQ_CLEAR}'"):
        login(HQ_CLEAR)
    assert states(pair) == {"hq-a": (True, "standby"), "hq-b": (True, "active")}
    assert errors(pair) == [""]
    assert cleared(pair) == [("hq-a", "", {"203.0.113.1": 1})]
    assert unit(HQ_CLEAR) == ""
    assert states(pair)["hq-b"] == (True, "active")


def test_the_name_of_a_pair_is_whoever_is_active_then(pair: Lab) -> None:
    pair.when("after every clear logging at hq: type peer show clock")
    pair.failover()
    a, b = Typist(pair, "hq-a").enable(), Typist(pair, "hq-b").enable()
    a("clear logging buffer")
    assert pair.script.triggers[0].seen == 0
    b("clear logging buffer")
    assert (pair.script.triggers[0].seen, errors(pair)) == (1, [""])
    pair.act("type hq clear logging buffer; quirk hq refuse-login")
    assert [pair.boxes[name].record[-1].user for name in ("hq-a", "hq-b")] == ["operator", "other-operator"]
    with pytest.raises(LoginRefusedError, match="hq refuses the login of operator"):
        Typist(pair, "hq")
    assert Typist(pair, "hq-a").greeting.endswith("hq> ")
    with pytest.raises(FaultError, match="no device named 'moon'; there are: hq-a, hq-b, branch, hq"):
        pair.act("reboot moon")


def test_a_reboot_of_the_active_unit_fails_over_and_it_comes_back_as_standby(pair: Lab) -> None:
    before = spis(pair, "branch")
    Typist(pair, "hq").enable().raw("configure terminal\npager lines 33\nend\n")
    gone = Typist(pair, "hq-a").enable()
    assert pair.fault("reboot=90s", "hq") == "hq"
    assert states(pair) == {"hq-a": (False, "standby"), "hq-b": (True, "active")}
    assert ends(pair) == [(["hq-b", "branch"], True)]
    assert spis(pair, "branch") == before == [spi[::-1] for spi in spis(pair, "hq-b")]
    assert spis(pair, "hq-a") == []
    with pytest.raises(SessionEndedError, match="the session at hq-a is over"):
        gone("show clock")
    with pytest.raises(LoginRefusedError, match="hq-a is down"):
        Typist(pair, "hq-a")
    active = Typist(pair, "hq").enable()
    shown = active("show failover")
    assert "\tOther host: Primary - Failed \n" in shown
    assert shown.count(": Unknown (Waiting)") == 2
    assert "               Failed         Comm Failure" in active("show failover state").splitlines()
    assert active("no failover active") == ""
    with pytest.raises(FaultError, match="hq-a is down and cannot take over"):
        pair.fault("failover")
    with pytest.raises(ValueError, match="hq-a is down and cannot take over"):
        pair.failover()
    assert [line.partition("%")[2] for line in pair.network.devices["hq-b"].syslog.lines][-1] == (
        "ASA-1-104001: (Secondary) Switching to ACTIVE (cause: HELLO not heard from mate)"
    )
    pair.advance(90)
    assert states(pair) == {"hq-a": (True, "standby"), "hq-b": (True, "active")}
    assert spis(pair, "hq-a") == spis(pair, "hq-b")
    back = Typist(pair, "hq-a").enable()
    assert back("show running-config pager") == "pager lines 33"
    assert "Detected an Active mate" in back("show failover history")
    assert "No Active unit found" not in back("show failover history")
    assert pair.failover() == "hq-a"
    assert ends(pair) == [(["hq-a", "branch"], True)]


def test_a_standby_unit_that_reboots_is_copied_everything_anew(pair: Lab) -> None:
    standby = Typist(pair, "hq-b").enable()
    standby("clear crypto ipsec sa")
    standby.raw("configure terminal\npager lines 44\nend\n")
    pair.act("reboot hq-b 60s")
    assert states(pair) == {"hq-a": (True, "active"), "hq-b": (False, "standby")}
    pair.advance(60)
    assert spis(pair, "hq-b") == spis(pair, "hq-a") != []
    assert Typist(pair, "hq-b").enable()("show running-config pager") == "pager lines 24"


def test_when_both_units_are_down_the_first_that_is_back_is_active(pair: Lab) -> None:
    pair.act("reboot hq-a 60s; reboot hq-b 300s")
    assert states(pair) == {"hq-a": (False, "standby"), "hq-b": (False, "active")}
    assert ends(pair) == [(["hq-b", "branch"], False)]
    with pytest.raises(NoAnswerError, match="hq: no answer"):
        Typist(pair, "hq")
    pair.advance(60)
    assert states(pair) == {"hq-a": (True, "active"), "hq-b": (False, "standby")}
    assert "No Active unit found" in Typist(pair, "hq").enable()("show failover history")
    pair.advance(300)
    assert states(pair) == {"hq-a": (True, "active"), "hq-b": (True, "standby")}


@pytest.mark.parametrize("fault", ["deletion-retry", "undeletable-sa", "kb-lifetime-zero", "dead-asp-context"])
def test_a_fault_of_a_data_path_stays_with_its_unit(pair: Lab, fault: str) -> None:
    assert pair.fault(fault) == "hq-a"
    assert ends(pair) == [(["hq-a", "branch"], False)]
    pair.failover()
    assert ends(pair) == [(["hq-b", "branch"], True)]


def test_what_happens_between_the_ends_does_not_mind_who_is_active(pair: Lab) -> None:
    pair.fault("underlay-dead", "hq-a")
    pair.failover()
    assert ends(pair) == [(["hq-b", "branch"], False)]
    pair.fault("underlay-dead=off", "hq-a")
    assert ends(pair) == [(["hq-b", "branch"], True)]
    pair.fault("lose-delete=1", "hq-a")
    for flow in pair.traffic:
        flow.stop()
    before = spis(pair, "branch")
    assert Typist(pair, "hq").enable()(HQ_CLEAR) == ""
    pair.advance(1)
    assert spis(pair, "branch") == before
    assert pair.network.underlay.lost_deletes == {}


def test_a_standby_unit_negotiates_nothing(pair: Lab) -> None:
    with pytest.raises(FaultError, match="hq-b is the standby unit, which negotiates nothing"):
        pair.act("renegotiate hq-b")


# -- contexts ------------------------------------------------------------------------------------------------


def test_a_clear_is_true_in_its_context_and_recorded_at_its_box(contexts: Lab) -> None:
    (spi_in, _), = spis(contexts, "hq/vpn1")  # fmt: skip
    hq = Typist(contexts, "hq").enable()
    assert hq(HQ_CLEAR) == ""
    hq("changeto context vpn1")
    assert hq(HQ_CLEAR) == ""
    assert cleared(contexts) == [("hq", "admin", {}), ("hq", "vpn1", {"203.0.113.1": 1})]
    assert contexts.status()["truth"]["cleared"][1]["effect"]["spis"] == [f"0x{spi_in:08X}"]
    lines = answer(contexts, {"do": "record"})
    assert [(line["device"], line["context"]) for line in lines[-2:]] == [("hq", "admin"), ("hq", "vpn1")]
    assert ends(contexts) == [(["hq/vpn1", "branch"], False)]


def test_a_script_knows_a_box_and_its_contexts(contexts: Lab) -> None:
    contexts.when("after every clear at hq/vpn1: type hq/vpn1 show clock")
    contexts.when("after every clear at hq: type peer show clock")
    hq = Typist(contexts, "hq").enable()
    hq("clear logging buffer")
    assert [(each.seen, each.error) for each in contexts.script.triggers] == [
        (0, ""), (1, "hq/admin has no crypto map with a peer"),
    ]  # fmt: skip
    hq("changeto context vpn1")
    hq("clear logging buffer")
    assert [each.seen for each in contexts.script.triggers] == [1, 2]
    assert [(line.user, line.context) for line in contexts.boxes["hq"].record][-1] == ("other-operator", "vpn1")
    assert [line.user for line in contexts.boxes["branch"].record] == ["other-operator"]


def test_another_operator_clears_in_the_context_that_has_the_tunnel(contexts: Lab) -> None:
    contexts.fault("another-operator", "branch")
    assert Typist(contexts, "branch").enable()(BRANCH_CLEAR) == ""
    assert cleared(contexts)[1] == ("hq", "vpn1", {"203.0.113.1": 1})
    assert errors(contexts) == [""]


@pytest.mark.parametrize("at", ["hq", "hq/vpn1"])
def test_a_reboot_is_of_the_whole_box(contexts: Lab, at: str) -> None:
    contexts.fault("reboot=60s", at)
    up = {name: device["up"] for name, device in contexts.status()["devices"].items()}
    assert up == {"hq/vpn1": False, "hq/admin": False, "branch": True}
    for login in ("hq", "vpn1"):
        with pytest.raises(LoginRefusedError, match=f"{login} is down"):
            Typist(contexts, login)
    contexts.advance(90)
    assert ends(contexts) == [(["hq/vpn1", "branch"], True)]


def test_one_box_has_one_clock_and_one_supply(contexts: Lab) -> None:
    contexts.fault("clock-wrong=-2h", "hq/vpn1")
    hq = Typist(contexts, "hq").enable()
    assert hq("show clock") == "*07:02:00.000 UTC Wed Mar 8 2023"
    hq("changeto system")
    assert hq("show clock") == "*07:02:00.000 UTC Wed Mar 8 2023"
    contexts.fault("lost-peer", "hq/vpn1")
    assert re.search(r"^hq up 45 secs$", hq("show version"), re.MULTILINE)
    with pytest.raises(FaultError, match="no device named 'hq'; there are: hq/vpn1, hq/admin, branch"):
        contexts.fault("deletion-retry", "hq")


# -- through the tunnel --------------------------------------------------------------------------------------


def test_a_session_that_ends_beyond_a_lost_tunnel_is_only_silent() -> None:
    """No reset arrives where no packet does: the far device is up again long before the controller hears of it."""
    lab = change("in-band")
    login = Typist(lab, "branch").enable()
    lab.act("reboot branch 60s")
    with pytest.raises(NoAnswerError, match="branch does not answer 'show clock'"):
        login("show clock")
    with pytest.raises(NoAnswerError, match="branch: no answer"):
        Typist(lab, "branch")
    lab.act("quirk branch refuse-login")
    lab.advance(90)
    Typist(lab, "hq").enable()("clear crypto ipsec sa")
    with pytest.raises(LoginRefusedError, match="branch refuses the login of operator"):
        Typist(lab, "branch")


def test_the_underlay_takes_the_login_with_it_and_not_the_second_way() -> None:
    lab = change("in-band-oob")
    login, beside = Typist(lab, "branch").enable(), Typist(lab, "branch-oob").enable()
    lab.fault("underlay-dead")
    with pytest.raises(NoAnswerError, match="branch does not answer 'show clock'"):
        login("show clock")
    assert "UTC" in beside("show clock")
    lab.fault("underlay-dead=off")
    assert "UTC" in Typist(lab, "branch").enable()("show clock")
