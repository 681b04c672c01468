# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that is managed through its tunnel: no tunnel, no login, and what was on its way is lost."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import NoAnswerError, Typist, change


@pytest.fixture
def in_band() -> Lab:
    return change("in-band")


def test_a_login_that_clears_its_own_tunnel_never_hears_the_answer(in_band: Lab) -> None:
    login = Typist(in_band, "branch").enable()
    with pytest.raises(NoAnswerError, match="does not answer 'clear crypto ipsec sa'"):
        login("clear crypto ipsec sa")
    assert login.hung
    assert in_band.boxes["branch"].record[-1].line == "clear crypto ipsec sa"
    assert "UTC" in Typist(in_band, "branch").enable()("show clock")
    assert login.raw("show clock\n") == ""
    assert in_band.boxes["branch"].record[-1].line == "show clock"


def test_a_new_login_is_interesting_traffic_that_brings_the_tunnel_up(in_band: Lab) -> None:
    for flow in in_band.traffic:
        flow.stop()
    for name in ("hq", "branch"):
        in_band.network.devices[name].power_cut()
    assert not in_band.mirrors()
    Typist(in_band, "branch")
    assert in_band.mirrors()
    assert [sa.role for sa in in_band.network.devices["hq"].ike.sas] == ["initiator"]


def test_no_login_while_the_ends_do_not_mirror(in_band: Lab) -> None:
    before = Typist(in_band, "branch").enable()
    in_band.fault("deletion-retry", "hq")
    assert before.raw("show clock\n") == ""
    with pytest.raises(NoAnswerError, match="branch: no answer"):
        Typist(in_band, "branch")
    Typist(in_band, "hq").enable()("clear crypto ipsec sa peer 203.0.113.1")
    assert "UTC" in Typist(in_band, "branch").enable()("show clock")


@pytest.mark.parametrize("line", ["management-access inside\n", "ssh 192.168.1.0 255.255.255.0 inside\n"])
def test_the_device_must_take_ssh_at_its_inside_address_from_there(line: str) -> None:
    with pytest.raises(NoAnswerError, match="branch: no answer"):
        Typist(change("in-band", branch=lambda text: text.replace(line, "")), "branch")


def test_the_second_way_does_not_need_the_tunnel() -> None:
    lab = change("in-band-oob")
    in_band, beside = Typist(lab, "branch").enable(), Typist(lab, "branch-oob").enable()
    lab.fault("deletion-retry", "hq")
    assert in_band.raw("show clock\n") == ""
    assert "UTC" in beside("show clock")
    assert lab.logins["branch"].hostvars == {"asa_oob_host": "192.0.2.2"}
    assert lab.logins["branch-oob"].address == "192.0.2.2"
