# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    IkePolicy,
    IkeSettings,
    IpsecProposal,
    TunnelGroup,
)
from tests.build import BRANCH, HQ, POLICY, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

AGGRESSIVE = {"phase1_mode": "aggressive", "phase1_group": "group5"}
V2 = {"ikev2_proposals": ("P",)}
KEYS = ("ikev1", "ikev2 local", "ikev2 remote")


def both(peer: str, **changes: Any) -> dict[str, Any]:
    """An end that has all that either version needs."""
    return {
        "map_changes": {**V2, **changes},
        "ike_policies": (POLICY, POLICY2),
        "ike_enabled": {1: ("outside",), 2: ("outside",)},
        "ipsec_proposals": {"P": IpsecProposal("P", ("aes-256",), ("sha-256",))},
        "tunnel_groups": {peer: TunnelGroup(peer, "ipsec-l2l", has_key=True, keys=KEYS)},
    }


POLICY2 = IkePolicy(2, 10, ("aes-256",), ("sha256",), ("14",))

CASES = {
    "main mode at both ends": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - IKEv1 mode - hq: main (default) branch: main (default)",
    ),
    "aggressive at both ends": Case(
        config_tunnel(hq_config(map_changes=AGGRESSIVE), branch_config(map_changes=AGGRESSIVE)),
        "pass: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: aggressive",
    ),
    "aggressive at hq, and branch answers it": Case(
        config_tunnel(hq_config(map_changes=AGGRESSIVE)),
        "fail warning: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default)",
    ),
    "aggressive at hq, and branch refuses it": Case(
        config_tunnel(
            hq_config(map_changes=AGGRESSIVE), branch_config(ike_settings=IkeSettings(aggressive_mode_disabled=True))
        ),
        (
            "fail error: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "branch refuses aggressive mode, so hq cannot start the tunnel"
        ),
    ),
    "aggressive at hq with a group that no policy has": Case(
        config_tunnel(hq_config(map_changes={**AGGRESSIVE, "phase1_group": "group2"})),
        (
            "fail error: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "no common policy has group2, so hq cannot start the tunnel"
        ),
    ),
    "aggressive at hq, which on 7.2 is group 2 where none is written": Case(
        config_tunnel(hq_config(map_changes={**AGGRESSIVE, "phase1_group": None})),
        (
            "fail error: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "no common policy has group2, so hq cannot start the tunnel"
        ),
    ),
    "aggressive at hq with a group that no policy has, and IKEv2 besides": Case(
        config_tunnel(
            hq_config(**both(BRANCH, phase1_mode="aggressive", phase1_group="group2")), branch_config(**both(HQ))
        ),
        (
            "fail warning: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "no common policy has group2, so hq cannot start the tunnel: IKEv2 is left"
        ),
    ),
    "IKEv2": Case(
        config_tunnel(
            *(
                make(map_changes={"transform_sets": (), "ikev2_proposals": ("P",)})
                for make in (hq_config, branch_config)
            )
        ),
        "not_applicable: hq-branch / outside_map 10 - IKEv1 mode - IKEv1 is not common to both ends",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKEv1 mode - the configuration of branch was not read (connection timed out)"),
    ),
}
