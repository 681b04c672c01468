# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import GroupPolicy, TunnelGroup, Version
from tests.build import BRANCH, HQ, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case


def groups(peer: str, policy: str | None = "L2L") -> dict[str, TunnelGroup]:
    return {peer: TunnelGroup(peer, "ipsec-l2l", policy, has_key=True)}


def policies(**changes: object) -> dict[str, GroupPolicy]:
    return {"L2L": GroupPolicy("L2L", **changes)}


V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "all, by default": Case(
        tunnel(),
        "pass: hq-branch - tunnel protocol - hq: all (default) branch: all (default)",
    ),
    "IPSec at both ends of old releases": Case(
        config_tunnel(
            hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(protocols=("ipsec",))),
            branch_config(tunnel_groups=groups(HQ), group_policies=policies(protocols=("ipsec", "svc"))),
        ),
        "pass: hq-branch - tunnel protocol - hq: ipsec branch: ipsec svc",
    ),
    "only clients at hq": Case(
        config_tunnel(hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(protocols=("ssl-client",)))),
        ("fail critical: hq-branch - tunnel protocol - hq: ssl-client branch: all (default): hq offers IKEv1"),
    ),
    "IKEv1 alone for a tunnel of IKEv2": Case(
        tunnel(
            hq(
                config=hq_config(
                    map_changes=V2, tunnel_groups=groups(BRANCH), group_policies=policies(protocols=("ikev1",))
                ),
                version=Version(9, 16),
            )
        ),
        "fail critical: hq-branch - tunnel protocol - hq: ikev1 branch: all (default): hq offers IKEv2",
    ),
    "one of two versions": Case(
        config_tunnel(
            hq_config(
                map_changes={"ikev2_proposals": ("P",)},
                tunnel_groups=groups(BRANCH),
                group_policies=policies(protocols=("ikev1",)),
            ),
            branch_config(map_changes={"ikev2_proposals": ("P",)}),
        ),
        ("fail warning: hq-branch - tunnel protocol - hq: ikev1 branch: all (default): hq offers IKEv1 and IKEv2"),
    ),
    "the policy of hq was not read": Case(
        config_tunnel(hq_config(tunnel_groups=groups(BRANCH))),
        "unknown: hq-branch - tunnel protocol - the group-policy L2L of hq was not read",
    ),
    "no end says which version": Case(
        config_tunnel(*(make(map_changes={"transform_sets": ()}) for make in (hq_config, branch_config))),
        ("not_applicable: hq-branch - tunnel protocol - no end's crypto map says which IKE version it offers"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - tunnel protocol - the configuration of branch was not read (connection timed out)"),
    ),
}
