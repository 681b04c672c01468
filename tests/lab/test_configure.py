# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode: lines that are kept, replaced, refused and taken away, and defaults that are hidden."""

from __future__ import annotations

import re

import pytest

from lab.site import Lab
from lab.testing import Typist, pair

INVALID = "ERROR: % Invalid input detected at '^' marker."


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


# -- group-policies, lifetimes and PFS ------------------------------------------------------------------------


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
