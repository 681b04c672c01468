# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line behaves as an ASA's: echo, prompts, errors, pager, filters, configuration, hidden defaults."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from lab.cli.transport import Close, Hang, Pause
from lab.cli.tree import expand
from lab.site import Lab
from lab.testing import SessionEndedError, Typist, change, pair

INVALID = "ERROR: % Invalid input detected at '^' marker."


@pytest.fixture
def hq(incident: Lab) -> Typist:
    return Typist(incident, "hq").enable()


@pytest.fixture
def east(modern: Lab) -> Typist:
    return Typist(modern, "east").enable()


# -- logging in ----------------------------------------------------------------------------------------------


def test_login_lands_in_user_exec_and_enable_asks(incident: Lab) -> None:
    typist = Typist(incident, "hq")
    assert typist.greeting == "Type help or '?' for a list of available commands.\r\nhq> "
    assert typist.raw("enable\n") == "enable\r\nPassword: "
    assert typist.raw("wrong\n") == "\r\nInvalid password\r\nPassword: "
    assert typist.raw("lab-enable\n") == "\r\nhq# "
    assert typist("show curpriv").splitlines() == [
        "Username : enable_15",
        "Current privilege level : 15",
        "Current Mode/s : P_PRIV",
    ]
    assert "wrong" not in [line.line for line in incident.boxes["hq"].record]


def test_three_wrong_passwords_deny(incident: Lab) -> None:
    assert Typist(incident, "hq").raw("enable\na\nb\nc\n").endswith("Invalid password\r\nAccess denied.\r\nhq> ")


def test_enable_when_enabled_is_an_error(hq: Typist) -> None:
    assert hq("enable").endswith(INVALID)


def test_user_exec_knows_no_privileged_command(incident: Lab) -> None:
    typist = Typist(incident, "hq")
    assert typist("show crypto ipsec sa") == " " * len("hq> show ") + "^\n" + INVALID
    assert "Current privilege level : 1\n" in typist("show curpriv")
    assert "Software Version 7.2(5)" in typist("show version")


def test_auto_enable_gives_the_users_own_level() -> None:
    def edit(text: str) -> str:
        return text.replace("telnet timeout", "aaa authorization exec LOCAL auto-enable\ntelnet timeout")

    lab = change("incident-2009", hq=edit)
    assert Typist(lab, "hq").session.prompt == "hq# "
    watcher = Typist(lab, "hq", "watcher")
    assert watcher.session.prompt == "hq# "
    assert "Username : watcher\nCurrent privilege level : 3\n" in watcher("show curpriv") + "\n"
    assert watcher("show running-config").endswith(INVALID)


def test_command_authorization_changes_the_refusal() -> None:
    extra = "aaa authorization command LOCAL\naaa authorization exec LOCAL auto-enable\ntelnet timeout"
    lab = change("incident-2009", hq=lambda text: text.replace("telnet timeout", extra))
    assert Typist(lab, "hq", "watcher")("show running-config") == "Command authorization failed"


def test_leaving(hq: Typist) -> None:
    assert hq.raw("disable\n").endswith("hq> ")
    assert hq.raw("exit\n") == "exit\r\n\r\nLogoff\r\n\r\n"
    assert hq.session.closed
    with pytest.raises(SessionEndedError, match=r"the session at hq is over; 'show clock\\n' was not sent"):
        hq.raw("show clock\n")


def test_exit_closes_the_transport(hq: Typist) -> None:
    assert isinstance(hq.session.feed(b"exit\n")[-1], Close)


# -- lines and errors ----------------------------------------------------------------------------------------


def test_any_line_end_runs_a_line_once(hq: Typist) -> None:
    expected = hq.raw("show hostname\n")
    assert expected == "show hostname\r\nhq\r\nhq# "
    assert hq.raw("show hostname\r") == expected
    assert hq.raw("\n") == ""  # the second half of that CR LF
    assert hq.raw("show hostname\r\n") == expected


def test_backspace_and_control_keys(hq: Typist) -> None:
    assert hq.raw("show hostnamX\x7fe\n").endswith("\r\nhq\r\nhq# ")
    assert hq.raw("rubbish\x15show hostname\n").endswith("\r\nhq\r\nhq# ")
    assert hq.raw("rubbish\x03").endswith("^C\r\nhq# ")


@pytest.mark.parametrize("line", ["sh cry ips sa", "show ipsec sa", "SHOW crypto ipsec sa", "sh  crypto   ipsec sa"])
def test_unambiguous_beginnings_will_do(hq: Typist, line: str) -> None:
    assert hq(line).startswith("interface: outside\n    Crypto map tag: outside_map, seq num: 10, local addr: 198.51")


def test_ambiguous_incomplete_invalid(hq: Typist) -> None:
    assert hq("sh c") == 'ERROR: % Ambiguous command:  "sh c"'
    assert hq("show crypto ipsec") == "ERROR: % Incomplete command"
    assert hq("show crypto bogus sa") == " " * len("hq# show crypto ") + "^\n" + INVALID
    assert hq("clear crypto ipsec sa peer not-an-address").endswith(INVALID)


def test_empty_line_is_only_a_prompt(hq: Typist) -> None:
    assert hq.raw("\n") == "\r\nhq# "


def test_question_mark_lists_and_keeps_the_line(hq: Typist) -> None:
    shown = hq.raw("show crypto ipsec s?")
    assert shown == "show crypto ipsec s?\r\n  sa\r\n  stats\r\nhq# show crypto ipsec s"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sh", ["show"]),
        (
            "show crypto ",
            [
                "ikev1   IKE version 1",
                "ikev2   IKE version 2",
                "ipsec   IPsec: what carries the packets",
                "isakmp  IKE: what negotiates",
            ],
        ),
        ("sh cry ips sa peer ", ["<ip>  an address, 192.0.2.1"]),
        (
            "clear crypto ipsec sa ",
            [
                "counters  numbers alone, no SA goes",
                "entry     one SA, by peer and SPI",
                "map       crypto maps, by name",
                "peer      by the address of the peer",
                "<cr>",
            ],
        ),
        ("show bogus ", ["ERROR: % Unrecognized command"]),
        ("bogus", ["ERROR: % Unrecognized command"]),
    ],
)
def test_question_mark_says_what_may_stand_next(east: Typist, line: str, words: list[str]) -> None:
    shown = east.raw(f"{line}?")
    assert shown == f"{line}?\r\n" + "".join(f"  {word}\r\n" for word in words).replace("  ERROR", "ERROR") + (
        f"east# {line}"
    )


def test_question_mark_in_user_exec_lists_what_a_user_may_type(incident: Lab) -> None:
    shown = Typist(incident, "hq").raw("?").split()
    assert "enable" in shown
    assert "clear" not in shown
    assert "configure" not in shown


def test_question_mark_while_configuring_knows_the_submode_first(east: Typist) -> None:
    east("configure terminal")
    assert east.raw("no cry?") == "no cry?\r\n  crypto\r\neast(config)# no cry"
    east.raw("\x15crypto ikev1 policy 10\n")
    assert east.raw("gro?") == "gro?\r\n  group\r\n  group-policy\r\neast(config-ikev1-policy)# gro"
    east.raw("\x15")
    assert east.raw("show crypto ipsec ?").split("\r\n")[1:3] == [
        "  sa     security associations",
        "  stats  totals since the start",
    ]
    east.raw("\x15")
    assert [line.split()[0] for line in east.raw("?").splitlines()[1:4]] == ["authentication", "encryption", "group"]


@pytest.mark.parametrize("line", ["", "show ", "crypto ", "show crypto ", "clear ", "clear crypto ", "debug crypto "])
def test_question_mark_says_what_the_words_of_a_user_are_for(hq: Typist, east: Typist, line: str) -> None:
    for asa in (hq, east):
        asa("configure terminal")
        for shown in asa.raw(f"{line}?").splitlines()[1:-1]:
            assert re.fullmatch(r"  (<cr>|[\w<>:-]+ +\S.*)", shown), shown


def test_tab_writes_out_a_word_that_is_the_only_one(hq: Typist) -> None:
    hq.raw("sh\tcr\tips\tsa\n")
    assert hq.session.box.record[-1].line == "show crypto ipsec sa"
    assert hq.raw("s\tc\t").replace("\b \b", "") == "sshow cshow c"
    hq.raw("\x15")
    assert hq.raw("c\t") == "c\b \bc"


def test_patterns_expand_to_every_reading() -> None:
    assert expand("a b|c [d [e]]") == [
        ["a", "b"], ["a", "b", "d"], ["a", "b", "d", "e"], ["a", "c"], ["a", "c", "d"], ["a", "c", "d", "e"],
    ]  # fmt: skip


# -- pager and filters ---------------------------------------------------------------------------------------


def test_the_pager_stops_every_24_lines(incident: Lab) -> None:
    typist = Typist(incident, "hq")
    typist.raw("enable\nlab-enable\n")
    assert typist("show pager") == "pager lines 24"
    first = typist.raw("show running-config\n")
    assert first.endswith("<--- More --->")
    assert first.count("\r\n") == 1 + 24
    assert typist.raw("\r").count("\r\n") == 1
    page = typist.raw(" ")
    assert page.startswith("\r              \r")
    assert page.count("\r\n") == 24
    assert typist.raw("q") == "\r              \rhq# "


@pytest.mark.parametrize("line", ["terminal pager 0", "terminal pager lines 0", "no terminal pager"])
def test_turning_the_pager_off(incident: Lab, line: str) -> None:
    typist = Typist(incident, "hq")
    typist.raw("enable\nlab-enable\n")
    assert typist(line) == ""
    assert typist("show pager") == "no pager"
    assert "<--- More --->" not in typist.raw("show running-config\n")


def test_show_ip_is_show_ip_address(hq: Typist) -> None:
    row = "{:<24} {:<22} {:<15} {:<15} {}"
    head = row.format("Interface", "Name", "IP address", "Subnet mask", "Method")
    outside = row.format("Ethernet0/0", "outside", "198.51.100.1", "255.255.255.0", "CONFIG")
    inside = row.format("Ethernet0/1", "inside", "192.168.1.1", "255.255.255.0", "CONFIG")
    table = [head, outside, inside]
    assert hq("show ip").splitlines() == ["System IP Addresses:", *table, "Current IP Addresses:", *table]
    assert hq("show ip address") == hq("show ip")
    assert hq("show ip address inside").splitlines()[1:3] == [head, inside]
    assert hq("show ip address dmz").endswith(INVALID)
    hq.raw("configure terminal\ninterface Ethernet0/1\nip address 192.168.1.9 255.255.255.0\nend\n")
    assert hq("show ip | include inside").splitlines()[0] == (
        row.format("Ethernet0/1", "inside", "192.168.1.9", "255.255.255.0", "manual")
    )


def test_a_standby_unit_has_other_addresses_than_the_system() -> None:
    shown = Typist(change("failover"), "hq-b").enable()("show ip address inside").splitlines()
    assert [line.split()[2] for line in shown if " inside " in line] == ["192.168.1.1", "192.168.1.2"]


def test_filters(hq: Typist) -> None:
    assert hq("show running-config | include ^hostname") == "hostname hq"
    assert hq("show running-config | i tunnel-group .* type") == "tunnel-group 203.0.113.1 type ipsec-l2l"
    assert "hostname" not in hq("show running-config | exclude hostname")
    assert hq("show running-config | begin tunnel-group").startswith("tunnel-group 203.0.113.1 type")
    assert hq("show running-config | grep hostname").splitlines() == ["hostname hq", "prompt hostname context"]
    assert "interface" not in hq("show running-config | grep -v interface")
    assert hq("clear crypto ipsec sa peer 203.0.113.1 | include x").endswith(INVALID)
    trace = "packet-tracer input inside icmp 192.168.1.10 8 0 192.168.2.10"
    for line in (f"{trace} | include Action", f"{trace} detailed | i ^Action", f"{trace} | grep Action"):
        assert hq(line) == "Action: allow"
    assert hq("show crypto ipsec sa | include current outbound spi").strip().startswith("current outbound spi: ")


# -- configuration -------------------------------------------------------------------------------------------


def test_dpd_default_is_hidden_and_shown_by_all(hq: Typist) -> None:
    assert " isakmp keepalive disable" in hq("show running-config tunnel-group").splitlines()
    assert hq("configure terminal") == ""
    assert hq.session.prompt == "hq(config)# "
    hq("tunnel-group 203.0.113.1 ipsec-attributes")
    assert hq.session.prompt == "hq(config-tunnel-ipsec)# "
    assert hq("isakmp keepalive threshold 10 retry 2") == ""
    assert hq("end") == ""
    assert "keepalive" not in hq("show running-config tunnel-group")
    full = hq("show running-config all tunnel-group 203.0.113.1").splitlines()
    assert full == [
        "tunnel-group 203.0.113.1 type ipsec-l2l",
        "tunnel-group 203.0.113.1 general-attributes",
        " no accounting-server-group",
        " default-group-policy DfltGrpPolicy",
        "tunnel-group 203.0.113.1 ipsec-attributes",
        " pre-shared-key *",
        " peer-id-validate req",
        " no chain",
        " no trust-point",
        " isakmp keepalive threshold 10 retry 2",
    ]


def test_keepalive_other_values_and_no(hq: Typist) -> None:
    for line in ("conf t", "tunnel-group 203.0.113.1 ipsec-attributes", "isakmp keepalive threshold 30 retry 5"):
        assert hq(line) == ""
    assert " isakmp keepalive threshold 30 retry 5" in hq("show running-config tunnel-group")
    assert hq("isakmp keepalive threshold infinite") == ""
    assert " isakmp keepalive threshold infinite" in hq("show running-config tunnel-group")
    assert hq("no isakmp keepalive threshold infinite") == ""
    assert "keepalive" not in hq("show running-config tunnel-group")


@pytest.mark.parametrize(("threshold", "retry"), [("9", "2"), ("3601", "2"), ("10", "1"), ("10", "11"), ("ten", "2")])
def test_keepalive_out_of_range(hq: Typist, threshold: str, retry: str) -> None:
    hq.raw("conf t\ntunnel-group 203.0.113.1 ipsec-attributes\n")
    assert hq(f"isakmp keepalive threshold {threshold} retry {retry}").endswith(INVALID)
    assert " isakmp keepalive disable" in hq("show running-config tunnel-group")


def test_dpd_set_on_both_ends_works_from_the_next_ike_sa_on(incident: Lab) -> None:
    """The DPD vendor id is exchanged in main mode, so an existing IKE SA keeps what it agreed on."""
    for name, peer in (("hq", "203.0.113.1"), ("branch", "198.51.100.1")):
        typist = Typist(incident, name).enable()
        typist.raw(f"conf t\ntunnel-group {peer} ipsec-attributes\nno isakmp keepalive\nend\n")
    hq = incident.network.devices["hq"]
    assert not any(sa.dpd for sa in hq.ike.sas)
    Typist(incident, "hq").enable()("clear crypto isakmp sa")
    incident.advance(5)
    assert [sa.dpd for sa in hq.ike.sas] == [True]
    incident.fault("lost-peer")
    incident.advance(30)
    assert incident.mirrors()


def test_lines_outside_the_grammar_are_refused(hq: Typist) -> None:
    hq("configure terminal")
    assert hq("crypto map outside_map 10 set nonsense 5").endswith(INVALID)
    assert hq("crypto ikev1 enable outside").endswith(INVALID)
    assert hq("tunnel-group 10.0.0.9 ipsec-attributes") == "ERROR: tunnel group 10.0.0.9 does not exist"
    assert hq("show hostname") == "hq"


def test_a_map_line_replaces_its_kin_and_no_removes_it(hq: Typist) -> None:
    hq("configure terminal")
    for group in ("group2", "group5"):
        assert hq(f"crypto map outside_map 10 set pfs {group}") == ""
    assert hq("show running-config crypto map | include pfs") == "crypto map outside_map 10 set pfs group5"
    assert hq("no crypto map outside_map 10 set pfs") == ""
    assert hq("show running-config crypto map | include pfs") == ""
    assert hq("access-list VPN-BRANCH extended permit ip host 10.0.0.1 host 10.0.0.2") == ""
    assert len(hq("show running-config access-list VPN-BRANCH").splitlines()) == 2
    assert hq("no access-list VPN-BRANCH extended permit ip host 10.0.0.1 host 10.0.0.2") == ""
    assert len(hq("show running-config access-list VPN-BRANCH").splitlines()) == 1


def test_modes_are_left_one_by_one(hq: Typist) -> None:
    hq.raw("conf t\ncrypto isakmp policy 10\n")
    assert hq.session.prompt == "hq(config-isakmp-policy)# "
    hq("exit")
    assert hq.session.prompt == "hq(config)# "
    hq("exit")
    assert hq.session.prompt == "hq# "


def test_write_memory_makes_the_startup_configuration(hq: Typist) -> None:
    hq.raw("conf t\nhostname head\nend\n")
    assert hq.session.prompt == "head# "
    assert "hostname hq" in hq("show startup-config")
    written = hq("write memory").splitlines()
    assert written[0] == "Building configuration..."
    assert re.fullmatch(r"Cryptochecksum: [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} ", written[1])
    assert written[-1] == "[OK]"
    assert "hostname head" in hq("show startup-config")
    assert "Configuration last modified by enable_15 at " in hq("show version")


@pytest.mark.parametrize("line", ["show running-config", "show running-config all", "show startup-config"])
def test_keys_are_never_shown(hq: Typist, east: Typist, line: str) -> None:
    for typist in (hq, east):
        shown = typist(line)
        assert "lab-psk" not in shown
        assert "pre-shared-key *" in shown


# -- what the commands print ---------------------------------------------------------------------------------


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


# -- record and quirks ---------------------------------------------------------------------------------------


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


# -- group-policies, lifetimes and PFS --------------------------------------------------------------------------------


def typed(asa: Typist, *lines: str) -> list[str]:
    """What the device answers to each configuration line."""
    answers = [asa(line) for line in ("configure terminal", *lines, "end")]
    return answers[1:-1]


def test_a_group_policy_is_made_named_and_removed_again(hq: Typist) -> None:
    group = "tunnel-group 203.0.113.1 general-attributes"
    assert typed(hq, group, "default-group-policy ABSENT") == ["", "ERROR: group policy ABSENT does not exist"]
    lines = ("group-policy ONE internal", "group-policy ONE attributes", "vpn-idle-timeout none", group)
    assert typed(hq, *lines, "default-group-policy ONE", "group-policy TWO internal from ONE") == [""] * 6
    assert hq("show running-config group-policy").splitlines() == [
        "group-policy ONE internal",
        "group-policy ONE attributes",
        " vpn-idle-timeout none",
        "group-policy TWO internal",
        "group-policy TWO attributes",
        " vpn-idle-timeout none",
    ]
    assert typed(hq, "no group-policy ONE") == ["ERROR: group policy ONE is in use by tunnel-group 203.0.113.1"]
    assert typed(hq, group, "no default-group-policy", "no group-policy ONE", "no group-policy TWO") == [""] * 4
    assert typed(hq, "no group-policy ONE") == ["ERROR: group policy ONE does not exist"]
    assert hq("show running-config group-policy") == ""
    assert "general-attributes" not in hq("show running-config tunnel-group")


def test_a_lifetime_out_of_range_is_refused(hq: Typist) -> None:
    entry = "crypto map outside_map 10 set security-association lifetime"
    answers = typed(hq, f"{entry} seconds 119", f"{entry} kilobytes 9", f"{entry} kilobytes unlimited")
    assert all(INVALID in answer for answer in answers)
    assert typed(hq, f"{entry} seconds 120", f"no {entry} seconds 120") == ["", ""]
    assert "lifetime" not in hq("show running-config crypto map")


def test_a_new_release_warns_of_a_weak_pfs_group_and_refuses_a_weaker_one(east: Typist) -> None:
    weak, weaker = typed(east, *(f"crypto map outside_map 10 set pfs group{number}" for number in (5, 2)))
    assert weak.startswith("WARNING: DH group 5 is considered insecure.")
    assert INVALID in weaker
    assert "set pfs group5" in east("show running-config crypto map")


def test_pfs_groups_come_and_go_with_releases() -> None:
    """Release notes 9.15(1), 24 is gone; 9.16(1), 31 is there."""
    pfs = [f"crypto map outside_map 10 set pfs group{number}" for number in (24, 31)]
    for release, refused in (("9.8(4)", [False, True]), ("9.16(4)", [True, False])):
        hq = Typist(pair(release, release), "hq").enable()
        assert [INVALID in answer for answer in typed(hq, *pfs)] == refused


@pytest.mark.parametrize(("words", "torn"), [("esp-aes esp-sha-hmac", True), ("esp-aes-256 esp-sha-hmac", False)])
def test_a_transform_set_that_changes_takes_its_sas_along(words: str, torn: bool) -> None:
    """CLI guide, "IKEv1 Transform Sets and IKEv2 Proposals"; one that is typed again as it was changes nothing."""
    lab = pair("9.8(4)", "9.8(4)")
    hq = Typist(lab, "hq").enable()
    (line,) = hq("show running-config crypto | include transform-set [A-Z0-9-]+ esp").splitlines()[:1]
    name = line.split()[4]
    before = [each.spi_in for each in lab.network.devices["hq"].datapath.pairs()]
    assert before
    assert line.endswith(" esp-aes-256 esp-sha-hmac")
    assert typed(hq, f"crypto ipsec ikev1 transform-set {name} {words}") == [""]
    kept = [each.spi_in for each in lab.network.devices["hq"].datapath.pairs()]
    assert (set(before) & set(kept) == set()) is torn


SETS = "crypto map outside_map 10 set transform-set"


def test_a_list_of_transforms_holds_what_is_defined_and_is_replaced_by_the_next(hq: Typist) -> None:
    more = [f"crypto ipsec transform-set T{number} esp-aes esp-sha-hmac" for number in range(7)]
    assert typed(hq, f"{SETS} T0") == ['ERROR: transform-set with tag "T0" does not exist.']
    assert typed(hq, *more, f"{SETS} T0 AES256-SHA") == [""] * 8
    assert hq("show running-config crypto map | include transform").splitlines() == [f"{SETS} T0 AES256-SHA"]
    seven = " ".join(f"T{number}" for number in range(7))
    assert typed(hq, f"{SETS} {seven}") == ["ERROR: too many transform sets in this crypto map entry"]
    assert typed(hq, f"no {more[0]}") == [""]
    assert hq("show running-config crypto map | include transform").splitlines() == [f"{SETS} AES256-SHA"]
    assert typed(hq, "no crypto ipsec transform-set AES256-SHA") == [""]
    assert hq("show running-config crypto map | include transform") == ""


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("esp-aes256 esp-sha-hmac", "esp-aes256"),
        ("esp-aes-256 esp-sha256-hmac", "esp-sha256-hmac"),
        ("esp-aes esp-3des", "esp-3des"),
        ("esp-sha-hmac esp-md5-hmac", "esp-md5-hmac"),
        ("mode both", "both"),
    ],
)
def test_a_word_that_is_no_transform_is_refused_where_it_stands(hq: Typist, words: str, wrong: str) -> None:
    line = f"crypto ipsec transform-set X {words}"
    (answer,) = typed(hq, line)
    caret, message = answer.splitlines()
    assert message == INVALID
    assert caret.index("^") == len("hq(config)# ") + line.index(wrong)
    assert " X " not in hq("show running-config crypto")


def test_the_mode_of_a_transform_set_is_a_line_of_its_own(hq: Typist) -> None:
    line = "crypto ipsec transform-set X"
    assert typed(hq, f"{line} esp-aes esp-sha-hmac", f"{line} mode transport", f"{line} esp-aes-256 esp-md5-hmac") == (
        [""] * 3
    )
    assert hq("show running-config crypto | include set X").splitlines() == [
        f"{line} esp-aes-256 esp-md5-hmac",
        f"{line} mode transport",
    ]
    assert typed(hq, f"no {line} mode transport", f"no {line}") == ["", ""]
    assert " X " not in hq("show running-config crypto")


def test_a_new_release_has_proposals_and_no_old_algorithm(east: Typist) -> None:
    """What 9.15 removed: Cisco ASA upgrade guide."""
    suites = ("protocol esp encryption aes-256", "protocol esp integrity sha-256")
    proposal = ("crypto ipsec ikev2 ipsec-proposal P", *suites)
    listed = "crypto map outside_map 10 set ikev2 ipsec-proposal"
    (old,) = typed(east, "crypto ipsec ikev1 transform-set OLD esp-3des esp-sha-hmac")
    assert old.endswith(INVALID)
    assert typed(east, f"{listed} P") == ['ERROR: ipsec-proposal with tag "P" does not exist.']
    assert typed(east, *proposal, f"{listed} P") == [""] * 4
    assert f"{proposal[0]}\n {proposal[1]}\n {proposal[2]}\n" in east("show running-config crypto")
    assert typed(east, f"no {proposal[0]}") == [""]
    assert "ikev2" not in east("show running-config crypto")


def test_attributes_of_the_default_group_need_no_line_that_makes_it(hq: Typist) -> None:
    # "Configuring Dynamic LAN-to-LAN": the default groups are there from the start and are printed only by attributes.
    assert typed(hq, "tunnel-group DefaultL2LGroup ipsec-attributes", "isakmp keepalive disable") == ["", ""]
    assert hq("show running-config tunnel-group DefaultL2LGroup").splitlines() == [
        "tunnel-group DefaultL2LGroup ipsec-attributes",
        " isakmp keepalive disable",
    ]


def test_routes_may_be_injected_with_the_sa(east: Typist) -> None:
    """Command reference, `crypto map set reverse-route`."""
    line = "crypto map outside_map 10 set reverse-route"
    assert typed(east, line, f"{line} dynamic") == ["", ""]
    assert f"{line} dynamic" in east("show running-config crypto map").splitlines()
