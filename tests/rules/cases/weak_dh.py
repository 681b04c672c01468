# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import POLICY, branch_config, config_tunnel, hq_config, tunnel
from tests.rules.case import Case

STRONG = (replace(POLICY, group=("19",)),)

CASES = {
    "a curve": Case(
        config_tunnel(hq_config(ike_policies=STRONG), branch_config(ike_policies=STRONG)),
        "pass: hq-branch - DH group - hq: 19 branch: 19",
    ),
    "group 5": Case(tunnel(), "fail warning: hq-branch - DH group - hq: 5 branch: 5"),
    "group 2 for PFS at hq": Case(
        config_tunnel(
            hq_config(ike_policies=STRONG, map_changes={"pfs": "group2"}), branch_config(ike_policies=STRONG)
        ),
        "fail error: hq-branch - DH group - hq: 19, 2 branch: 19",
    ),
    "group 14 is enough for most": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, group=("14",)),)), branch_config(ike_policies=STRONG)),
        "fail info: hq-branch - DH group - hq: 14 branch: 19",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - DH group - no end's configuration says",
    ),
}
