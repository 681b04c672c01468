# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a configuration holds, judging it ends in seconds, and what was not followed to its end is unknown."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Device, ProxyIdentities, Selector
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes
from tests import build
from tests.build import at_branch, at_hq, branch, branch_config, hq, hq_config

# A machine that is busy with something else must not fail this; what it is about took minutes or for ever.
SECONDS = 20
TEXT = """\
hostname hq
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.1 255.255.255.248
{groups}{lists}crypto ipsec transform-set AES esp-aes-256 esp-sha-hmac
crypto map outside_map 10 match address VPN
crypto map outside_map 10 set peer 198.51.100.2
crypto map outside_map 10 set transform-set AES
crypto map outside_map interface outside
crypto isakmp enable outside
crypto isakmp policy 10
 authentication pre-share
 encryption aes-256
 hash sha
 group 5
tunnel-group 198.51.100.2 type ipsec-l2l
tunnel-group 198.51.100.2 ipsec-attributes
 pre-shared-key *
"""


@contextmanager
def in_time() -> Iterator[None]:
    begin = time.process_time()
    yield
    assert time.process_time() - begin < SECONDS


def parsed(groups: str = "", lists: str = "") -> Config:
    config: Config = find("show running-config").parse(TEXT.format(groups=groups, lists=lists)).value
    return config


def judged(config: Config, spoke: Config | None = None) -> dict[str, list[str]]:
    """What each rule says of the one tunnel."""
    (judgement,) = judge_all([hq(at_hq(), config=config), branch(at_branch(), config=spoke or branch_config())])
    said: dict[str, list[str]] = {}
    for finding in judgement.findings:
        said.setdefault(finding.rule, []).append(f"{finding.outcome}: {finding.message}")
    assert not [words for each in said.values() for words in each if " broke: " in words]
    return said


def members(count: int, name: str) -> str:
    return f"object-group network {name}\n" + "".join(
        f" network-object host 10.{n >> 16}.{n >> 8 & 255}.{n & 255}\n" for n in range(count)
    )


LINE = "access-list VPN extended permit ip object-group A object-group B \n"


def test_groups_that_hold_each_other() -> None:
    groups = (
        "object-group network A\n group-object B\n network-object 10.1.0.0 255.255.0.0\n"
        "object-group network B\n group-object A\n network-object 10.2.0.0 255.255.0.0\n"
    )
    with in_time():
        said = judged(parsed(groups, LINE))["acl-not-mirrored"]
    assert said == [
        "fail: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.0/16 <-> 10.1.0.0/16, "
        "10.2.0.0/16 <-> 10.1.0.0/16, 10.2.0.0/16 <-> 10.2.0.0/16, which branch refuses "
        "branch: nothing more"
    ]


def test_groups_that_meet_again_and_again() -> None:
    """Forty groups, each of which holds the one before it twice, by two ways."""
    groups = "object-group network G0\n network-object 10.1.0.0 255.255.0.0\n"
    for n in range(1, 40):
        groups += (
            f"object-group network L{n}\n group-object G{n - 1}\nobject-group network R{n}\n group-object G{n - 1}\n"
        )
        groups += f"object-group network G{n}\n group-object L{n}\n group-object R{n}\n"
    line = "access-list VPN extended permit ip object-group G39 10.2.0.0 255.255.0.0 \n"
    with in_time():
        said = judged(parsed(groups, line))["acl-not-mirrored"]
    assert said == ["pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry"]


def test_groups_in_groups_without_end() -> None:
    groups = "object-group network G0\n network-object 10.1.0.0 255.255.0.0\n" + "".join(
        f"object-group network G{n}\n group-object G{n - 1}\n" for n in range(1, 3000)
    )
    line = "access-list VPN extended permit ip object-group G2999 10.2.0.0 255.255.0.0 \n"
    with in_time():
        said = judged(parsed(groups, line))["acl-not-mirrored"]
    assert said == [
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN cannot be followed: "
        "access-list VPN extended permit ip object-group G2999 10.2.0.0 255.255.0.0 (groups in groups without end)"
    ]


def test_two_groups_of_ten_thousand_lines_in_a_thousand_lines() -> None:
    with in_time():
        said = judged(parsed(members(10_000, "A") + members(10_000, "B"), 1_000 * LINE))["acl-not-mirrored"]
    assert said == [
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN cannot be followed: "
        f"{LINE.strip()} (more than 20000 rules in one line)"
    ]


def test_a_group_of_ten_thousand_lines_in_a_thousand_lines() -> None:
    line = "access-list VPN extended permit ip object-group A host 10.2.0.1 \n"
    with in_time():
        config = parsed(members(10_000, "A"), 1_000 * line)
        said = judged(config)["acl-not-mirrored"]
    assert len(config.access_lists["VPN"].rules) == 200_000
    assert said == [
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN cannot be followed: "
        f"{line.strip()} (more than 200000 rules in one list)"
    ]


def test_lists_of_forty_thousand_lines() -> None:
    pairs = [(f"10.1.{n >> 8}.{n & 255}/32", f"10.{2 + (n >> 16)}.{n >> 8 & 255}.{n & 255}/32") for n in range(20_000)]
    pairs += [(f"10.8.{n >> 8}.{n & 255}/32", f"10.{2 + (n >> 16)}.{n >> 8 & 255}.{n & 255}/32") for n in range(20_000)]
    left = hq_config(acl=pairs)
    right = branch_config(acl=[(b, a) for a, b in pairs[:-10_000]])
    with in_time():
        (said,) = judged(left, right)["acl-not-mirrored"]
    assert said.startswith("fail: hq-branch / outside_map 10 - crypto access list - hq: only here 10.8.39.100/32 <-> ")
    assert said.endswith(" and 9996 more, which branch refuses branch: nothing more")
    assert len(said) < 300


def test_one_long_list_in_many_entries_is_followed_once() -> None:
    pairs = [(f"10.1.{n >> 8}.{n & 255}/32", f"10.2.{n >> 8}.{n & 255}/32") for n in range(5_000)]
    config = hq_config([f"198.51.100.{n}" for n in range(1, 201)], acl=pairs)
    entry = config.crypto_maps[0]
    entries = tuple(replace(entry, sequence=n, peers=(peer,)) for n, peer in enumerate(entry.peers, 1))
    silent = [Device(f"s{n}", public_addresses=(ip_address(f"198.51.100.{n}"),)) for n in range(1, 201)]
    with in_time():
        judgements = judge_all([hq(config=replace(config, crypto_maps=entries)), *silent])
    assert len(judgements) == 200


def test_two_configurations_of_one_device() -> None:
    with pytest.raises(AddressClaimedTwiceError, match=r"branch and copy both claim .*, and have one serial number"):
        pair([hq(), branch(serial="JMX1"), replace(branch(serial="JMX1"), name="copy")])


@pytest.mark.parametrize("config", [Config(), Config(interfaces=hq_config().interfaces)], ids=["empty", "interfaces"])
def test_a_configuration_with_nothing_of_the_tunnel(config: Config) -> None:
    said = judged(config)
    assert said["peer-address-mismatch"][0].startswith("fail: hq-branch / outside_map 10 - peer - hq: no crypto map")
    assert said["acl-not-mirrored"] == [
        "not_applicable: hq-branch - crypto access list - hq has no crypto map entry for this peer: "
        "see peer-address-mismatch"
    ]


def test_thousands_of_sas_without_a_counterpart() -> None:
    """Each end holds fifteen hundred pairs of hosts that the other does not hold so."""
    mine = [at_hq(local=f"10.1.{n >> 8}.{n & 255}/32", remote=f"10.2.{n >> 8}.{n & 255}/32") for n in range(1_500)]
    theirs = [
        at_branch(local=f"10.2.{n >> 8}.{n & 255}/32", remote=f"10.1.{n >> 8}.{n + 1 & 255}/32") for n in range(1_500)
    ]
    with in_time():
        judge_all([hq(*mine), branch(*theirs)])


def test_what_overlaps_is_found_as_by_looking_at_every_pair() -> None:
    choose = random.Random(7)

    def some(count: int) -> dict[tuple[str, str], Any]:
        def network() -> str:
            length = choose.choice((8, 12, 16, 20, 24, 28))
            return str(ip_network((choose.randrange(1 << 26) + (10 << 24), length), strict=False))

        return {(network(), network()): None for _ in range(count)}

    for _ in range(60):
        left, right = some(12), some(12)
        tunnel = build.tunnel(
            hq(*(at_hq(local=a, remote=b) for a, b in left)), branch(*(at_branch(local=b, remote=a) for a, b in right))
        )
        for lane in lanes(tunnel):
            mine, theirs = ([entry.identities for entry in side.entries] for side in lane.sides)
            meeting = {(a, b) for a in mine for b in theirs if overlap(a, b.mirrored())}
            assert len(meeting) > 0 or not mine or not theirs
        alone = [lane for lane in lanes(tunnel) if len(lane.up) == 1]
        for lane in alone:
            (side,) = lane.up
            others = right if side.end.name == "hq" else left
            for a, b in others:
                there = ProxyIdentities(Selector(ip_network(a)), Selector(ip_network(b)))
                for entry in side.entries:
                    own = entry.identities if side.end.name == "hq" else entry.identities.mirrored()
                    assert not overlap(own, there)


def overlap(a: ProxyIdentities, b: ProxyIdentities) -> bool:
    return _meet(a.local, b.local) and _meet(a.remote, b.remote)


def _meet(a: Selector, b: Selector) -> bool:
    return bool(a.network.overlaps(b.network))  # type: ignore[arg-type]
