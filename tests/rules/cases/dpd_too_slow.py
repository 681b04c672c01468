# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "within a minute": Case(tunnel(), "pass: hq-branch - DPD detection - hq: 16 s branch: 16 s"),
    "five minutes at hq": Case(
        config_tunnel(hq_config(keepalive=Keepalive(300, 2, origin=Origin.READ))),
        "fail warning: hq-branch - DPD detection - hq: 306 s branch: 16 s",
    ),
    "twenty seconds are the limit": Case(
        config_tunnel(hq_config(keepalive=Keepalive(15, 2, origin=Origin.READ))),
        "fail warning: hq-branch - DPD detection - hq: 21 s branch: 16 s",
        limits={"seconds": 20},
    ),
    "nobody asks": Case(
        config_tunnel(
            *(each(keepalive=Keepalive(disabled=True, origin=Origin.READ)) for each in (hq_config, branch_config))
        ),
        "not_applicable: hq-branch - DPD detection - no end asks: see dpd-disabled and dpd-infinite-both",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - DPD detection - the configuration of branch was not read (connection timed out)"),
    ),
}
