# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSettings
from tests.build import BRANCH, HQ, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel, two_versions
from tests.rules.case import Case

AGGRESSIVE = {"phase1_mode": "aggressive", "phase1_group": "group5"}

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
        tunnel(
            hq(config=hq_config(map_changes={**AGGRESSIVE, "phase1_group": "group2"}), states=[]), branch(states=[])
        ),
        (
            "fail error: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "no common policy has group2, so hq cannot start the tunnel"
        ),
    ),
    "aggressive at hq, which on 7.2 is group 2 where none is written": Case(
        tunnel(hq(config=hq_config(map_changes={**AGGRESSIVE, "phase1_group": None}), states=[]), branch(states=[])),
        (
            "fail error: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default): "
            "no common policy has group2, so hq cannot start the tunnel"
        ),
    ),
    "aggressive at hq with a group that no policy has, and an IKE SA is up all the same": Case(
        config_tunnel(hq_config(map_changes={**AGGRESSIVE, "phase1_group": "group2"})),
        "fail warning: hq-branch / outside_map 10 - IKEv1 mode - hq: aggressive branch: main (default)",
    ),
    "aggressive at hq with a group that no policy has, and IKEv2 besides": Case(
        tunnel(
            hq(config=hq_config(**two_versions(BRANCH, phase1_mode="aggressive", phase1_group="group2")), states=[]),
            branch(config=branch_config(**two_versions(HQ)), states=[]),
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
