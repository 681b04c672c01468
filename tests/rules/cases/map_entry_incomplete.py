# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "complete": Case(tunnel(), "pass: hq-branch / outside_map 10 - missing - hq: nothing branch: nothing"),
    "without a transform": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": ()})),
        "fail critical: hq-branch / outside_map 10 - missing - hq: transform",
    ),
    "without an access list at a release of today": Case(
        tunnel(hq(config=hq_config(map_changes={"access_list": None, "transform_sets": ()}), version=Version(9, 16))),
        "fail critical: hq-branch / outside_map 10 - missing - hq: match address, transform",
    ),
    "a dynamic map has its own": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - missing - no end has a static crypto map entry",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - missing - the configuration of branch was not read (connection timed out)"
    ),
}
