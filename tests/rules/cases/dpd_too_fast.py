# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - DPD threshold -"
OFF = Keepalive(disabled=True, origin=Origin.READ)
FAST = Keepalive(5, 2, origin=Origin.READ)

CASES = {
    "the default": Case(tunnel(), f"pass: {SAYS} hq: threshold 10 retry 2 branch: threshold 10 retry 2"),
    "five seconds at hq": Case(
        config_tunnel(hq_config(keepalive=FAST)),
        f"fail info: {SAYS} hq: threshold 5 retry 2 branch: threshold 10 retry 2",
    ),
    "five seconds are allowed": Case(
        config_tunnel(hq_config(keepalive=FAST)),
        f"pass: {SAYS} hq: threshold 5 retry 2 branch: threshold 10 retry 2",
        limits={"threshold": 5},
    ),
    "nobody asks": Case(
        config_tunnel(hq_config(keepalive=OFF), branch_config(keepalive=OFF)),
        f"not_applicable: {SAYS} hq: disabled branch: disabled: no end asks",
    ),
    "an end was not read": Case(
        half_read(), f"unknown: {SAYS} the configuration of branch was not read (connection timed out)"
    ),
}
