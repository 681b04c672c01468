# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSettings, TunnelGroup, Version
from tests.build import (
    BRANCH,
    HQ,
    at_hq,
    branch,
    branch_config,
    config_tunnel,
    hq,
    hq_config,
    tunnel,
    unread_branch,
)
from tests.rules.case import Case

AUTO = {"ike_settings": IkeSettings()}
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}
NAME = {"ike_settings": IkeSettings(identity="hostname")}

CASES = {
    "by address at both ends": Case(
        config_tunnel(hq_config(**AUTO), branch_config(ike_settings=IkeSettings(identity="address"))),
        "pass: hq-branch - IKE identity - hq: auto (default) branch: address",
    ),
    "hq by name, and no IKE SA is up": Case(
        tunnel(hq(config=hq_config(**NAME), states=()), branch(config=branch_config(**AUTO), states=())),
        (
            "fail info: hq-branch - IKE identity - hq: hostname branch: auto (default): branch has "
            "tunnel-group 203.0.113.1"
        ),
    ),
    "hq by name, and its peer finds it all the same": Case(
        config_tunnel(hq_config(**NAME), branch_config(**AUTO)),
        (
            "fail info: hq-branch - IKE identity - hq: hostname branch: auto (default): branch has "
            "tunnel-group 203.0.113.1"
        ),
    ),
    "branch by key-id, with IKEv2": Case(
        tunnel(
            hq(config=hq_config(**AUTO, map_changes=V2), states=()),
            branch(
                config=branch_config(ike_settings=IkeSettings(identity="key-id", key_id="b"), map_changes=V2),
                states=(),
                version=Version(9, 16),
            ),
        ),
        (
            "fail warning: hq-branch - IKE identity - hq: auto (default) branch: key-id: hq has tunnel-group "
            "198.51.100.2"
        ),
    ),
    "hq by name, and branch has a group of a name": Case(
        config_tunnel(
            hq_config(**NAME),
            branch_config(**AUTO, tunnel_groups={HQ: TunnelGroup("hq.example.com", "ipsec-l2l", has_key=True)}),
        ),
        "pass: hq-branch - IKE identity - hq: hostname branch: auto (default)",
    ),
    "certificates bring their own identity": Case(
        config_tunnel(
            hq_config(**NAME, tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")}),
            branch_config(**AUTO),
        ),
        "pass: hq-branch - IKE identity - hq: hostname branch: auto (default)",
    ),
    "the settings of branch were not read": Case(
        config_tunnel(hq_config(**AUTO)),
        "unknown: hq-branch - IKE identity - the IKE settings of branch were not read",
    ),
    "a peer of somebody else": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        (
            "not_applicable: hq-198.51.100.2 - IKE identity - 198.51.100.2 is declared foreign: judged from "
            "hq's end alone"
        ),
    ),
    "an end was not read": Case(
        tunnel(hq(config=hq_config(**AUTO)), unread_branch()),
        ("unknown: hq-branch - IKE identity - the configuration of branch was not read (connection timed out)"),
    ),
}
