# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    IpsecProfile,
    Tunnel,
)
from tests.build import (
    BRANCH,
    HQ,
    POLICY2,
    branch_config,
    config_tunnel,
    half_read,
    hq_config,
    tunnel,
    two_versions,
)
from tests.rules.case import Case
from tests.rules.maps import alone, dynamic_hub, route_based

TWO = {"transform_sets": (), "ikev2_proposals": ("AES256",)}
BOTH = {"ikev2_proposals": ("AES256",)}


def entries_with_profile(made: Tunnel) -> Tunnel:
    left, right = made.ends
    config = replace(left.device.config, ipsec_profiles={"P": IpsecProfile("P", ikev2_proposals=("AES256",))})
    return replace(made, ends=(replace(left, device=replace(left.device, config=config)), right))


CASES = {
    "the same": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - IKE version - hq: IKEv1 branch: IKEv1",
    ),
    "both at one end": Case(
        config_tunnel(hq_config(map_changes=BOTH)),
        "pass: hq-branch / outside_map 10 - IKE version - hq: IKEv1, IKEv2 branch: IKEv1",
    ),
    "both at both ends, and each has a fault of its own": Case(
        config_tunnel(
            hq_config(**{**two_versions(BRANCH), "ike_enabled": {2: ("outside",)}}),
            branch_config(**two_versions(HQ, replace(POLICY2, group=("20",)))),
        ),
        (
            "fail critical: hq-branch / outside_map 10 - IKE version - hq: IKEv1, IKEv2 branch: IKEv1, IKEv2: neither "
            "can come up (IKEv2: no common policy; IKEv1: not enabled at hq)"
        ),
    ),
    "both at both ends, and IKEv1 is left": Case(
        config_tunnel(
            hq_config(**two_versions(BRANCH)),
            branch_config(**two_versions(HQ, replace(POLICY2, group=("20",)))),
        ),
        "pass: hq-branch / outside_map 10 - IKE version - hq: IKEv1, IKEv2 branch: IKEv1, IKEv2",
    ),
    "nothing in common": Case(
        config_tunnel(hq_config(map_changes=TWO)),
        "fail critical: hq-branch / outside_map 10 - IKE version - hq: IKEv2 branch: IKEv1",
    ),
    "IKEv2 at both": Case(
        config_tunnel(hq_config(map_changes=TWO), branch_config(map_changes=TWO)),
        "pass: hq-branch / outside_map 10 - IKE version - hq: IKEv2 branch: IKEv2",
    ),
    "a dynamic map's template": Case(
        dynamic_hub(CryptoMapEntry("DYN", 10, transform_sets=("AES",))),
        "pass: hq-branch / outside_map 65535 - IKE version - hq: IKEv1 branch: IKEv1",
    ),
    "a dynamic map's template of the other version": Case(
        dynamic_hub(CryptoMapEntry("DYN", 10, **TWO)),
        "fail critical: hq-branch / outside_map 65535 - IKE version - hq: IKEv2 branch: IKEv1",
    ),
    "a tunnel interface whose profile was not read": Case(
        route_based(transform_sets=()),
        (
            "not_applicable: hq-branch - IKE version - hq's entry has no transform that was read: see "
            "map-entry-incomplete"
        ),
    ),
    "a tunnel interface with a profile of the other version": Case(
        entries_with_profile(route_based(transform_sets=())),
        "fail critical: hq-branch / Tunnel1 - IKE version - hq: IKEv2 branch: IKEv1",
    ),
    "no transform at hq": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": ()})),
        (
            "not_applicable: hq-branch - IKE version - hq's entry has no transform that was read: see "
            "map-entry-incomplete"
        ),
    ),
    "hq has no entry": Case(
        config_tunnel(hq_config(crypto_maps=())),
        (
            "not_applicable: hq-branch - IKE version - hq has no crypto map entry for this peer: see "
            "peer-address-mismatch"
        ),
    ),
    "the peer is foreign": Case(
        alone(foreign_peers=[ip_address(BRANCH)]),
        (
            "not_applicable: hq-198.51.100.2 - IKE version - 198.51.100.2 is declared foreign: judged from hq's "
            "end alone"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - IKE version - the configuration of branch was not read (connection timed out)",
    ),
}
