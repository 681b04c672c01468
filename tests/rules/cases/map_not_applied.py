# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "applied": Case(tunnel(), "pass: hq-branch / outside_map 10 - applied to - hq: outside branch: outside"),
    "applied nowhere at hq": Case(
        config_tunnel(hq_config(crypto_map_interfaces={})),
        "fail critical: hq-branch / outside_map 10 - applied to - hq: no interface branch: outside",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - applied to - the configuration of branch was not read (connection timed out)"),
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - applied to - no end has a crypto map entry",
    ),
}
