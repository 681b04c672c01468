# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual tunnel interfaces pair as crypto map entries do, and the rules have words for them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import find, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    Finding,
    Fix,
    Interface,
    IpsecProposal,
    Selector,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find as parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from tests import build
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, branch_config, hq, vti

MODERN = Version(9, 16)
ANY = {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"}


def tunnel(left: Config | None = None, right: Config | None = None, *, up: bool = True) -> Tunnel:
    return build.tunnel(
        hq(*([at_hq(**ANY)] if up else []), config=left or vti(HQ, BRANCH), version=MODERN),
        branch(*([at_branch(**ANY)] if up else []), config=right or vti(BRANCH, HQ), version=MODERN),
    )


def says(rule: str, of: Tunnel) -> list[Finding]:
    (check,) = (check for check in load() if check.rule.id == rule)
    return list(check.findings(of))


def words(rule: str, of: Tunnel) -> list[str]:
    return [f"{finding.outcome}: {finding.message}" for finding in says(rule, of)]


def test_two_interfaces_that_name_each_other() -> None:
    found = tunnel()
    assert found.name == "hq-branch"
    assert [str(end.map_entry) for end in found.ends] == ["Tunnel1", "Tunnel1"]
    assert [end.interface for end in found.ends] == ["outside", "outside"]
    assert [str(end.address) for end in found.ends] == [HQ, BRANCH]
    assert [end.tunnel_group.name if end.tunnel_group else None for end in found.ends] == [BRANCH, HQ]


def test_an_interface_against_a_crypto_map() -> None:
    found = tunnel(right=branch_config())
    assert [str(end.map_entry) for end in found.ends] == ["Tunnel1", "outside_map 10"]


def test_no_rule_misses_an_access_list() -> None:
    assert words("acl-not-mirrored", tunnel()) == [
        "not_applicable: hq-branch / Tunnel1 - crypto access list - hq protects all that is routed into Tunnel1; "
        "branch protects all that is routed into Tunnel1"
    ]
    assert words("map-entry-incomplete", tunnel()) == [
        "pass: hq-branch / Tunnel1 - missing - hq: nothing branch: nothing"
    ]


def test_the_list_of_a_tunnel_policy_is_compared() -> None:
    def with_policy(config: Config, local: str, remote: str) -> Config:
        rule = AccessRule(True, Selector(ip_network(local)), Selector(ip_network(remote)), "")
        return replace(config, access_lists={"POL": AccessList("POL", (rule,))})

    left = with_policy(vti(HQ, BRANCH, tunnel={"tunnel_policy": "POL"}), "10.1.0.0/16", "10.2.0.0/16")
    right = with_policy(vti(BRANCH, HQ, tunnel={"tunnel_policy": "POL"}), "10.2.0.0/16", "10.3.0.0/16")
    assert words("acl-not-mirrored", tunnel(left, right)) == [
        "fail: hq-branch / Tunnel1 - crypto access list - hq: only here 10.1.0.0/16 <-> 10.2.0.0/16, "
        "which branch refuses branch: only here 10.2.0.0/16 <-> 10.3.0.0/16, which hq refuses"
    ]


@pytest.mark.parametrize(
    ("left", "rule", "message", "lines"),
    [
        (
            vti(HQ, BRANCH, profile={"pfs": "group14"}),
            "pfs-mismatch",
            "fail: hq-branch / Tunnel1 - PFS group - hq: group14 branch: not set: works only while hq initiates, and a "
            "rekey that branch starts fails",
            [
                Fix(
                    "branch",
                    ("crypto ipsec profile P", " set pfs group14"),
                    safe=True,
                    note="takes effect at the next rekey",
                )
            ],
        ),
        (
            vti(HQ, BRANCH, profile={"lifetime_seconds": 3600}),
            "lifetime-sec-mismatch",
            "fail: hq-branch / Tunnel1 - IPsec lifetime - hq: 3600 s branch: 28800 s: 8 times apart",
            [Fix("branch", ("crypto ipsec profile P", " set security-association lifetime seconds 3600"), safe=True)],
        ),
        (
            vti(HQ, BRANCH, tunnel={"tunnel_profile": None}),
            "map-entry-incomplete",
            "fail: hq-branch / Tunnel1 - missing - hq: tunnel protection",
            [
                Fix(
                    "hq",
                    ("interface Tunnel1", " tunnel protection ipsec profile NAME"),
                    note="fill in the names",
                )
            ],
        ),
        (
            vti(HQ, BRANCH, profile={"transform_sets": ()}),
            "map-entry-incomplete",
            "fail: hq-branch / Tunnel1 - missing - hq: transform",
            [
                Fix(
                    "hq",
                    ("crypto ipsec profile P", " set ikev1 transform-set NAME"),
                    note="fill in the names",
                )
            ],
        ),
        (
            vti(HQ, BRANCH, tunnel={"shutdown": True}),
            "map-not-applied",
            "fail: hq-branch / Tunnel1 - applied to - hq: no interface (shut down) branch: outside",
            [Fix("hq", ("interface Tunnel1", " no shutdown"))],
        ),
        (
            vti(HQ, BRANCH, tunnel={"tunnel_source": None, "shutdown": True}),
            "map-not-applied",
            "fail: hq-branch / Tunnel1 - applied to - hq: no interface (shut down) branch: outside",
            [
                Fix(
                    "hq",
                    ("interface Tunnel1", " tunnel source interface outside", " no shutdown"),
                    note="the interface that the other end names as its peer",
                )
            ],
        ),
        (
            vti(HQ, "198.51.100.99"),
            "peer-address-mismatch",
            "fail: hq-branch / Tunnel1 - peer - hq: peer 198.51.100.99 (Tunnel1) branch: 198.51.100.2",
            [Fix("hq", ("interface Tunnel1", f" tunnel destination {BRANCH}"), note="interrupts this tunnel")],
        ),
        (
            vti(HQ, BRANCH, ike_enabled={}),
            "ike-not-enabled",
            "fail: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
            [Fix("hq", ("crypto ikev1 enable outside",))],
        ),
    ],
    ids=["pfs", "lifetime", "no profile", "no transform", "shut down", "no source", "wrong destination", "ike off"],
)
def test_fixes_are_lines_of_the_profile_or_of_the_interface(
    left: Config, rule: str, message: str, lines: list[Fix]
) -> None:
    (finding,) = says(rule, tunnel(left, up=False))
    assert f"{finding.outcome}: {finding.message}" == message
    assert list(finding.fix) == lines


def test_a_profile_without_a_transform_in_common() -> None:
    ikev2 = vti(
        HQ,
        BRANCH,
        profile={"transform_sets": (), "ikev2_proposals": ("A",)},
        ipsec_proposals={"A": IpsecProposal("A", ("aes-256",), ("sha-256",))},
    )
    (finding,) = says("transform-no-overlap", tunnel(ikev2))
    assert finding.message == (
        "hq-branch / Tunnel1 - transform - hq: ikev2 aes-256 sha-256 branch: esp-aes-256 esp-sha-hmac"
    )
    assert finding.fix[0].lines == (
        "crypto ipsec ikev2 ipsec-proposal AES256-SHA256",
        " protocol esp encryption aes-256",
        " protocol esp integrity sha-256",
        "crypto ipsec profile P",
        " set ikev2 ipsec-proposal AES256-SHA256",
    )


def test_two_that_only_answer() -> None:
    waiting = {"responder_only": True}
    (finding,) = says(
        "connection-type-conflict", tunnel(vti(HQ, BRANCH, profile=waiting), vti(BRANCH, HQ, profile=waiting))
    )
    assert finding.message == (
        "hq-branch / Tunnel1 - connection type - hq: responder-only (Tunnel1) branch: responder-only (Tunnel1)"
    )
    assert finding.fix[0].lines == ("crypto ipsec profile P", " no responder-only")


def test_what_runs_and_is_saved_otherwise() -> None:
    runs, saved = vti(HQ, BRANCH, profile={"pfs": "group14"}), vti(HQ, BRANCH)
    found = build.tunnel(
        hq(at_hq(), config=runs, saved=saved), branch(at_branch(), config=vti(BRANCH, HQ), saved=vti(BRANCH, HQ))
    )
    assert words("config-unsaved", found) == [
        "fail: hq-branch - start-up configuration - hq: Tunnel1 is saved otherwise branch: as it runs"
    ]


def two_each() -> tuple[Tunnel, ...]:
    def twice(config: Config, second: str, peer: str) -> Config:
        backup = Interface("Ethernet0/2", "backup", ip_address(second))
        other = replace(
            config.interfaces[1], name="Tunnel2", tunnel_source="backup", tunnel_destination=ip_address(peer)
        )
        return build.virtual(config, interfaces=(*config.interfaces, backup, other))

    left = twice(vti(HQ, BRANCH), "203.0.113.65", "198.51.100.66")
    right = twice(vti(BRANCH, HQ), "198.51.100.66", "203.0.113.65")
    return pair([hq(config=left), branch(config=right)])


def test_several_interfaces_between_two_devices_are_tunnels_of_their_own() -> None:
    tunnels = two_each()
    assert [each.name for each in tunnels] == ["hq-branch:Tunnel1", "hq-branch:Tunnel2"]
    assert find(tunnels, "branch-hq:Tunnel2") is tunnels[1]


def test_two_interfaces_to_one_address_have_their_own_sas() -> None:
    config = vti(HQ, BRANCH)
    second = replace(config.interfaces[1], name="Tunnel2", tunnel_source="backup")
    backup = Interface("Ethernet0/2", "backup", ip_address("203.0.113.65"))
    left = build.virtual(config, interfaces=(*config.interfaces, backup, second))
    at = [at_hq(endpoint=HQ), at_hq(endpoint="203.0.113.65", inbound=(0xA2,), outbound=(0xB2,))]
    tunnels = pair([hq(*at, config=left)])
    assert [each.name for each in tunnels] == [f"hq-{BRANCH}:Tunnel1", f"hq-{BRANCH}:Tunnel2"]
    assert [each.ends[0].second for each in tunnels] == [(at[0],), (at[1],)]


def test_a_template_answers_whoever_calls() -> None:
    hub = vti(HQ, BRANCH, name="Virtual-Template1", tunnel={"tunnel_destination": None})
    found = tunnel(hub)
    entry = found.ends[0].map_entry
    assert entry is not None
    assert (entry.dynamic_map, entry.peers, entry.transform_sets) == ("Virtual-Template1", (), ("AES",))
    assert not found.ends[0].initiates
    assert words("transform-no-overlap", found) == [
        "pass: hq-branch / Virtual-Template1 - transform - hq: esp-aes-256 esp-sha-hmac "
        "branch: esp-aes-256 esp-sha-hmac"
    ]


def test_a_printed_configuration_holds_the_entry() -> None:
    text = """\
hostname hq
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.1 255.255.255.248
 ipv6 address 2001:db8::1/64 standby 2001:db8::2
 ipv6 address fe80::1 link-local
interface Tunnel1
 nameif vti
 ip address 169.254.1.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.2
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
interface Tunnel2
 tunnel destination 198.51.100.3
 tunnel mode ipsec ipv4
 shutdown
crypto ipsec ikev2 ipsec-proposal A
 protocol esp encryption aes-256
crypto ipsec profile P
 set ikev2 ipsec-proposal A
 set pfs group14
 set security-association lifetime seconds 3600
 set trustpoint TP
 responder-only
"""
    config = parser("show running-config").parse(text).value
    first, second = config.crypto_maps
    assert (str(first), first.sequence, first.profile, first.ikev2_proposals) == ("Tunnel1", 0, "P", ("A",))
    assert (first.pfs, first.lifetime_seconds, first.trustpoint) == ("group14", 3600, "TP")
    assert (first.connection_type, list(map(str, first.peers))) == ("answer-only", [BRANCH])
    assert (str(second), second.profile) == ("Tunnel2", None)
    assert config.crypto_map_interfaces == {"Tunnel1": ("outside",), "Tunnel2": ()}
    outside = config.interface("outside")
    assert list(map(str, outside.addresses)) == [HQ, "2001:db8::1"]
    assert list(map(str, outside.standby_ipv6)) == ["2001:db8::2"]
