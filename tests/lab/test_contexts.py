# SPDX-License-Identifier: GPL-3.0-or-later
"""Multiple mode: where a login lands, where it may go, and what belongs to a context."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import Typist, change

INVALID = "ERROR: % Invalid input detected at '^' marker."


@pytest.fixture
def contexts() -> Lab:
    return change("contexts")


@pytest.fixture
def hq(contexts: Lab) -> Typist:
    return Typist(contexts, "hq").enable()


def test_a_login_lands_in_the_admin_context_and_may_go_everywhere(hq: Typist) -> None:
    assert hq.session.prompt == "hq/admin# "
    assert hq("show mode") == "Security context mode: multiple "
    assert hq("show crypto ipsec sa").strip() == "There are no ipsec sas"
    assert hq("changeto context vpn1") == ""
    assert hq.session.prompt == "hq/vpn1# "
    assert "current_peer: 203.0.113.1" in hq("show crypto ipsec sa")
    assert hq("changeto system") == ""
    assert hq.session.prompt == "hq# "
    assert hq("changeto context nobody") == "ERROR: Context nobody does not exist"


def test_a_login_to_another_context_stays_there(contexts: Lab) -> None:
    vpn1 = Typist(contexts, "vpn1").enable()
    assert vpn1.session.prompt == "hq/vpn1# "
    assert vpn1("changeto system") == "Command not valid in current execution space"
    assert vpn1.session.prompt == "hq/vpn1# "


@pytest.mark.parametrize(
    ("command", "column"),
    [
        ("show crypto ipsec sa", 5), ("show vpn-sessiondb l2l", 5), ("clear crypto ipsec sa", 6),
        ("show run tunnel-group", 9), ("ping 192.168.2.10", 0),
    ],
)  # fmt: skip
def test_the_system_space_has_no_vpn(hq: Typist, command: str, column: int) -> None:
    hq("changeto system")
    assert hq(command) == " " * (len("hq# ") + column) + "^\n" + INVALID


def test_show_context_tells_the_system_all_and_a_context_of_itself(hq: Typist) -> None:
    hq("changeto system")
    assert hq("show context").splitlines() == [
        "",
        "Context Name      Class      Interfaces           Mode         URL",
        "*admin            default    Management0/0        Routed       disk0:/admin.cfg",
        " vpn1             default    GigabitEthernet0/0,  Routed       disk0:/vpn1.cfg",
        "                             GigabitEthernet0/1",
        "",
        "Total active Security Contexts: 2",
    ]
    hq("changeto context vpn1")
    assert hq("show context").splitlines()[-1] == "Total active Security Contexts: 1"


@pytest.mark.parametrize(("where", "space"), [("system", "<system>"), ("context vpn1", "<context>")])
def test_the_release_carries_the_space(hq: Typist, where: str, space: str) -> None:
    hq(f"changeto {where}")
    assert hq("show version").splitlines()[1] == f"Cisco Adaptive Security Appliance Software Version 9.16(4) {space}"
    assert f"ASA Version 9.16(4) {space}" in hq("show running-config").splitlines()


def test_a_context_has_no_system_file(hq: Typist) -> None:
    assert hq("more system:running-config") == " " * len("hq/admin# more ") + "^\n" + INVALID
    hq("changeto system")
    assert "admin-context admin" in hq("more system:running-config")


def test_configuration_and_its_saving_belong_to_the_context(contexts: Lab, hq: Typist) -> None:
    hq.raw("changeto context vpn1\nconfigure terminal\npager lines 31\n")
    assert hq.session.prompt == "hq/vpn1(config)# "
    hq("changeto context admin")
    assert hq.session.prompt == "hq/admin(config)# "
    hq("end")
    assert hq("show running-config pager") == "pager lines 24"
    hq("write memory")
    saved = {name: device.startup.value("pager", "lines") for name, device in contexts.boxes["hq"].contexts.items()}
    assert saved == {"vpn1": "24", "admin": "24", "system": "24"}
    hq.raw("changeto context vpn1\nwrite memory\n")
    assert contexts.boxes["hq"].contexts["vpn1"].startup.value("pager", "lines") == "31"


def test_faults_and_status_name_the_context_and_the_record_its_box(contexts: Lab, hq: Typist) -> None:
    assert list(contexts.status()["devices"]) == ["hq/vpn1", "hq/admin", "branch"]
    contexts.fault("deletion-retry", "hq/vpn1")
    assert not contexts.mirrors()
    assert {line.device for line in contexts.boxes["hq"].record} == {"hq"}


def test_single_mode_knows_no_contexts(incident: Lab) -> None:
    hq = Typist(incident, "hq").enable()
    assert hq("show mode") == "Security context mode: single "
    assert hq("changeto system") == "    ^\n" + INVALID
    assert hq("show context") == "         ^\n" + INVALID
