# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that a clear does not simply mend: on the wire, in what the device shows, and what ends them."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

import pytest

from lab.clock import parse_duration
from lab.engine.faults import FaultError
from lab.engine.network import Device
from lab.engine.traffic import send
from lab.site import Lab
from lab.testing import LoginRefusedError, SessionEndedError, Typist, change

PEER = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
WARNING = "IPSEC WARNING: inbound SA deletion retry"


def ends(lab: Lab) -> tuple[Device, Device]:
    first, second = lab.network.devices.values()
    return first, second


def spis(device: Device) -> list[tuple[int, int]]:
    return [(pair.spi_in, pair.spi_out) for pair in device.datapath.pairs()]


def answers_grow(lab: Lab, seconds: float = 10) -> bool:
    before = sum(t.answers for t in lab.traffic)
    lab.advance(seconds)
    return sum(t.answers for t in lab.traffic) > before


def clear(lab: Lab, device: str) -> None:
    assert Typist(lab, device).enable()(f"clear crypto ipsec sa peer {PEER[device]}") == ""
    lab.advance(1)


def whys(lab: Lab) -> list[str]:
    return [way["why"] for pair in lab.status()["truth"]["pairs"] for way in pair["ways"]]


def retries(device: Device) -> int:
    return sum(WARNING in line for line in device.syslog.lines)


def call_from_branch(lab: Lab) -> None:
    send(lab.network, IPv4Address("192.168.2.10"), IPv4Address("192.168.1.10"))
    lab.advance(5)


# -- undeletable-sa ------------------------------------------------------------------------------------------


def test_an_undeletable_sa_outlives_every_clear_and_a_reload_frees_it(incident: Lab) -> None:
    """CSCwc48375: SAs that no clear removes; reload. The warning itself is that of the 7.2 deletion retry."""
    assert incident.fault("undeletable-sa") == "hq"
    hq, branch = ends(incident)
    stuck = spis(hq)
    for line in (f"clear crypto ipsec sa peer {PEER['hq']}", "clear crypto ipsec sa", "clear crypto isakmp sa"):
        assert Typist(incident, "hq").enable()(line) == ""
        assert spis(hq) == stuck
    assert f"spi: 0x{stuck[0][0]:08X}" in Typist(incident, "hq").enable()(f"show crypto ipsec sa peer {PEER['hq']}")
    clear(incident, "branch")
    before = retries(hq)
    assert not answers_grow(incident, 60)
    assert retries(hq) - before == 4
    # The branch calls, IKE agrees at both ends, and what was agreed on never gets to hq's data path.
    call_from_branch(incident)
    (context,) = hq.datapath.contexts.values()
    assert [pair.spi_in for pair in context.waiting] == [spis(branch)[0][1]]
    assert spis(hq) == stuck
    assert not answers_grow(incident, 60)
    assert whys(incident)[0] == f"branch does not know SPI 0x{stuck[0][1]:08X}"
    incident.act("reboot hq 2m")
    assert not answers_grow(incident, 119)
    assert answers_grow(incident, 10)
    assert incident.mirrors()
    assert whys(incident) == ["", ""]


def test_the_milder_deletion_retry_still_ends_with_a_clear(incident: Lab) -> None:
    incident.fault("deletion-retry")
    for device in ("hq", "branch"):
        clear(incident, device)
    assert answers_grow(incident)


# -- lose-delete ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["hq", "branch"])
def test_a_lost_delete_leaves_the_other_end_with_its_sa(incident: Lab, at: str) -> None:
    """RFC 2408 3.15, syslog 402114: a DELETE is not acknowledged, so the peer keeps an SA that is gone here."""
    assert incident.fault("lose-delete=1", at) == at
    hq, branch = ends(incident)
    before = spis(branch)
    assert Typist(incident, "hq").enable()(f"clear crypto ipsec sa peer {PEER['hq']}") == ""
    incident.advance(0.1)
    assert spis(hq) == []
    assert spis(branch) == before
    # Only one was lost: the next clear is heard of.
    incident.advance(5)
    clear(incident, "hq")
    assert len(spis(branch)) == 2
    assert before[0] in spis(branch)
    assert incident.network.underlay.lost_deletes == {}


def test_every_delete_can_be_lost_until_that_is_turned_off(incident: Lab) -> None:
    _, branch = ends(incident)
    incident.fault("lose-delete")
    before = spis(branch)[0]
    for _ in range(3):
        clear(incident, "hq")
    assert before in spis(branch)
    incident.fault("lose-delete=off", "hq")
    assert Typist(incident, "hq").enable()("clear crypto isakmp sa") == ""
    incident.advance(0.1)
    assert spis(branch) == []
    assert not branch.ike.sas


# -- underlay-dead -------------------------------------------------------------------------------------------


def test_a_dead_underlay_stops_ike_esp_and_ping_but_not_the_login(incident: Lab) -> None:
    """RFC 4303 and RFC 2408 both travel over IP between the same two addresses, and so does ICMP."""
    hq, _ = ends(incident)
    terminal = Typist(incident, "hq").enable()
    assert "Success rate is 100 percent (5/5)" in terminal(f"ping {PEER['hq']}")
    incident.fault("underlay-dead")
    assert "?????\nSuccess rate is 0 percent (0/5)" in terminal(f"ping {PEER['hq']}")
    assert "Success rate is 0 percent (0/5)" in Typist(incident, "branch").enable()(f"ping {PEER['branch']}")
    assert not answers_grow(incident)
    between = "nothing passes from 198.51.100.1 to 203.0.113.1"
    assert whys(incident)[0] == between
    assert incident.status()["truth"]["pairs"][0]["mirrors"]
    clear(incident, "hq")
    assert not answers_grow(incident, 60)
    assert [sa.state for sa in hq.ike.sas] in (["MM_WAIT_MSG2"], [])
    incident.fault("underlay-dead=off")
    assert answers_grow(incident, 60)


def test_dpd_notices_a_dead_underlay(modern: Lab) -> None:
    modern.fault("underlay-dead", "west")
    modern.advance(60)
    shown = Typist(modern, "east").enable()("show logging")
    assert "IKE lost contact with remote peer, deleting connection (keepalive type: DPD)" in shown


# -- clock-wrong ---------------------------------------------------------------------------------------------


def test_a_wrong_clock_is_marked_and_dates_the_log(incident: Lab) -> None:
    """Cisco ASA Command Reference, show clock: an asterisk marks a clock that is not authoritative."""
    incident.fault("clock-wrong=-2h")
    hq = Typist(incident, "hq").enable()
    assert hq("show clock") == "*06:02:00.000 UTC Fri Nov 20 2009"
    clear(incident, "hq")
    assert hq("show logging | include Administrator Reset").startswith("Nov 20 2009 06:02:00: %ASA-5-713050: ")
    assert "Login Time   : 06:00:" in hq("show vpn-sessiondb l2l")
    # The record tells the true time, and IKE does not care.
    assert incident.boxes["hq"].record[-1].virtual.startswith("2009-11-20T08:02:01")
    assert Typist(incident, "branch")("show clock").startswith("08:02:01")
    assert answers_grow(incident)
    incident.fault("clock-wrong=off", "hq")
    assert hq("show clock").startswith("08:02:")


def test_a_clock_that_lost_its_server_has_a_dot() -> None:
    lab = change("modern-9x", east=lambda text: text + "ntp server 192.0.2.123 source outside\n")
    lab.fault("clock-wrong=90s", "east")
    east = Typist(lab, "east").enable()
    assert east("show clock") == ".09:03:30.000 UTC Wed Mar 8 2023"
    assert east("show ntp status").startswith("Clock is unsynchronized, stratum 16, no reference clock\n")


# -- kb-lifetime-zero ----------------------------------------------------------------------------------------


def test_a_used_up_outbound_sa_is_up_and_carries_nothing_until_cleared(modern: Lab) -> None:
    """CSCtq57752: the kB value of the outbound SA at 0 with seconds left, no rekey; a clear restores traffic."""
    modern.fault("kb-lifetime-zero", "east")
    east, west = ends(modern)
    terminal = Typist(modern, "east").enable()
    before, count = spis(east), next(iter(east.datapath.contexts.values())).counters
    encaps, decaps = count.encaps, count.decaps
    assert not answers_grow(modern)
    assert (count.encaps, count.decaps > decaps) == (encaps, True)
    timing = re.findall(r"key lifetime \(kB/sec\): \((\d+)/(\d+)\)", terminal("show crypto ipsec sa"))
    assert [kilobytes == "0" for kilobytes, _ in timing] == [False, True]
    assert all(int(seconds) > 20000 for _, seconds in timing)
    assert "Rekey Left(D): 0 K-Bytes" in terminal("show vpn-sessiondb detail l2l")
    assert [sa.state for sa in east.ike.sas] == ["MM_ACTIVE"]
    assert modern.mirrors()
    assert whys(modern) == ["east has used up its outbound SA", ""]
    modern.advance(parse_duration("6h50m"))
    assert spis(east) == before
    assert terminal("clear crypto ipsec sa peer 203.0.113.11") == ""
    assert answers_grow(modern)
    assert spis(west) != []
    assert whys(modern) == ["", ""]


def test_a_used_up_sa_is_shown_in_the_old_layout_too(incident: Lab) -> None:
    incident.fault("kb-lifetime-zero")
    shown = Typist(incident, "hq").enable()("show crypto ipsec sa | include sa timing")
    left = 28800 - 120 + 1
    first, second = shown.splitlines()
    assert re.search(rf"\(kB/sec\): \([1-9]\d+/{left // 1000}\d+\)", first)
    assert re.search(rf"\(kB/sec\): \(0/{left // 1000}\d+\)", second)


# -- dead-asp-context ----------------------------------------------------------------------------------------


def test_a_dead_context_does_not_encrypt_until_cleared(incident: Lab) -> None:
    """Class of CSCtb53186 and CSCtd36473: SPIs mirror, IKE is up, encaps stand still."""
    incident.fault("dead-asp-context")
    hq, branch = ends(incident)
    terminal = Typist(incident, "hq").enable()
    counts = re.search(r"#pkts encaps: \d+", terminal("show crypto ipsec sa"))
    assert counts
    assert not answers_grow(incident, 30)
    assert counts[0] in terminal("show crypto ipsec sa")
    assert incident.mirrors()
    assert [sa.state for sa in hq.ike.sas] == ["MM_ACTIVE"]
    assert whys(incident) == ["hq does not encrypt", ""]
    # A rekey that the other end starts leaves the entry as it is.
    branch.ike.phase2.rekey(branch.ike.phase2.children[0])
    assert not answers_grow(incident, 60)
    assert incident.mirrors()
    clear(incident, "hq")
    assert answers_grow(incident)


def test_a_dead_context_of_the_bad_kind_waits_for_a_reload(incident: Lab) -> None:
    incident.fault("dead-asp-context=reload")
    hq, _ = ends(incident)
    for device in ("hq", "branch"):
        clear(incident, device)
    call_from_branch(incident)
    assert incident.mirrors()
    assert not answers_grow(incident)
    assert next(iter(hq.datapath.contexts.values())).counters.encaps == 0
    assert whys(incident) == ["hq does not encrypt", ""]
    incident.act("reboot hq 60s")
    incident.advance(70)
    assert answers_grow(incident)


# -- reboot --------------------------------------------------------------------------------------------------


def test_a_reboot_cuts_sessions_loses_everything_and_comes_back_bare(incident: Lab) -> None:
    """Cisco ASA Command Reference, reload: what was not saved is lost; show version counts from the start."""
    hq, branch = ends(incident)
    terminal = Typist(incident, "branch").enable()
    terminal.raw("conf t\nhostname renamed\nend\n")
    assert incident.fault("reboot=90s") == "branch"
    with pytest.raises(SessionEndedError, match="the session at branch is over"):
        terminal("show clock")
    with pytest.raises(LoginRefusedError, match="branch is down"):
        Typist(incident, "branch")
    assert "Success rate is 0 percent" in Typist(incident, "hq").enable()(f"ping {PEER['hq']}")
    assert incident.status()["devices"]["branch"]["up"] is False
    assert whys(incident) == ["branch is down", "branch is down"]
    incident.advance(90)
    again = Typist(incident, "branch").enable()
    assert re.search(r"^branch up \d+ secs$", again("show version"), re.MULTILINE)
    assert "Configuration has not been modified since last system restart." in again("show version")
    assert again("show crypto ipsec sa").strip() == "There are no ipsec sas"
    assert set(re.findall(r"%ASA-\d-\d+", again("show logging"))) == {"%ASA-4-402114"}
    assert spis(hq)
    assert not spis(branch)


def test_faults_say_what_is_wrong_with_them(incident: Lab) -> None:
    for text, message in (
        (
            "meteorite",
            "no fault named 'meteorite'; there are: lost-peer, deletion-retry, undeletable-sa, ",
        ),
        ("lost-peer=3", "the fault lost-peer takes no value"),
        ("lose-delete=some", "lose-delete takes a number, all or off, not 'some'"),
        ("underlay-dead=on", "underlay-dead takes off or nothing, not 'on'"),
        ("clock-wrong=late", "not a duration: 'late'"),
        ("dead-asp-context=prayer", "dead-asp-context is mended by a clear or a reload, not by 'prayer'"),
        ("renegotiates-between=2", "the fault renegotiates-between takes no value"),
        ("dies-on-clear=never", "dies-on-clear takes before or after, not 'never'"),
        ("reboot=soon", "not a duration: 'soon'"),
    ):
        with pytest.raises(FaultError, match=re.escape(message)):
            incident.fault(text)
    bare = change("incident-2009", hq=lambda text: text.replace("lab-psk-hq-branch", "x"))
    for name in ("undeletable-sa", "kb-lifetime-zero", "dead-asp-context"):
        with pytest.raises(FaultError, match="hq has no SA"):
            bare.fault(name)
