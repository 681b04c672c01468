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
    "none at either end": Case(
        tunnel(),
        "pass: hq-branch - session timeout - hq: none (default) branch: none (default)",
    ),
    "a day at hq": Case(
        config_tunnel(
            hq_config(tunnel_groups=groups(BRANCH), group_policies=policies(session_timeout=1440)),
            branch_config(tunnel_groups=groups(HQ), group_policies=policies(session_timeout=0)),
        ),
        "fail warning: hq-branch - session timeout - hq: 1440 minutes branch: none",
    ),
    "the policy of hq was not read": Case(
        config_tunnel(hq_config(tunnel_groups=groups(BRANCH))),
        "unknown: hq-branch - session timeout - the group-policy L2L of hq was not read",
    ),
    "no tunnel-group at branch": Case(
        config_tunnel(None, branch_config(tunnel_groups={})),
        (
            "not_applicable: hq-branch - session timeout - branch has no tunnel-group for this peer: see "
            "tunnel-group-missing"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - session timeout - the configuration of branch was not read (connection timed out)"),
    ),
}
