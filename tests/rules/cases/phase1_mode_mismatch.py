# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSettings
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

AGGRESSIVE = {"phase1_mode": "aggressive"}

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
