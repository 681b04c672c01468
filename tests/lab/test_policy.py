# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration means, release by release; and that no configuration, however broken, is an exception."""

from __future__ import annotations

import random
from ipaddress import IPv4Address

import pytest

from lab import generate
from lab.config import Config
from lab.engine.messages import Packet
from lab.engine.policy import UNLIMITED, GroupPolicy, Ike2Policy, Keepalive, Policy, read_policy
from lab.engine.policy.vocabulary import words_of
from lab.engine.proxies import ace_matches


def read(text: str, release: tuple[int, int] = (9, 16)) -> Policy:
    return read_policy(Config.parse(text), release)


@pytest.mark.parametrize(
    ("release", "encryption", "group"),
    [((8, 4), "3des", "2"), ((9, 12), "3des", "2"), ((9, 13), "3des", "14"), ((9, 16), "aes-256", "14")],
)
def test_a_policy_without_lines_has_the_defaults_of_its_release(
    release: tuple[int, int], encryption: str, group: str
) -> None:
    """Command reference, `crypto ikev1 policy`; release notes 9.13(1) for the group."""
    [policy] = read("crypto ikev1 policy 10\n", release).ike_policies
    assert (policy.authentication, policy.encryption, policy.hash, policy.group, policy.lifetime) == (
        "pre-share", encryption, "sha", group, 86400,
    )  # fmt: skip


def test_a_line_that_the_release_refuses_leaves_the_default() -> None:
    """9.15(1) has neither 3DES nor MD5 nor group 2: at boot the lines are refused, the policy stays."""
    lines = "crypto ikev1 policy 10\n encryption aes\n encryption 3des\n hash md5\n group 2\n lifetime none\n"
    [policy] = read(lines, (9, 16)).ike_policies
    assert (policy.encryption, policy.hash, policy.group, policy.lifetime) == ("aes", "sha", "14", UNLIMITED)
    [policy] = read(lines, (9, 1)).ike_policies
    assert (policy.encryption, policy.hash, policy.group) == ("3des", "md5", "2")


def test_policies_stand_in_order_of_priority_in_all_three_spellings() -> None:
    old = "isakmp policy 20 encryption aes\nisakmp policy 20 group 5\ncrypto isakmp policy 3\n hash md5\n"
    assert [(p.priority, p.encryption, p.group, p.hash) for p in read(old, (7, 2)).ike_policies] == [
        (3, "3des", "2", "md5"), (20, "aes", "5", "sha"),
    ]  # fmt: skip
    assert [p.priority for p in read("crypto ikev1 policy 9\ncrypto ikev1 policy 1\n").ike_policies] == [1, 9]


def test_an_ikev2_policy_is_lists() -> None:
    lists = " encryption aes-256 aes\n integrity sha256\n group 19 14\n prf sha256 sha\n"
    text = f"crypto ikev2 policy 1\n{lists} lifetime seconds 3600\n"
    assert read(text).ikev2_policies == (
        Ike2Policy(1, ("aes-256", "aes"), ("sha256",), ("19", "14"), ("sha256", "sha"), 3600),
    )


def test_group_14_came_with_9_0_and_31_with_9_16() -> None:
    """Release notes for IKEv2; from practice: the same for IKEv1 and PFS."""
    for what in ("ikev1 group", "ikev2 group", "pfs"):
        assert ("14" in words_of(what, (8, 6)), "14" in words_of(what, (9, 0))) == (False, True)
    assert words_of("ikev2 group", (9, 0)) == ("1", "2", "5", "14", "19", "20", "21", "24")
    assert words_of("ikev2 group", (9, 16)) == ("14", "19", "20", "21", "15", "16", "31")


def test_entries_of_maps_know_all_that_is_set() -> None:
    text = """crypto map M 10 match address A
crypto map M 10 set peer 192.0.2.1 192.0.2.2
crypto map M 10 set ikev1 transform-set T U
crypto map M 10 set ikev2 ipsec-proposal P
crypto map M 10 set pfs
crypto map M 10 set connection-type originate-only
crypto map M 10 set security-association lifetime seconds 3600 kilobytes unlimited
crypto map M 10 set nat-t-disable
crypto map M 10 set reverse-route
crypto map M 10 set ikev1 phase1-mode aggressive group5
crypto map M 10 set trustpoint TP chain
"""
    [entry] = read(text).maps["M"]
    assert (entry.peers, entry.transforms, entry.proposals) == (("192.0.2.1", "192.0.2.2"), ("T", "U"), ("P",))
    assert (entry.pfs, entry.connection_type, entry.seconds, entry.kilobytes) == (
        "14",
        "originate-only",
        3600,
        UNLIMITED,
    )
    assert (entry.nat_t_disable, entry.reverse_route, entry.aggressive, entry.aggressive_group) == (
        True,
        True,
        True,
        "5",
    )
    assert (entry.trustpoint, entry.versions, entry.complete) == ("TP", (2, 1), True)
    assert read(text, (9, 12)).maps["M"][0].pfs == "2"


def test_a_dynamic_map_stands_in_the_place_of_its_entry() -> None:
    text = """crypto dynamic-map D 5 set ikev1 transform-set T
crypto map M 10 set peer 192.0.2.1
crypto map M 65535 ipsec-isakmp dynamic D
crypto map M interface outside
"""
    entries = read(text).entries_on("outside")
    assert [(e.name, e.sequence, e.dynamic_in) for e in entries] == [("M", 10, None), ("D", 5, ("M", 65535))]


def test_a_tunnel_interface_is_an_entry_for_everything() -> None:
    """VPN CLI guide, "Virtual Tunnel Interface"."""
    text = """interface GigabitEthernet0/0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
interface Tunnel1
 nameif vti
 ip address 10.9.0.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 192.0.2.9
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile PR
crypto ipsec profile PR
 set ikev2 ipsec-proposal P
 set pfs group19
"""
    policy = read(text)
    tunnel = policy.tunnel("vti")
    assert tunnel is not None
    entry = policy.tunnel_entry(tunnel)
    assert entry is not None
    assert (entry.name, entry.sequence, entry.peers) == ("__vti-crypto-map-4-0-1", 65280, ("192.0.2.9",))
    assert (entry.proposals, entry.pfs, entry.complete) == (("P",), "19", True)


def test_groups_inherit_from_the_default_group_but_never_its_key() -> None:
    """CLI guide, "Connection Profiles"."""
    text = """group-policy GP internal
group-policy GP attributes
 vpn-idle-timeout none
tunnel-group DefaultL2LGroup general-attributes
 default-group-policy GP
tunnel-group DefaultL2LGroup ipsec-attributes
 ikev1 pre-shared-key default
 isakmp keepalive threshold 30 retry 5
tunnel-group 192.0.2.1 type ipsec-l2l
tunnel-group 192.0.2.1 ipsec-attributes
 peer-id-validate nocheck
"""
    policy = read(text)
    group = policy.groups["192.0.2.1"]
    assert (group.key, group.keepalive, group.peer_id_validate) == (None, Keepalive(True, 30, 5), "nocheck")
    assert (group.policy.name, group.policy.idle_seconds, group.policy.session_seconds) == ("GP", None, None)
    assert policy.group_for("198.51.100.9") == policy.default_group
    assert policy.default_group is not None
    assert (policy.default_group.key, policy.default_group.serves(1), policy.default_group.serves(2)) == (
        "default",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("release", "line", "protocols"),
    [
        ((7, 2), "", {"ikev1"}), ((7, 2), "webvpn", {"webvpn"}), ((8, 2), "IPSec svc", {"ikev1", "svc"}),
        ((9, 1), "", {"ikev1", "ikev2"}), ((9, 1), "ikev2", {"ikev2"}),
    ],
)  # fmt: skip
def test_protocols_of_a_group_policy(release: tuple[int, int], line: str, protocols: set[str]) -> None:
    """8.4 made `ikev1` and `ikev2` out of `IPSec`."""
    text = "group-policy GP internal\ngroup-policy GP attributes\n" + (f" vpn-tunnel-protocol {line}\n" if line else "")
    assert read(text, release).group_policies["GP"] == GroupPolicy("GP", frozenset(protocols))


def test_what_is_set_once_per_device() -> None:
    text = "crypto isakmp identity key-id ME\ncrypto ikev1 am-disable\n"
    text += "no crypto isakmp nat-traversal\ncrypto isakmp disconnect-notify\n"
    settings = read(text).settings
    assert (settings.identity, settings.key_id, settings.aggressive_mode) == ("key-id", "ME", False)
    assert (settings.nat_traversal, settings.disconnect_notify) == (None, True)
    assert (read("", (7, 2)).settings.nat_traversal, read("", (8, 2)).settings.nat_traversal) == (None, 20)


def broken(text: str, chance: random.Random) -> str:
    """A configuration after some accidents: words lost, doubled, swapped or mangled, lines cut and moved."""
    lines = text.splitlines()
    for _ in range(chance.randrange(1, 12)):
        number = chance.randrange(len(lines))
        words = lines[number].split(" ")
        match chance.randrange(7):
            case 0:
                del lines[number]
            case 1:
                words.pop(chance.randrange(len(words)))
            case 2:
                words[chance.randrange(len(words))] = chance.choice(
                    ["", "0", "-1", "x", "999.1.1.1", "none", "é", "99999999999"]
                )
            case 3:
                words.append(chance.choice(["group99", "seconds", "1", "any", "host"]))
            case 4:
                lines.insert(chance.randrange(len(lines)), lines[number])
            case 5:
                words = words[: len(words) // 2]
            case _:
                words = [" ".join(words)[: chance.randrange(1, 30)]]
        if number < len(lines):
            lines[number] = " ".join(words)
    return "\n".join(lines)


def test_of_two_routes_to_one_network_the_lower_metric_counts() -> None:
    """Command reference, `route`: the metric is the administrative distance, 1 when none is said."""
    nets = "".join(
        f"interface GigabitEthernet0/{n}\n nameif {name}\n ip address 198.51.10{n}.1 255.255.255.0\n"
        for n, name in enumerate(("backup", "outside"))
    )
    routes = "route backup 0.0.0.0 0.0.0.0 198.51.100.254 254\nroute outside 0.0.0.0 0.0.0.0 198.51.101.254\n"
    egress = read(nets + routes).egress(IPv4Address("203.0.113.1"))
    assert egress is not None
    assert egress.nameif == "outside"


def test_an_interfaces_address_may_be_a_name() -> None:
    """Command reference, `names`: what has a name is shown by it, the addresses of interfaces as well."""
    lines = "names\nname 198.51.100.1 fw\ninterface GigabitEthernet0/0\n nameif outside\n ip address fw 255.255.255.0\n"
    assert [str(each.address) for each in read(lines, (7, 2)).interfaces] == ["198.51.100.1/24"]


def test_a_port_by_a_name_that_no_release_has_leaves_out_its_line() -> None:
    """CLI guide, "Addresses, Protocols, and Ports": a port may be one of some seventy literals, and no other word."""
    lines = "".join(f"access-list IN extended permit tcp any any eq {word}\n" for word in ("pptp", "nonsense", "whois"))
    assert [ace.destination_ports for ace in read(lines).acls["IN"]] == [(1723, 1723), (43, 43)]


GROUPS = """\
object-group service BAD tcp
 port-object eq telnet
 port-object range 135 139
 group-object WORSE
object-group service WORSE tcp
 port-object eq 445
object service NEWS
 service tcp source gt 1023 destination eq nntp
object-group service MIXED
 service-object tcp destination eq https
 service-object udp source eq 500 destination eq 500
 service-object tcp-udp destination neq 53
 service-object object NEWS
 service-object icmp
object-group service OLD
 service-object tcp eq www
"""
BAD = [(23, 23), (135, 139), (445, 445)]
ALL, HIGH = (0, 65535), (1024, 65535)


@pytest.mark.parametrize(
    ("line", "near", "far"),
    [
        ("tcp any any neq 25", [ALL], [(0, 24), (26, 65535)]),
        ("tcp any neq 0 any eq 80", [(1, 65535)], [(80, 80)]),
        ("tcp any any object-group BAD", [ALL], BAD),
        ("tcp any object-group BAD any", BAD, [ALL]),
        ("tcp any gt 1023 any object-group BAD log", [HIGH], BAD),
        ("tcp any any lt 1 inactive", [], []),
    ],
)
def test_the_ports_of_a_line_are_those_that_it_says(
    line: str, near: list[tuple[int, int]], far: list[tuple[int, int]]
) -> None:
    """Command reference, `access-list extended` and `object-group service`."""
    aces = read(f"{GROUPS}access-list IN extended deny {line}\n").acls.get("IN", ())
    assert [(ace.source_ports, ace.destination_ports) for ace in aces] == [(a, b) for a in near for b in far]


ICMP = """\
object-group icmp-type REPLIES
 icmp-object echo-reply
 icmp-object unreachable
object-group icmp-type BOTH
 group-object REPLIES
 icmp-object echo
"""


@pytest.mark.parametrize(
    ("types", "echo"),
    [
        ("", True), ("log", True), ("echo", True), ("8", True), ("echo-reply", False), ("3 4 log", False),
        ("object-group REPLIES", False), ("object-group BOTH log", True),
    ],
)  # fmt: skip
def test_a_line_of_other_icmp_types_lets_no_echo_in(types: str, echo: bool) -> None:
    """Command reference, `access-list extended` and `object-group icmp-type`: without a type, a line is for all."""
    [ace] = read(f"{ICMP}access-list IN extended permit icmp any any {types}\n").acls["IN"]
    ping = Packet(IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2"))
    assert ace_matches(ace, ping) is echo
    service = f"object-group service PING\n service-object icmp {types}\n"
    [ace] = read(f"{ICMP}{service}access-list IN extended permit object-group PING any any\n").acls["IN"]
    assert ace_matches(ace, ping) is echo


def test_a_group_of_services_says_protocols_and_both_sides_ports() -> None:
    """Command reference, `service-object`; before 8.3 without the word `destination`."""
    aces = read(f"{GROUPS}access-list IN extended permit object-group MIXED any any\n").acls["IN"]
    assert [(ace.protocol, ace.source_ports, ace.destination_ports) for ace in aces] == [
        ("tcp", ALL, (443, 443)), ("udp", (500, 500), (500, 500)), ("tcp", ALL, (0, 52)), ("tcp", ALL, (54, 65535)),
        ("udp", ALL, (0, 52)), ("udp", ALL, (54, 65535)), ("tcp", HIGH, (119, 119)), ("icmp", ALL, ALL),
    ]  # fmt: skip
    [ace] = read(f"{GROUPS}access-list IN extended permit object-group OLD any any\n", (8, 2)).acls["IN"]
    assert (ace.protocol, ace.destination_ports) == ("tcp", (80, 80))


def test_rules_of_objects_are_tried_from_the_smallest_and_lowest_one_on() -> None:
    """CLI guide, "NAT Rule Order": static, dynamic; then how many addresses, the lowest one, the object's name."""
    objects = {
        "wide": "range 10.2.0.1 10.2.0.3|static 198.51.100.1", "two": "range 10.9.0.1 10.9.0.2|static 198.51.100.1",
        "net": "subnet 192.168.1.0 255.255.255.0|static 198.51.100.0",
        "all": "subnet 192.168.1.0 255.255.255.0|dynamic interface",
        "ten": "subnet 10.1.1.0 255.255.255.0|static 198.51.100.0", "one": "host 192.168.1.1|static 198.51.100.1",
        "def": "subnet 172.16.1.0 255.255.255.0|dynamic interface",
        "abc": "subnet 172.16.1.0 255.255.255.0|dynamic interface",
    }  # fmt: skip
    lines = [
        f"object network {name}\n {real}\n nat (inside,outside) {rule}"
        for name, (real, _, rule) in ((name, text.partition("|")) for name, text in objects.items())
    ]
    order = [rule.text.split()[2] for rule in read("\n".join(lines)).nat]
    assert order == ["one", "two", "wide", "ten", "net", "abc", "def", "all"]


@pytest.mark.parametrize("seed", range(200))
def test_no_configuration_is_an_exception(seed: int) -> None:
    """A line that cannot be read has no effect."""
    chance = random.Random(seed)
    release = chance.choice(["7.2(5)", "8.2(5)", "8.4(7)", "9.1(7)", "9.8(4)", "9.16(4)", "9.20(2)"])
    site = generate.pair(release, release)
    text = broken(site.text("hq"), chance)
    major, minor = release.split("(")[0].split(".")
    policy = read(text, (int(major), int(minor)))
    assert isinstance(policy, Policy)
