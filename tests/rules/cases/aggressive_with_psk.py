# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSettings, Version
from tests.build import branch, branch_config, config_tunnel, hq, hq_config, tunnel, unread_branch
from tests.rules.case import Case

REFUSES = {"ike_settings": IkeSettings(aggressive_mode_disabled=True)}
ANSWERS = {"ike_settings": IkeSettings()}
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "refused at both ends": Case(
        config_tunnel(hq_config(**REFUSES), branch_config(**REFUSES)),
        "pass: hq-branch - aggressive mode - hq: refused branch: refused",
    ),
    "answered at both ends": Case(
        tunnel(hq(config=hq_config(**ANSWERS)), branch(config=branch_config(**ANSWERS), version=Version(9, 1))),
        "fail warning: hq-branch - aggressive mode - hq: answered branch: answered",
    ),
    "answered at branch": Case(
        config_tunnel(hq_config(**REFUSES), branch_config(**ANSWERS)),
        "fail warning: hq-branch - aggressive mode - hq: refused branch: answered",
    ),
    "the settings of hq were not read": Case(
        config_tunnel(None, branch_config(**REFUSES)),
        "unknown: hq-branch - aggressive mode - the IKE settings of hq were not read",
    ),
    "IKEv2": Case(
        config_tunnel(hq_config(map_changes=V2), branch_config(map_changes=V2)),
        "not_applicable: hq-branch - aggressive mode - no end uses IKEv1 with a pre-shared key",
    ),
    "an end was not read": Case(
        tunnel(hq(config=hq_config(**REFUSES)), unread_branch()),
        ("unknown: hq-branch - aggressive mode - the configuration of branch was not read (connection timed out)"),
    ),
}
