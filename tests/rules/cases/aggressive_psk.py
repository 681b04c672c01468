# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from tests.build import BRANCH, at_hq, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

AGGRESSIVE = {"phase1_mode": "aggressive"}
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "main mode": Case(
        tunnel(),
        "pass: hq-branch - IKEv1 mode with a key - hq: main (default) branch: main (default)",
    ),
    "aggressive at hq": Case(
        config_tunnel(hq_config(map_changes=AGGRESSIVE)),
        "fail error: hq-branch - IKEv1 mode with a key - hq: aggressive branch: main (default)",
    ),
    "towards somebody else": Case(
        pair([hq(at_hq(), config=hq_config(map_changes=AGGRESSIVE))], foreign_peers=[ip_address(BRANCH)])[0],
        "fail error: hq-198.51.100.2 - IKEv1 mode with a key - hq: aggressive",
    ),
    "IKEv2": Case(
        config_tunnel(hq_config(map_changes=V2), branch_config(map_changes=V2)),
        "not_applicable: hq-branch - IKEv1 mode with a key - no end uses IKEv1 with a pre-shared key",
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - IKEv1 mode with a key - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
