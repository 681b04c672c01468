# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import POLICY, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "longer": Case(
        tunnel(),
        "pass: hq-branch - IKE lifetime - hq: IKE 86400 s IPsec 28800 s branch: IKE 86400 s IPsec 28800 s",
    ),
    "shorter at hq": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, lifetime=3600),))),
        ("fail warning: hq-branch - IKE lifetime - hq: IKE 3600 s IPsec 28800 s branch: IKE 86400 s IPsec 28800 s"),
    ),
    "a policy that branch has not may be shorter": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, lifetime=3600, group=("2",), priority=5), POLICY))),
        "pass: hq-branch - IKE lifetime - hq: IKE 86400 s IPsec 28800 s branch: IKE 86400 s IPsec 28800 s",
    ),
    "never ending": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, lifetime=0),))),
        ("pass: hq-branch - IKE lifetime - hq: IKE unlimited IPsec 28800 s branch: IKE 86400 s IPsec 28800 s"),
    ),
    "no IKEv1": Case(
        config_tunnel(
            *(
                each(map_changes={"transform_sets": (), "ikev2_proposals": ("P",)})
                for each in (hq_config, branch_config)
            )
        ),
        "not_applicable: hq-branch - IKE lifetime - no end uses IKEv1",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE lifetime - the configuration of branch was not read (connection timed out)"),
    ),
}
