# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "not set at either end": Case(
        tunnel(),
        "fail warning: hq-branch - PFS - hq: not set branch: not set",
    ),
    "set at both ends": Case(
        config_tunnel(*(make(map_changes={"pfs": "group5"}) for make in (hq_config, branch_config))),
        "pass: hq-branch - PFS - hq: group5 branch: group5",
    ),
    "not set at branch": Case(
        tunnel(
            hq(config=hq_config(map_changes={"pfs": "default"}), version=Version(9, 16)), branch(version=Version(9, 16))
        ),
        "fail warning: hq-branch - PFS - hq: group14 (default) branch: not set",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - PFS - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - PFS - the configuration of branch was not read (connection timed out)",
        "fail warning: hq-branch - PFS - hq: not set",
    ),
}
