# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ends make a tunnel."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import (
    AddressClaimedTwiceError,
    UnknownTunnelError,
    find,
    pair,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Device, Interface, Tunnel
from tests import build
from tests.build import BRANCH, BRANCH_LAN, HQ, HQ_LAN, at_branch, at_hq, branch, branch_config, hq, hq_config


def names(tunnels: tuple[Tunnel, ...]) -> list[str]:
    return [tunnel.name for tunnel in tunnels]


def test_two_ends_that_name_each_other() -> None:
    (tunnel,) = pair([hq(at_hq()), branch(at_branch())])
    left, right = tunnel.ends
    assert tunnel.name == "hq-branch"
    assert (str(left.address), str(left.peer_address), left.interface) == (HQ, BRANCH, "outside")
    assert (str(right.address), str(right.peer_address), right.interface) == (BRANCH, HQ, "outside")
    assert left.tunnel_group is not None
    assert left.tunnel_group.name == BRANCH
    assert left.first == left.second == (at_hq(),)
    assert tunnel.overlap
    assert tunnel.interval == 25.0


def test_the_name_follows_the_order_of_the_inventory() -> None:
    assert names(pair([branch(), hq()])) == ["branch-hq"]


def test_an_end_behind_nat_is_known_by_its_public_address() -> None:
    outside = branch_config(interfaces=(Interface("Ethernet0/0", "outside", ip_address("192.168.1.2")),))
    behind = branch(at_branch(), config=outside, public_addresses=(ip_address(BRANCH),))
    (tunnel,) = pair([hq(at_hq()), behind])
    assert tunnel.both
    assert str(tunnel.ends[1].address) == "192.168.1.2"


def test_many_sites_may_have_the_same_private_address() -> None:
    private = (Interface("Ethernet0/0", "outside", ip_address("192.168.1.2")),)
    sites = [
        branch(config=branch_config(interfaces=private), public_addresses=(ip_address(BRANCH),)),
        replace(branch(config=branch_config(interfaces=private)), name="other"),
    ]
    assert names(pair([hq(), *sites]))[0] == "hq-branch"


def test_two_entries_for_one_peer_are_one_tunnel_since_they_share_its_ike_sa() -> None:
    first = hq_config().crypto_maps[0]
    second = replace(first, sequence=20, access_list="MORE")
    (tunnel,) = pair([hq(config=hq_config(crypto_maps=(first, second))), branch()])
    assert tunnel.ends[0].map_entry == first
    assert tunnel.ends[0].more_entries == (second,)


def test_backup_peers_of_one_entry_on_one_device_are_one_tunnel() -> None:
    second = "198.51.100.66"
    two_lines = branch_config(
        interfaces=(
            Interface("Ethernet0/0", "outside", ip_address(BRANCH)),
            Interface("Ethernet0/2", "backup", ip_address(second)),
        ),
        crypto_map_interfaces={"outside_map": ("outside", "backup")},
    )
    (tunnel,) = pair([hq(at_hq(peer=second), config=hq_config([BRANCH, second])), branch(config=two_lines)])
    assert tunnel.name == "hq-branch"
    assert str(tunnel.ends[0].peer_address) == second, "the peer that has SAs now"


def test_a_backup_peer_on_another_device_is_a_tunnel_of_its_own() -> None:
    second = "198.51.100.66"
    spare = build.device("spare", build.config(second, HQ, local=BRANCH_LAN, remote=HQ_LAN))
    tunnels = pair([hq(at_hq(), config=hq_config([BRANCH, second])), branch(at_branch()), spare])
    assert names(tunnels) == ["hq-branch", "hq-spare"]
    assert tunnels[1].ends[0].first == ()


def two_lines_each() -> tuple[Tunnel, ...]:
    def twice(config: Config, second: str, peer: str) -> Config:
        first = config.crypto_maps[0]
        other = replace(first, map="backup_map", sequence=5, peers=(ip_address(peer),))
        return replace(
            config,
            interfaces=(*config.interfaces, Interface("Ethernet0/2", "backup", ip_address(second))),
            crypto_maps=(first, other),
            crypto_map_interfaces={"outside_map": ("outside",), "backup_map": ("backup",)},
        )

    left = twice(hq_config(), "203.0.113.65", "198.51.100.66")
    right = twice(branch_config(), "198.51.100.66", "203.0.113.65")
    return pair([hq(config=left), branch(config=right)])


def test_two_lines_between_two_devices_are_told_apart_by_map_and_sequence() -> None:
    assert names(two_lines_each()) == ["hq-branch:outside_map/10", "hq-branch:backup_map/5"]


def test_find_takes_either_order() -> None:
    tunnels = pair([hq(), branch()])
    assert find(tunnels, "hq-branch") is find(tunnels, "branch-hq") is tunnels[0]


def test_find_takes_either_order_of_an_ambiguous_pair() -> None:
    tunnels = two_lines_each()
    assert find(tunnels, "branch-hq:backup_map/5") is tunnels[1]
    with pytest.raises(UnknownTunnelError, match="ambiguous: say one of hq-branch:outside_map/10, hq-branch:backup"):
        find(tunnels, "branch-hq")


def test_find_says_what_exists() -> None:
    tunnels = pair([hq(), branch()])
    with pytest.raises(UnknownTunnelError) as error:
        find(tunnels, "hq-brnach")
    assert str(error.value) == ("no tunnel is called 'hq-brnach'. Did you mean hq-branch? Tunnels found: hq-branch.")


def test_names_with_hyphens_are_looked_up_and_not_split() -> None:
    tunnels = pair([replace(hq(), name="hq-east-1"), replace(branch(), name="br-7")])
    assert find(tunnels, "br-7-hq-east-1") is tunnels[0]


def test_names_that_run_together_are_told_apart() -> None:
    other_hq = build.device("a-b", build.config("192.0.2.1", "192.0.2.2", local=HQ_LAN, remote=BRANCH_LAN))
    other_branch = build.device("c", build.config("192.0.2.2", "192.0.2.1", local=BRANCH_LAN, remote=HQ_LAN))
    tunnels = pair([replace(hq(), name="a"), replace(branch(), name="b-c"), other_hq, other_branch])
    assert len(set(names(tunnels))) == 2


def test_a_peer_in_no_inventory() -> None:
    (tunnel,) = pair([hq(at_hq())])
    assert tunnel.name == "hq-198.51.100.2"
    assert not tunnel.both
    assert not tunnel.foreign
    assert tunnel.missing.startswith("hq's peer 198.51.100.2 is no address of a device that was read")
    assert tunnel.ends[0].second == (at_hq(),)


def test_a_foreign_peer() -> None:
    (tunnel,) = pair([hq(at_hq())], foreign_peers={ip_address(BRANCH)})
    assert tunnel.foreign
    assert tunnel.missing == "198.51.100.2 is declared foreign: judged from hq's end alone"


def test_a_wrong_peer_address_is_still_one_tunnel() -> None:
    (tunnel,) = pair([hq(config=hq_config("198.51.100.99")), branch()])
    assert tunnel.both
    assert tunnel.ends[0].map_entry is not None
    assert str(tunnel.ends[0].peer_address) == "198.51.100.99"


def test_among_several_wrong_peers_the_crypto_access_list_tells_which_is_meant() -> None:
    meant = hq_config("198.51.100.99")
    stranger = replace(meant.crypto_maps[0], sequence=5, access_list="ELSE", peers=(ip_address("192.0.2.9"),))
    tunnels = pair([hq(config=replace(meant, crypto_maps=(stranger, *meant.crypto_maps))), branch()])
    assert names(tunnels) == ["hq-branch", "hq-192.0.2.9"]
    assert tunnels[0].ends[0].map_entry == meant.crypto_maps[0]


def test_an_inside_address_that_several_devices_have_is_nobodys_peer_address() -> None:
    twin = replace(branch(config=branch_config(crypto_map_interfaces={}), states=[]), name="twin")
    tunnels = pair([hq(config=hq_config("10.2.0.1")), branch(), twin])
    assert names(tunnels) == ["hq-branch"]


def test_two_devices_that_claim_one_address() -> None:
    twin = replace(branch(), name="twin")
    with pytest.raises(AddressClaimedTwiceError, match=r"branch and twin both claim 198\.51\.100\.2"):
        pair([hq(), branch(), twin])


def test_the_units_of_a_failover_pair_are_one_device() -> None:
    units = [
        branch(hostname="br", failover="Primary - Standby Ready"),
        replace(branch(at_branch(), hostname="br", failover="Secondary - Active"), name="branch-2"),
    ]
    assert names(pair([hq(at_hq()), *units])) == ["hq-branch-2"]


def test_a_device_that_was_not_read_and_whose_address_is_known() -> None:
    tunnel = build.half_read()
    assert tunnel.name == "hq-branch"
    assert tunnel.ends[1].first is None
    assert not tunnel.overlap


def test_a_device_that_was_not_read_and_whose_address_is_unknown() -> None:
    (tunnel,) = pair([hq(at_hq()), Device("branch", problems=("connection timed out",))])
    assert not tunnel.both
    # Why it was not read is told once, with the device.
    assert tunnel.missing == "hq's peer 198.51.100.2 is no address of a device that was read; not read: branch"


def test_live_sas_stand_in_for_a_configuration_that_was_not_read() -> None:
    blind = replace(branch(at_branch(endpoint=BRANCH)), config=None)
    (tunnel,) = pair([hq(at_hq()), blind])
    assert tunnel.both
    assert str(tunnel.ends[1].address) == BRANCH
    assert tunnel.ends[1].second == (at_branch(endpoint=BRANCH),)


def test_two_configurations_that_were_not_read() -> None:
    blind = [replace(hq(at_hq(endpoint=HQ)), config=None), replace(branch(at_branch(endpoint=BRANCH)), config=None)]
    assert names(pair(blind)) == ["hq-branch"]


def test_a_hub_with_a_dynamic_map_names_nobody() -> None:
    hub = hq(at_hq(), config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}))
    (tunnel,) = pair([hub, branch(at_branch())])
    assert tunnel.both
    assert not tunnel.ends[0].initiates
    assert tunnel.ends[1].initiates
    assert tunnel.ends[0].second == (at_hq(),)
    assert str(tunnel.ends[0].peer_address) == BRANCH


def test_remote_access_clients_of_a_hub_are_no_tunnels() -> None:
    hub = hq(at_hq(), at_hq(peer="192.0.2.200"), config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}))
    assert names(pair([hub, branch(at_branch())])) == ["hq-branch"]


def test_an_answer_only_end_does_not_initiate() -> None:
    (tunnel,) = pair([hq(config=hq_config(map_changes={"connection_type": "answer-only"})), branch()])
    assert [end.initiates for end in tunnel.ends] == [False, True]


def test_a_map_that_is_applied_nowhere_and_named_back_is_a_tunnel() -> None:
    (tunnel,) = pair([hq(config=hq_config(crypto_map_interfaces={})), branch()])
    assert tunnel.both
    assert tunnel.ends[0].map_entry is not None


def test_a_leftover_of_one_device_is_no_tunnel() -> None:
    left = hq_config(crypto_map_interfaces={})
    assert pair([hq(config=left, states=[]), branch(config=branch_config(crypto_maps=()), states=[])]) == ()


@pytest.mark.parametrize(
    ("start", "overlap"),
    [(0.0, True), (25.0, True), (25.1, False), (-25.0, True), (-25.1, False)],
    ids=["together", "the last moment", "too late", "the first moment", "too early"],
)
def test_overlap_is_proven_by_both_readings_of_both_ends(start: float, overlap: bool) -> None:
    late = replace(branch(), readings=build.readings([at_branch()], [at_branch()], [], [], start=start))
    assert pair([hq(at_hq()), late])[0].overlap is overlap


def test_one_reading_proves_no_overlap() -> None:
    tunnel = build.tunnel(build.once(hq(at_hq())))
    assert not tunnel.overlap
    assert tunnel.interval is None


def test_a_hub_with_a_thousand_spokes_is_paired_by_index() -> None:
    spokes = [
        build.device(f"s{n:04}", build.config(f"10.200.{n // 250}.{n % 250 + 1}", HQ, local=BRANCH_LAN, remote=HQ_LAN))
        for n in range(1000)
    ]
    addresses = [spoke.config.interfaces[0].address for spoke in spokes if spoke.config is not None]
    entry = hq_config().crypto_maps[0]
    entries = tuple(replace(entry, sequence=n, peers=(a,)) for n, a in enumerate(addresses) if a is not None)
    tunnels = pair([hq(config=hq_config(crypto_maps=entries)), *spokes])
    assert names(tunnels) == [f"hq-s{n:04}" for n in range(1000)]
