# SPDX-License-Identifier: GPL-3.0-or-later
"""Several peers, names instead of addresses, IPv6, NAT, and devices that were not read."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import find, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Interface, Tunnel, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from tests import build
from tests.build import BRANCH, BRANCH_LAN, HQ, HQ_LAN, at_branch, at_hq, branch, branch_config, hq, hq_config

SECOND = "198.51.100.66"


def names(tunnels: tuple[Tunnel, ...]) -> list[str]:
    return [tunnel.name for tunnel in tunnels]


def words(rule: str, of: Tunnel) -> list[str]:
    (check,) = (check for check in load() if check.rule.id == rule)
    return [f"{finding.outcome}: {finding.message}" for finding in check.findings(of)]


# Several peers.


@pytest.mark.parametrize("peer", [BRANCH, SECOND])
def test_a_name_does_not_change_with_the_peer_in_use(peer: str) -> None:
    (tunnel,) = pair([hq(at_hq(peer=peer), config=hq_config([BRANCH, SECOND]))])
    assert tunnel.name == f"hq-{BRANCH}"
    assert str(tunnel.ends[0].peer_address) == peer


def test_backup_peers_that_are_foreign_are_one_tunnel_and_go_by_either_name() -> None:
    foreign = {ip_address(BRANCH), ip_address(SECOND)}
    tunnels = pair([hq(at_hq(peer=SECOND), config=hq_config([BRANCH, SECOND]))], foreign_peers=foreign)
    assert names(tunnels) == [f"hq-{BRANCH}"]
    assert tunnels[0].foreign
    assert find(tunnels, f"hq-{SECOND}") is find(tunnels, f"{BRANCH}-hq") is tunnels[0]


def test_a_foreign_backup_of_a_peer_of_ours_is_a_tunnel_of_its_own() -> None:
    tunnels = pair(
        [hq(at_hq(), config=hq_config([BRANCH, SECOND])), branch(at_branch())], foreign_peers={ip_address(SECOND)}
    )
    assert names(tunnels) == ["hq-branch", f"hq-{SECOND}"]
    assert [tunnel.foreign for tunnel in tunnels] == [False, True]


def test_many_entries_between_two_devices_keep_their_order() -> None:
    lines = 300

    def lines_of(address: str, own: int, peer: int) -> Device:
        config = build.config(address, address, local=HQ_LAN, remote=BRANCH_LAN)
        entry = config.crypto_maps[0]
        numbers = range(lines)
        interfaces = tuple(Interface(f"E{n}", f"line{n}", ip_address("198.18.0.0") + 512 * own + n) for n in numbers)
        maps = tuple(
            replace(entry, map=f"m{n:03}", peers=(ip_address("198.18.0.0") + 512 * peer + n,)) for n in numbers
        )
        applied = {f"m{n:03}": (f"line{n}",) for n in numbers}
        return build.device(
            f"d{own}", replace(config, interfaces=interfaces, crypto_maps=maps, crypto_map_interfaces=applied)
        )

    tunnels = pair([lines_of("198.18.0.0", 0, 1), lines_of("198.18.2.0", 1, 0)])
    assert names(tunnels) == [f"d0-d1:m{n:03}/10" for n in range(lines)]


# Names.


def test_names_of_a_configuration_and_of_its_sas_are_resolved() -> None:
    config = hq_config(map_changes={"peers": ("branch-wan",)}, names={"branch-wan": ip_address(BRANCH)})
    named = replace(at_hq(), peer="branch-wan")
    (tunnel,) = pair([hq(named, config=config), branch(at_branch())])
    assert str(tunnel.ends[0].peer_address) == BRANCH
    assert tunnel.ends[0].second == (named,)


def test_names_of_a_device_whose_address_comes_from_its_provider() -> None:
    config = branch_config(
        interfaces=(Interface("Ethernet0/0", "outside"),), names={"wan": ip_address(BRANCH), "hq-wan": ip_address(HQ)}
    )
    printed = replace(at_branch(), peer="hq-wan", local_endpoint="wan")
    there = branch(config=config)
    there = replace(there, readings=build.readings([printed], [printed], [], [], start=1.0))
    (tunnel,) = pair([hq(at_hq()), there])
    assert (tunnel.name, tunnel.ends[1].second) == ("hq-branch", (printed,))


@pytest.mark.parametrize("peer", ["branch", "branch.example.com", "br-7"])
def test_a_host_name_is_the_device_of_that_name(peer: str) -> None:
    there = branch(at_branch(), hostname="br-7")
    (tunnel,) = pair([hq(at_hq(), config=hq_config(map_changes={"peers": (peer,)})), there])
    assert tunnel.both
    assert tunnel.ends[0].second == (at_hq(),)
    assert words("peer-address-mismatch", tunnel) == [
        f"pass: hq-branch / outside_map 10 - peer - hq: peer {peer} branch: peer {HQ}"
    ]


def test_a_host_name_of_nobody() -> None:
    (tunnel,) = pair([hq(at_hq(), config=hq_config(map_changes={"peers": ("vpn.example.net",)}))])
    assert tunnel.name == "hq-vpn.example.net"
    assert tunnel.missing == (
        "hq's peer vpn.example.net is no address of a device that was read; add it to the inventory, or declare it "
        "foreign"
    )


# IPv6.

HQ6, BRANCH6 = "2001:db8:1::1", "2001:db8:2::1"


def six(name: str, own: str, peer: str, lans: tuple[str, str]) -> Device:
    config = build.config("192.0.2.1", peer, local=lans[0], remote=lans[1])
    outside = Interface("E0", "outside", ip_address("192.0.2.1"), ipv6=(ip_address(own),))
    typed = {"2001:DB8:2:0:0:0:0:1": TunnelGroup("2001:DB8:2:0:0:0:0:1", "ipsec-l2l", has_key=True)}
    groups = typed if name == "hq" else config.tunnel_groups
    entry = build.entry(peer, inbound=(1,), outbound=(2,), local=lans[0], remote=lans[1])
    read = build.readings([entry], [entry], [], [], start=0.0 if name == "hq" else 1.0)
    return build.device(name, replace(config, interfaces=(outside,), tunnel_groups=groups), read)


def test_ipv6_peers_and_identities() -> None:
    lans = ("2001:db8:a::/48", "2001:db8:b::/48")
    (tunnel,) = pair([six("hq", HQ6, BRANCH6, lans), six("branch", BRANCH6, HQ6, lans[::-1])])
    left, right = tunnel.ends
    assert tunnel.name == "hq-branch"
    assert (str(left.address), str(left.peer_address), left.interface) == (HQ6, BRANCH6, "outside")
    assert (str(right.address), str(right.peer_address)) == (BRANCH6, HQ6)
    assert left.tunnel_group is not None
    assert words("acl-not-mirrored", tunnel) == [
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry"
    ]


def test_an_ipv6_peer_in_no_inventory_is_met_under_ones_own_ipv6_address() -> None:
    (tunnel,) = pair([six("hq", HQ6, BRANCH6, (HQ_LAN, BRANCH_LAN))])
    assert (tunnel.name, str(tunnel.ends[0].address)) == (f"hq-{BRANCH6}", HQ6)


# NAT.


def test_both_ends_behind_a_nat() -> None:
    private = (Interface("Ethernet0/0", "outside", ip_address("192.168.1.2")),)
    ends = [
        hq(at_hq(), config=hq_config(interfaces=private), public_addresses=(ip_address(HQ),)),
        branch(at_branch(), config=branch_config(interfaces=private), public_addresses=(ip_address(BRANCH),)),
    ]
    (tunnel,) = pair(ends)
    assert [str(end.peer_address) for end in tunnel.ends] == [BRANCH, HQ]
    assert [len(end.second or ()) for end in tunnel.ends] == [1, 1]


# Devices that were not read.


@pytest.mark.parametrize(
    "known",
    [{"public_addresses": (ip_address(BRANCH),)}, {"login_address": ip_address(BRANCH)}],
    ids=["public", "login"],
)
def test_a_device_that_was_not_read_keeps_its_name(known: dict[str, object]) -> None:
    silent = Device("branch", problems=("connection timed out",), **known)  # type: ignore[arg-type]
    assert names(pair([hq(at_hq()), silent])) == ["hq-branch"]


def test_a_login_address_that_two_devices_share_is_nobodys() -> None:
    silent = [Device(name, login_address=ip_address(BRANCH)) for name in ("branch", "other")]
    assert names(pair([hq(at_hq()), *silent])) == [f"hq-{BRANCH}"]


def test_half_a_configuration_is_paired_and_judged_as_far_as_it_goes() -> None:
    absent = {"access_lists": {}, "tunnel_groups": {}, "transform_sets": {}, "ike_policies": (), "ike_enabled": {}}
    half = hq_config(**absent, unread=frozenset({"access-list"}))
    tunnel = build.tunnel(hq(at_hq(), config=half), branch(at_branch()))
    assert words("acl-not-mirrored", tunnel) == [
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN was not read"
    ]
    assert words("transform-no-overlap", tunnel) == [
        "unknown: hq-branch / outside_map 10 - transform - hq's transform-set AES was not read"
    ]
