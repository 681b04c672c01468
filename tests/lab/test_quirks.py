# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of what was typed, and devices that do not answer as they should."""

from __future__ import annotations

import pytest

from lab.cli.transport import Close, Hang, Pause
from lab.site import Lab
from lab.testing import Typist

INVALID = "ERROR: % Invalid input detected at '^' marker."


def test_the_record_holds_every_line_with_its_mode(hq: Typist, incident: Lab) -> None:
    hq.raw("conf t\nhostname hq\nend\n")
    record = incident.boxes["hq"].record
    assert [(entry.mode, entry.line) for entry in record] == [
        ("exec", "enable"), ("password", "********"), ("exec", "terminal pager 0"), ("exec", "conf t"),
        ("config", "hostname hq"), ("config", "end"),
    ]  # fmt: skip
    assert {entry.user for entry in record} == {"operator"}
    assert record[-1].privilege == 15
    assert not incident.boxes["branch"].record


def quirked(lab: Lab, *quirks: str) -> Typist:
    for quirk in quirks:
        lab.boxes["hq"].set_quirk(quirk)
    return Typist(lab, "hq")


def test_quirks_that_answer_wrongly(incident: Lab) -> None:
    hq = quirked(incident, "authorization-failed=show run", "empty=show logging", "garble=show mode", "refuse-clear")
    hq.enable()
    assert hq("show running-config") == "Command authorization failed"
    assert hq("show logging") == ""
    assert hq("show mode") != "Security context mode: single "
    assert hq("clear crypto ipsec sa peer 203.0.113.1").startswith("ERROR: ")
    assert incident.mirrors()


def test_quirk_pager_stuck(incident: Lab) -> None:
    hq = quirked(incident, "pager-stuck").enable()
    assert hq("show pager") == "no pager"
    assert hq.raw("show running-config\n").endswith("<--- More --->")


def test_quirk_level(incident: Lab) -> None:
    hq = quirked(incident, "level=3")
    assert hq.raw("enable\nlab-enable\n").endswith("hq# ")
    assert "Current privilege level : 3" in hq("show curpriv")
    assert hq("show crypto ipsec sa").endswith(INVALID)


def test_quirks_of_enable(incident: Lab) -> None:
    assert quirked(incident, "password-prompt-no-blank").raw("enable\n").endswith("Password:")
    assert quirked(incident, "enable-no-password").raw("enable\n").endswith("hq# ")


def test_quirk_prompt(incident: Lab) -> None:
    assert quirked(incident, "prompt=hq/pri/act").enable().raw("\n").endswith("hq/pri/act# ")


def test_quirks_of_the_connection(incident: Lab) -> None:
    hq = quirked(incident, "drop-after=300", "slow=2.5", "hang=show clock")
    hq.raw("enable\nlab-enable\n")
    actions = hq.session.feed(b"show running-config\n")
    assert any(action == Pause(2.5) for action in actions)
    assert isinstance(actions[-1], Close)
    hq = Typist(incident, "hq")
    assert hq.session.feed(b"show clock\n")[-1] == Hang()
    assert hq.raw("show version\n") == ""


def test_unknown_quirk_is_refused(incident: Lab) -> None:
    with pytest.raises(ValueError, match="no quirk named 'explode'"):
        incident.boxes["hq"].set_quirk("explode")
    with pytest.raises(ValueError, match="needs a value"):
        incident.boxes["hq"].set_quirk("hang")
