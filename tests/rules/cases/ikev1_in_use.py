# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "IKEv2 at both ends": Case(
        config_tunnel(hq_config(map_changes=V2), branch_config(map_changes=V2)),
        "pass: hq-branch - IKE version - hq: IKEv2 branch: IKEv2",
    ),
    "releases without IKEv2": Case(
        tunnel(),
        ("fail warning: hq-branch - IKE version - hq: IKEv1 branch: IKEv1: IKEv2 needs 8.4 or later at both ends"),
    ),
    "both versions at hq": Case(
        tunnel(
            hq(config=hq_config(map_changes={"ikev2_proposals": ("P",)}), version=Version(9, 16)),
            branch(version=Version(9, 16)),
        ),
        "fail warning: hq-branch - IKE version - hq: IKEv1 and IKEv2 branch: IKEv1",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - IKE version - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE version - the configuration of branch was not read (connection timed out)"),
        "fail warning: hq-branch - IKE version - hq: IKEv1: IKEv2 needs 8.4 or later at both ends",
    ),
}
