# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

BARE = {"pfs": "default"}
NEW = Version(9, 16)

CASES = {
    "no PFS": Case(
        tunnel(),
        "not_applicable: hq-branch / outside_map 10 - bare set pfs - no end has PFS: see weak-pfs-missing",
    ),
    "written out at both ends": Case(
        config_tunnel(hq_config(map_changes={"pfs": "group5"}), branch_config(map_changes={"pfs": "group5"})),
        "pass: hq-branch / outside_map 10 - bare set pfs - hq: group5 branch: group5",
    ),
    "bare at both ends, before and after 9.13": Case(
        tunnel(hq(config=hq_config(map_changes=BARE)), branch(config=branch_config(map_changes=BARE), version=NEW)),
        ("fail warning: hq-branch / outside_map 10 - bare set pfs - hq: group2 (default) branch: group14 (default)"),
    ),
    "bare at hq, and another group at branch": Case(
        config_tunnel(hq_config(map_changes=BARE), branch_config(map_changes={"pfs": "group5"})),
        "fail warning: hq-branch / outside_map 10 - bare set pfs - hq: group2 (default) branch: group5",
    ),
    "bare at both ends, before 9.13": Case(
        config_tunnel(hq_config(map_changes=BARE), branch_config(map_changes=BARE)),
        (
            "fail info: hq-branch / outside_map 10 - bare set pfs - hq: group2 (default) branch: group2 "
            "(default): an upgrade to 9.13 or later makes it group14"
        ),
    ),
    "bare at both ends, since 9.13": Case(
        tunnel(
            hq(config=hq_config(map_changes=BARE), version=NEW),
            branch(config=branch_config(map_changes=BARE), version=NEW),
        ),
        ("pass: hq-branch / outside_map 10 - bare set pfs - hq: group14 (default) branch: group14 (default)"),
    ),
    "bare at a release that was not read": Case(
        tunnel(hq(config=hq_config(map_changes=BARE), version=None)),
        (
            "unknown: hq-branch / outside_map 10 - bare set pfs - hq: default branch: not set: the default "
            "depends on the release, which was not read"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - bare set pfs - the configuration of branch was not read (connection timed out)"),
    ),
}
