# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of EXEC mode print and do, in the layout of each release."""

from __future__ import annotations

import re
from datetime import datetime

from lab.site import Lab
from lab.testing import Typist, change

INVALID = "ERROR: % Invalid input detected at '^' marker."


# -- what they print -----------------------------------------------------------------------------------------


def test_72_layout_of_ipsec_sa(hq: Typist, incident: Lab) -> None:
    pair = next(incident.network.devices["hq"].datapath.pairs())
    shown = hq("show crypto ipsec sa peer 203.0.113.1")
    assert shown.startswith("peer address: 203.0.113.1\n    Crypto map tag: outside_map, seq num: 10, ")
    assert f"      current outbound spi: {pair.spi_out:08X}\n" in shown
    assert "current inbound spi" not in shown
    assert f"      spi: 0x{pair.spi_in:08X} ({pair.spi_in})\n" in shown
    assert "      local crypto endpt.: 198.51.100.1, remote crypto endpt.: 203.0.113.1\n" in shown
    assert "in use settings ={L2L, Tunnel, }" in shown
    assert "SA State" not in shown


def test_9x_layout_of_ipsec_sa(east: Typist, modern: Lab) -> None:
    pair = next(modern.network.devices["east"].datapath.pairs())
    shown = east("show crypto ipsec sa")
    assert shown.startswith("interface: outside\n")
    assert f"      current inbound spi : {pair.spi_in:08X}\n" in shown
    assert "      local crypto endpt.: 198.51.100.11/0, remote crypto endpt.: 203.0.113.11/0\n" in shown
    assert "in use settings ={L2L, Tunnel, PFS Group 14, IKEv1, }" in shown
    assert "#TFC rcvd: 0, #TFC sent: 0" in shown
    assert shown.count("SA State: active") == 2


def test_a_rekeyed_sa_stands_second_and_is_marked(east: Typist, modern: Lab) -> None:
    modern.advance(24480 - modern.scheduler.now + 5)
    shown = east("show crypto ipsec sa")
    assert shown.count("spi: 0x") == 4
    assert shown.count("IKEv1, Rekeyed}") == 2
    assert shown.count("remaining key lifetime (sec): 0") == 2


def test_ike_tables(hq: Typist, east: Typist) -> None:
    old = hq("show crypto isakmp sa")
    assert old.startswith(
        "\n   Active SA: 1\n    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
    )
    assert "Type    : L2L             Role    : initiator \n" in old
    assert "Lifetime Remaining: " in hq("show crypto isakmp sa detail")
    new = east("show crypto isakmp sa")
    assert new.startswith("\nIKEv1 SAs:\n\n   Active SA: 1\n")
    assert new.endswith("There are no IKEv2 SAs")
    assert hq("show crypto ikev1 sa").endswith(INVALID)


def test_empty_tables(hq: Typist, east: Typist) -> None:
    assert hq("clear crypto isakmp sa") == ""
    assert hq("show crypto ipsec sa").strip() == "There are no ipsec sas"
    assert hq("show crypto isakmp sa").strip() == "There are no isakmp sas"
    assert hq("show vpn-sessiondb detail l2l") == "INFO: There are presently no active sessions of the type specified"
    assert east("clear crypto ikev1 sa 203.0.113.11") == ""
    assert east("show crypto ikev1 sa").strip() == "There are no IKEv1 SAs"


def test_a_peer_still_negotiating_is_of_type_user() -> None:
    lab = change("incident-2009", branch=lambda text: text.replace("crypto isakmp enable outside\n", ""))
    shown = Typist(lab, "hq").enable()("show crypto isakmp sa")
    assert "Type    : user            Role    : initiator \n" in shown
    assert "State   : MM_WAIT_MSG2" in shown


def test_facts_for_a_collector(hq: Typist, east: Typist) -> None:
    assert hq("show hostname") == "hq"
    assert hq("show mode") == "Security context mode: single "
    assert hq("show failover").startswith("Failover Off")
    assert hq("show clock") == "08:02:00.000 UTC Fri Nov 20 2009"
    assert "hq up 41 days 2 mins" in hq("show version")
    assert "Serial Number: JMX1304K0HQ" in hq("show version")
    assert "Software Version 9.16(4)" in east("show version")
    assert "%ASA-5-713120: Group = 203.0.113.1, IP = 203.0.113.1, PHASE 2 COMPLETED" in hq("show logging")
    assert "S*   0.0.0.0 0.0.0.0 [1/0] via 198.51.100.254, outside" in hq("show route")
    assert "Missing SA failures: 0" in hq("show crypto ipsec stats")
    assert "Need to start IKE negotiation (need-ike)" in hq("show asp drop")
    assert ("Last clearing" in hq("show asp drop"), "Last clearing" in east("show asp drop")) == (False, True)
    assert hq("show ntp status").startswith("Clock is unsynchronized, stratum 16, no reference clock\n")
    assert "(06:28:16.000 UTC Thu Feb 7 2036)" in hq("show ntp status")
    assert hq("show running-config global") == "global (outside) 1 interface"
    assert hq("show running-config nat-control") == ""
    assert "Invalid input" in hq("show running-config event manager")
    assert east("show running-config event manager") == ""
    assert "Invalid input" in east("show running-config static")
    assert "permit ip 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0 (hitcnt=" in hq("show access-list VPN-BRANCH")
    assert "IKE Tunnels: 1\nIPsec Tunnels: 1\n" in hq("show vpn-sessiondb detail l2l")


def test_a_clock_that_follows_a_server() -> None:
    lab = change("modern-9x", east=lambda text: text + "ntp server 192.0.2.123 source outside\n")
    shown = Typist(lab, "east").enable()("show ntp status").splitlines()
    assert shown[0] == "Clock is synchronized, stratum 3, reference is 192.0.2.123"
    # Seconds since 1900 and what they say, half a minute ago.
    match = re.fullmatch(r"reference time is ([0-9a-f]{8})\.[0-9a-f]{8} \((.*)\)", shown[2])
    assert match
    moment = datetime.strptime(match[2], "%H:%M:%S.%f UTC %a %b %d %Y")
    assert int((moment - datetime(1900, 1, 1)).total_seconds()) == int(match[1], 16)


# -- doing things --------------------------------------------------------------------------------------------


def test_clears_name_what_goes(hq: Typist, incident: Lab) -> None:
    device = incident.network.devices["hq"]
    pair = next(device.datapath.pairs())
    for line in (
        "clear crypto ipsec sa peer 10.9.9.9", "clear crypto ipsec sa map other",
        "clear crypto ipsec sa entry 203.0.113.1 esp 0x1", "clear crypto ipsec sa counters",
    ):  # fmt: skip
        assert hq(line) == ""
        assert next(device.datapath.pairs()) is pair
    assert "#pkts encaps: 0," in hq("show crypto ipsec sa")
    assert hq(f"clear crypto ipsec sa entry 203.0.113.1 esp 0x{pair.spi_out:08X}") == ""
    assert not list(device.datapath.pairs())
    assert [sa.state for sa in device.ike.sas] == ["MM_ACTIVE"]


def test_logoff_asks_and_takes_ike_along(hq: Typist, incident: Lab) -> None:
    assert hq.raw("vpn-sessiondb logoff ipaddress 203.0.113.1\n").endswith("logoff the VPN session(s)? [confirm] ")
    assert hq.raw("n").endswith("hq# ")
    assert incident.network.devices["hq"].ike.sas
    answer = hq("vpn-sessiondb logoff ipaddress 203.0.113.1 noconfirm")
    assert answer == 'INFO: Number of sessions with IP address "203.0.113.1" logged off : 1'
    assert not incident.network.devices["hq"].ike.sas


def test_packet_tracer_starts_ike_and_then_passes(incident: Lab) -> None:
    incident.fault("lost-peer")
    Typist(incident, "hq").enable()("clear crypto isakmp sa")
    branch = Typist(incident, "branch").enable()
    line = "packet-tracer input inside icmp 192.168.2.10 8 0 192.168.1.10 detailed"
    first = branch(line)
    assert "Type: VPN\nSubtype: encrypt\nResult: DROP" in first
    assert first.rstrip().splitlines()[-2] == "Action: drop"
    incident.advance(5)
    assert "Action: allow" in branch(line)


def test_ping_from_inside_goes_through_the_tunnel(hq: Typist) -> None:
    assert "!!!!!\nSuccess rate is 100 percent (5/5)" in hq("ping inside 192.168.2.10")
    assert "?????\nSuccess rate is 0 percent (0/5)" in hq("ping 192.168.2.10")
    assert "Success rate is 100 percent" in hq("ping 203.0.113.1")


def test_ping_brings_the_tunnel_up_as_time_passes_while_it_waits(hq: Typist) -> None:
    hq("clear crypto isakmp sa")
    assert "?!!!!" in hq("ping inside 192.168.2.10")
