# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import POLICY, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

STRONG = (replace(POLICY, group=("19",)),)

FIFTEEN = (replace(POLICY, group=("15",)),)

CASES = {
    "group 15": Case(
        config_tunnel(hq_config(ike_policies=FIFTEEN), branch_config(ike_policies=STRONG)),
        "pass: hq-branch - DH group - hq: 15 branch: 19",
    ),
    "group 15 where the STIG holds": Case(
        config_tunnel(hq_config(ike_policies=FIFTEEN), branch_config(ike_policies=STRONG)),
        "fail info: hq-branch - DH group - hq: 15 branch: 19",
        limits={"allow_15": False},
    ),
    "a curve": Case(
        config_tunnel(hq_config(ike_policies=STRONG), branch_config(ike_policies=STRONG)),
        "pass: hq-branch - DH group - hq: 19 branch: 19",
    ),
    "group 5": Case(
        tunnel(),
        "fail warning: hq-branch - DH group - hq: 5 branch: 5",
    ),
    "group 2 for PFS at hq": Case(
        config_tunnel(
            hq_config(ike_policies=STRONG, map_changes={"pfs": "group2"}), branch_config(ike_policies=STRONG)
        ),
        "fail error: hq-branch - DH group - hq: 19, 2 branch: 19",
    ),
    "a bare set pfs before and after 9.13": Case(
        tunnel(
            hq(config=hq_config(ike_policies=STRONG, map_changes={"pfs": "default"})),
            branch(config=branch_config(ike_policies=STRONG, map_changes={"pfs": "default"}), version=Version(9, 16)),
        ),
        "fail error: hq-branch - DH group - hq: 19, 2 branch: 19, 14",
    ),
    "group 14 is enough for most": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, group=("14",)),)), branch_config(ike_policies=STRONG)),
        "fail info: hq-branch - DH group - hq: 14 branch: 19",
    ),
    "group 24 is withdrawn, and 15 is not": Case(
        config_tunnel(
            hq_config(ike_policies=(replace(POLICY, group=("24",)),)),
            branch_config(ike_policies=(replace(POLICY, group=("15",)),)),
        ),
        "fail warning: hq-branch - DH group - hq: 24 branch: 15",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - DH group - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - DH group - the configuration of branch was not read (connection timed out)",
        "fail warning: hq-branch - DH group - hq: 5",
    ),
}
