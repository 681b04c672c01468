# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands as people type them, and what a collection sends to which release."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    ParseError,
    Stage,
    UnknownCommandError,
    commands,
    find,
    load,
    spelling,
)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("sh cry ips sa", "show crypto ipsec sa"),
        ("show ipsec sa", "show crypto ipsec sa"),
        ("SHOW CRYPTO IPSEC SA", "show crypto ipsec sa"),
        ("show crypto ipsec sa peer 192.0.2.1", "show crypto ipsec sa"),
        ("show crypto ipsec sa detail", "show crypto ipsec sa"),
        ("show crypto ipsec sa peer 192.0.2.1 detail", "show crypto ipsec sa"),
        ("sh cry isa sa d", "show crypto isakmp sa"),
        ("show failover", "show failover"),
        ("sh fail st", "show failover state"),
        ("sh run", "show running-config"),
        ("show running-config all", "show running-config"),
        ("write terminal", "show running-config"),
        ("show running-config all tunnel-group", "show running-config tunnel-group"),
        ("sh run cry map outside_map", "show running-config crypto"),
        ("show running-config object", "show running-config object"),
        ("show running-config object-group", "show running-config object-group"),
        ("sh vpn-sessiondb l2l", "show vpn-sessiondb l2l"),
        ("sh vpn-sessiondb det l2l", "show vpn-sessiondb l2l"),
        ("show vpn-sessiondb detail l2l filter ipaddress 192.0.2.1", "show vpn-sessiondb l2l"),
        ("show vpn-sessiondb l2l filter name hq sort name", "show vpn-sessiondb l2l"),
        ("sh vpn-sessiondb su", "show vpn-sessiondb summary"),
        ("show ipsec stats", "show crypto ipsec stats"),
        ("show crypto ikev2 stats", "show crypto ikev2 stats"),
        ("show asp table vpn-context detail", "show asp table vpn-context"),
        ("sh context det", "show context"),
        ("show route inside", "show route"),
        ("sh fail hist", "show failover history"),
        ("sh int ip br", "show interface ip brief"),
        ("sh run nat", "show running-config nat"),
        ("show running-config static", "show running-config nat"),
        ("show run all sysopt", "show running-config sysopt"),
        ("show running-config route inside", "show running-config route"),
        ("sh run logging", "show running-config logging"),
        ("show running-config event manager", "show running-config event manager"),
        ("debug crypto ikev1 127", "debug crypto"),
        ("debug crypto ipsec", "debug crypto"),
        ("debug crypto isakmp", "debug crypto"),
        ("debug crypto ikev2 platform 5", "debug crypto"),
    ],
)
def test_find(typed: str, command: str) -> None:
    assert find(typed).command == command


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("show crypto ik sa", r"'show crypto ik sa' is ambiguous between .*ikev1 sa.*ikev2 sa"),
        ("show crypto ipsec sb", r"no parser reads 'show crypto ipsec sb'; the nearest are 'show crypto ipsec sa'"),
        (
            "show failover states",
            r"no parser reads 'show failover states'; the nearest are 'show failover state', 'show failover'",
        ),
        ("show running-config cdp", r"no parser reads 'show running-config cdp'"),
        ("", r"no parser reads ''; the nearest are 'debug crypto', 'show asp drop'"),
        ("debug crypto ca 255", r"no parser reads 'debug crypto ca 255'"),
    ],
)
def test_no_parser(typed: str, message: str) -> None:
    with pytest.raises(UnknownCommandError, match=message):
        find(typed)


def test_a_filtered_output_is_refused() -> None:
    message = "'show crypto ipsec sa | include spi' is filtered, and what was left out cannot be told from what is not"
    with pytest.raises(ParseError, match=re.escape(message)):
        find("show crypto ipsec sa | include spi")


def test_commands_of_a_release() -> None:
    old, new = Version(8, 2, 5), Version(9, 1)
    assert commands(Stage.IDENTITY, old) == ("show version", "show curpriv", "show clock", "show mode", "show failover")
    assert commands(Stage.STATE, old) == ("show crypto ipsec sa", "show crypto isakmp sa detail")
    assert commands(Stage.STATE, None) == commands(Stage.STATE, old)
    assert commands(Stage.STATE, new) == (
        "show crypto ipsec sa",
        "show crypto ikev1 sa detail",
        "show crypto ikev2 sa detail",
    )
    assert commands(Stage.COUNTERS, old) == ("show crypto ipsec stats", "show asp drop")
    around = ("show ntp status", "show route", "show vpn-sessiondb detail l2l")
    assert commands(Stage.SURROUNDINGS, old) == around
    assert commands(Stage.LOG, new) == ("show logging",)
    assert commands(Stage.CONFIG, new) == (
        "show running-config names",
        "show running-config interface",
        "show running-config object",
        "show running-config object-group",
        "show running-config access-list",
        "show running-config crypto",
        "show running-config all tunnel-group",
        "show running-config group-policy",
        "show running-config nat",
        "show running-config route",
        "show running-config all sysopt",
        "show running-config access-group",
        "show running-config logging",
        "show running-config management-access",
        "show startup-config",
    )
    assert "show running-config object" not in commands(Stage.CONFIG, old)
    assert "show running-config event manager" in commands(Stage.CONFIG, Version(9, 2))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("sh run static", "show running-config static"),
        ("show run nat", "show running-config nat"),
        ("show running-config all nat-control", "show running-config nat-control"),
        ("sh cry ips sa peer 192.0.2.1", "show crypto ipsec sa"),
        ("show ipsec sa", "show ipsec sa"),
    ],
)
def test_a_command_in_full_words(command: str, words: str) -> None:
    assert spelling(command) == words


def test_translation_was_four_parts_before_8_3() -> None:
    asked = (
        "show running-config nat",
        *(f"show running-config {part}" for part in ("static", "global", "nat-control")),
    )
    for version in (Version(8, 2, 5), None):
        sent = commands(Stage.CONFIG, version)
        assert sent[(first := sent.index(asked[0])) : first + 4] == asked
    assert not set(asked[1:]) & set(commands(Stage.CONFIG, Version(8, 3)))


def test_every_parser_explains_itself() -> None:
    for parser in load().values():
        assert parser.title.startswith(f"``{parser.command.split()[0]}"), parser.command
        assert "Source" in parser.grammar, parser.command


def test_what_is_sent_is_what_is_parsed() -> None:
    for parser in load().values():
        assert find(parser.sent) is parser
