# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line behaves as an ASA's: logging in, echo, prompts, errors, pager, filters."""

from __future__ import annotations

import re

import pytest

from lab.cli.transport import Close
from lab.cli.tree import expand
from lab.site import Lab
from lab.testing import SessionEndedError, Typist, change

INVALID = "ERROR: % Invalid input detected at '^' marker."


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
