# SPDX-License-Identifier: GPL-3.0-or-later
"""An end with a dynamic map is judged by the template that answers its peer."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    Device,
    Finding,
    Fix,
    Interface,
    Keepalive,
    Selector,
    Tunnel,
    TunnelGroup,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from tests import build
from tests.build import (
    BRANCH,
    BRANCH_LAN,
    HQ,
    HQ_LAN,
    at_branch,
    at_hq,
    branch,
    branch_config,
    hq,
    hub_config,
    template,
)


def tunnel(hub: Config, spoke: Config | None = None) -> Tunnel:
    return build.tunnel(hq(at_hq(), config=hub), branch(at_branch(), config=spoke or branch_config()))


def says(rule: str, of: Tunnel) -> list[Finding]:
    (check,) = (check for check in load() if check.rule.id == rule)
    return list(check.findings(of))


def words(rule: str, of: Tunnel) -> list[str]:
    return [f"{finding.outcome}: {finding.message}" for finding in says(rule, of)]


def lists(**networks: tuple[str, str]) -> dict[str, AccessList]:
    return {
        name: AccessList(name, (AccessRule(True, Selector(ip_network(a)), Selector(ip_network(b)), ""),))
        for name, (a, b) in networks.items()
    }


def test_the_entry_holds_what_the_template_says() -> None:
    entry = tunnel(hub_config(template(20, pfs="group5", lifetime_seconds=3600))).ends[0].map_entry
    assert entry is not None
    assert (entry.dynamic_map, entry.dynamic_sequence, str(entry)) == ("DYN", 20, "outside_map 65535")
    assert (entry.transform_sets, entry.pfs, entry.lifetime_seconds) == (("AES",), "group5", 3600)


@pytest.mark.parametrize(
    ("networks", "chosen"),
    [
        ({"A": ("10.1.0.0/16", "10.9.0.0/16"), "B": (HQ_LAN, BRANCH_LAN)}, 20),
        ({"A": ("10.1.0.0/16", "10.0.0.0/8"), "B": (HQ_LAN, BRANCH_LAN)}, 10),
        ({"A": ("10.1.0.0/16", "10.9.0.0/16"), "B": ("10.1.0.0/16", "10.8.0.0/16")}, 30),
    ],
    ids=["the very identities", "a wider list comes first", "no list holds them"],
)
def test_the_first_template_that_takes_the_peer_answers(networks: dict[str, tuple[str, str]], chosen: int) -> None:
    hub = hub_config(
        template(10, access_list="A"), template(20, access_list="B"), template(30), access_lists=lists(**networks)
    )
    entry = tunnel(hub).ends[0].map_entry
    assert entry is not None
    assert entry.dynamic_sequence == chosen


def test_a_template_for_other_peers_is_passed_over() -> None:
    entry = tunnel(hub_config(template(10, peers=(ip_address("192.0.2.9"),)), template(20))).ends[0].map_entry
    assert entry is not None
    assert entry.dynamic_sequence == 20


def test_the_sas_of_a_spoke_whose_configuration_was_not_read_tell_the_template() -> None:
    hub = hub_config(
        template(10, access_list="A"),
        template(20, access_list="B"),
        access_lists=lists(A=(HQ_LAN, "10.9.0.0/16"), B=(HQ_LAN, BRANCH_LAN)),
    )
    blind = replace(branch(at_branch(endpoint=BRANCH)), config=None)
    entry = build.tunnel(hq(at_hq(), config=hub), blind).ends[0].map_entry
    assert entry is not None
    assert entry.dynamic_sequence == 20


def test_what_a_template_lacks_is_typed_into_the_template() -> None:
    (finding,) = says("pfs-mismatch", tunnel(hub_config(), branch_config(map_changes={"pfs": "group5"})))
    assert finding.message == (
        "hq-branch / outside_map 65535 - PFS group - hq: not set branch: group5: works only while branch initiates, "
        "and a rekey that hq starts fails"
    )
    assert str(finding.severity) == "warning"
    assert finding.fix == (
        Fix("hq", ("crypto dynamic-map DYN 10 set pfs group5",), safe=True, note="takes effect at the next rekey"),
    )


def test_a_hub_that_requires_pfs_of_a_spoke_without() -> None:
    (finding,) = says("pfs-mismatch", tunnel(hub_config(template(pfs="group5"))))
    assert finding.message == (
        "hq-branch / outside_map 65535 - PFS group - hq: group5 branch: not set: hq requires it and cannot initiate"
    )
    assert str(finding.severity) == "critical"


@pytest.mark.parametrize(
    ("hub", "said"),
    [
        (
            hub_config(),
            "not_applicable: hq-branch / outside_map 65535 - crypto access list - "
            "hq takes what its peer proposes (dynamic map DYN)",
        ),
        (
            hub_config(template(access_list="A"), access_lists=lists(A=(HQ_LAN, "10.0.0.0/8"))),
            "pass: hq-branch / outside_map 65535 - crypto access list - hq: 1 entry branch: 1 entry",
        ),
        (
            hub_config(template(access_list="A"), access_lists=lists(A=(HQ_LAN, "10.9.0.0/16"))),
            "fail: hq-branch / outside_map 65535 - crypto access list - hq: nothing more "
            "branch: only here 10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses",
        ),
        (
            hub_config(template(access_list="A"), access_lists={}, unread=frozenset({"access-list"})),
            "unknown: hq-branch / outside_map 65535 - crypto access list - hq's access list A was not read",
        ),
        (
            hub_config(template(access_list="A"), access_lists={}),
            "not_applicable: hq-branch / outside_map 65535 - crypto access list - "
            "hq's access list A has no line: see map-entry-incomplete",
        ),
        (
            hub_config(dynamic_maps=()),
            "not_applicable: hq-branch - crypto access list - hq takes what its peer proposes (dynamic map DYN)",
        ),
    ],
    ids=[
        "no list",
        "a wider list",
        "another list",
        "a list that was not read",
        "a list without a line",
        "no template was read",
    ],
)
def test_access_lists(hub: Config, said: str) -> None:
    assert words("acl-not-mirrored", tunnel(hub)) == [said]


def test_a_template_without_a_transform_is_incomplete() -> None:
    (finding,) = says("map-entry-incomplete", tunnel(hub_config(template(transform_sets=()))))
    assert finding.message == "hq-branch / outside_map 65535 - missing - hq: transform"
    assert finding.fix == (Fix("hq", ("crypto dynamic-map DYN 10 set transform-set NAME",), note="fill in the names"),)


def test_a_spoke_that_only_answers_waits_for_ever() -> None:
    (finding,) = says(
        "connection-type-conflict", tunnel(hub_config(), branch_config(map_changes={"connection_type": "answer-only"}))
    )
    assert finding.message == (
        "hq-branch / outside_map 65535 - connection type - hq: answer-only (dynamic map DYN) branch: answer-only"
    )
    assert finding.fix == (Fix("branch", ("crypto map outside_map 10 set connection-type bi-directional",)),)


def test_a_template_that_is_saved_otherwise() -> None:
    found = build.tunnel(
        hq(at_hq(), config=hub_config(template(pfs="group5")), saved=hub_config()),
        branch(at_branch(), saved=branch_config()),
    )
    assert words("config-unsaved", found) == [
        "fail: hq-branch - start-up configuration - hq: dynamic map DYN 10 is saved otherwise branch: as it runs"
    ]


# Tunnel-groups.


def groups(*names: str, **changes: Any) -> dict[str, TunnelGroup]:
    return {name: TunnelGroup(name, "ipsec-l2l", has_key=True, keepalive=Keepalive(), **changes) for name in names}


@pytest.mark.parametrize(
    ("known", "chosen"),
    [((BRANCH, "DefaultL2LGroup"), BRANCH), (("DefaultL2LGroup",), "DefaultL2LGroup"), (("192.0.2.9",), None)],
    ids=["the peer's", "the default", "none printed"],
)
def test_the_group_of_a_peer_of_a_dynamic_map(known: tuple[str, ...], chosen: str | None) -> None:
    group = tunnel(hub_config(tunnel_groups=groups(*known))).ends[0].tunnel_group
    assert (group.name if group else None) == chosen


def test_a_static_entry_has_no_default_group_and_says_so() -> None:
    found = tunnel(build.hq_config(tunnel_groups=groups("DefaultL2LGroup")))
    assert found.ends[0].tunnel_group is None
    (finding,) = says("tunnel-group-missing", found)
    assert f"{finding.severity}: {finding.message}" == (
        "error: hq-branch - tunnel-group - hq: none for 198.51.100.2 (DefaultL2LGroup has a key: works only while "
        "the peer initiates) branch: 203.0.113.1 ipsec-l2l"
    )


def test_the_group_of_the_peer_in_use_comes_first() -> None:
    second = "198.51.100.66"
    config = build.hq_config([BRANCH, second])
    found = pair([hq(at_hq(peer=second), config=config)])
    assert [end.tunnel_group.name if end.tunnel_group else None for end in found[0].ends] == [second]


# Spokes.


def spoke(name: str, address: str | None, lan: str, **changes: Any) -> Device:
    config = build.config(address or "192.0.2.1", HQ, local=lan, remote=HQ_LAN)
    if address is None:
        outside = Interface("Ethernet0/0", "outside")
        config = replace(config, interfaces=(outside, *config.interfaces[1:]))
    return build.device(name, config, **{"version": Version(7, 2, 5), **changes})


def test_a_hub_of_whose_spokes_some_are_in_the_inventory() -> None:
    sas = [at_hq(peer=f"198.51.100.{n}", remote=f"10.{n}.0.0/16") for n in range(2, 8)]
    devices = [
        hq(*sas, config=hub_config()),
        *(spoke(f"s{n}", f"198.51.100.{n}", f"10.{n}.0.0/16") for n in (2, 5)),
    ]
    tunnels = pair(devices)
    assert [each.name for each in tunnels] == ["hq-s2", "hq-s5"]
    assert [[str(entry.peer) for entry in each.ends[0].second or ()] for each in tunnels] == [
        ["198.51.100.2"],
        ["198.51.100.5"],
    ]


def test_a_strangers_entry_is_not_the_spokes_where_a_dynamic_map_may_serve_it() -> None:
    stranger = build.hq_config("192.0.2.9").crypto_maps[0]
    hub = hub_config(crypto_maps=(replace(stranger, access_list=None), *hub_config().crypto_maps))
    tunnels = pair([hq(at_hq(), config=hub), branch(at_branch(), config=branch_config(access_lists={}))])
    assert [(each.name, str(each.ends[0].map_entry)) for each in tunnels] == [
        ("hq-branch", "outside_map 65535"),
        ("hq-192.0.2.9", "outside_map 10"),
    ]


def test_a_spoke_whose_address_comes_from_its_provider_is_known_by_its_own_sas() -> None:
    mine = at_branch(endpoint="198.51.100.77")
    there = replace(spoke("branch", None, BRANCH_LAN), readings=build.readings([mine], [mine], [], [], start=1.0))
    (found,) = pair([hq(at_hq(peer="198.51.100.77"), config=hub_config()), there])
    assert found.name == "hq-branch"
    assert found.ends[0].second == (at_hq(peer="198.51.100.77"),)
    assert str(found.ends[0].peer_address) == str(found.ends[1].address) == "198.51.100.77"
    assert found.ends[1].interface == "outside"


@pytest.mark.parametrize("identities", [{}, {"remote": "10.2.5.0/24"}], ids=["by the SPI", "by narrower identities"])
def test_a_spoke_behind_a_nat_that_nobody_told_of_is_known_by_the_hubs_sas(identities: dict[str, Any]) -> None:
    seen = "198.51.100.88"
    sas = [at_hq(peer=seen, **identities), at_hq(peer="192.0.2.200", inbound=(1,), outbound=(2,), remote="10.7.0.0/16")]
    there = replace(spoke("branch", "192.168.1.2", BRANCH_LAN), readings=branch(at_branch()).readings)
    (found,) = pair([hq(*sas, config=hub_config()), there])
    assert found.ends[0].second == (sas[0],)
    assert str(found.ends[0].peer_address) == seen


def test_a_spoke_without_sas_is_known_by_the_identities_of_its_list() -> None:
    seen = "198.51.100.88"
    there = replace(spoke("branch", "192.168.1.2", BRANCH_LAN), readings=build.readings([], [], [], [], start=1.0))
    (found,) = pair([hq(at_hq(peer=seen), config=hub_config()), there])
    assert str(found.ends[0].peer_address) == seen


def test_two_strangers_that_may_be_the_spoke_are_neither() -> None:
    sas = [at_hq(peer=f"198.51.100.{n}", inbound=(n,), outbound=(n + 100,)) for n in (88, 89)]
    there = replace(spoke("branch", "192.168.1.2", BRANCH_LAN), readings=build.readings([], [], [], [], start=1.0))
    (found,) = pair([hq(*sas, config=hub_config()), there])
    assert found.ends[0].peer_address is None or str(found.ends[0].peer_address) == "192.168.1.2"
    assert found.ends[0].second == ()
