# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import GroupPolicy, TunnelGroup
from tests.build import BRANCH, HQ, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case


def groups(peer: str, policy: str | None = "L2L") -> dict[str, TunnelGroup]:
    return {peer: TunnelGroup(peer, "ipsec-l2l", policy, has_key=True)}


def policies(**changes: object) -> dict[str, GroupPolicy]:
    return {"L2L": GroupPolicy("L2L", **changes)}


CASES = {
    "none at both ends": Case(
        config_tunnel(
            hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(idle_timeout=0)),
            branch_config(tunnel_groups=groups(HQ), group_policies=policies(idle_timeout=0)),
        ),
        "pass: hq-branch - idle timeout - hq: none branch: none",
    ),
    "the default at both ends": Case(
        tunnel(),
        (
            "fail warning: hq-branch - idle timeout - hq: 30 minutes (default) branch: 30 minutes "
            "(default): hq and branch delete the tunnel after 30 minutes without traffic"
        ),
    ),
    "the default at branch, changed by hq": Case(
        config_tunnel(hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(idle_timeout=0))),
        (
            "fail warning: hq-branch - idle timeout - hq: none branch: 30 minutes (default): branch deletes "
            "the tunnel after 30 minutes without traffic"
        ),
    ),
    "shorter at hq": Case(
        config_tunnel(
            hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(idle_timeout=10)),
            branch_config(tunnel_groups=groups(HQ), group_policies=policies(idle_timeout=60)),
        ),
        (
            "fail warning: hq-branch - idle timeout - hq: 10 minutes branch: 60 minutes: hq deletes the "
            "tunnel after 10 minutes without traffic"
        ),
    ),
    "changed in the policy that all inherit from": Case(
        config_tunnel(hq_config(group_policies={"DfltGrpPolicy": GroupPolicy("DfltGrpPolicy", idle_timeout=20)})),
        (
            "fail warning: hq-branch - idle timeout - hq: 20 minutes branch: 30 minutes (default): hq "
            "deletes the tunnel after 20 minutes without traffic"
        ),
    ),
    "the policy of hq was not read": Case(
        config_tunnel(hq_config(tunnel_groups=groups(BRANCH))),
        "unknown: hq-branch - idle timeout - the group-policy L2L of hq was not read",
        (
            "fail warning: hq-branch - idle timeout - branch: 30 minutes (default): branch deletes the "
            "tunnel after 30 minutes without traffic"
        ),
    ),
    "no tunnel-group at branch": Case(
        config_tunnel(
            hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(idle_timeout=0)),
            branch_config(tunnel_groups={}),
        ),
        (
            "not_applicable: hq-branch - idle timeout - branch has no tunnel-group for this peer: see "
            "tunnel-group-missing"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - idle timeout - the configuration of branch was not read (connection timed out)"),
        (
            "fail warning: hq-branch - idle timeout - hq: 30 minutes (default): hq deletes the tunnel after "
            "30 minutes without traffic"
        ),
    ),
}
