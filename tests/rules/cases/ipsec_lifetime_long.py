# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "eight hours": Case(
        tunnel(),
        "pass: hq-branch - IPsec lifetime - hq: 28800 s branch: 28800 s",
    ),
    "a day at hq": Case(
        config_tunnel(hq_config(map_changes={"lifetime_seconds": 86400})),
        "fail warning: hq-branch - IPsec lifetime - hq: 86400 s branch: 28800 s",
    ),
    "a day for all tunnels of branch": Case(
        config_tunnel(None, branch_config(lifetime_seconds=86400)),
        "fail warning: hq-branch - IPsec lifetime - hq: 28800 s branch: 86400 s",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - IPsec lifetime - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IPsec lifetime - the configuration of branch was not read (connection timed out)"),
    ),
}
