# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import BRANCH, at_hq, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "equally fast": Case(tunnel(), "pass: hq-branch - DPD detection - hq: 16 s branch: 16 s"),
    "a little apart": Case(
        config_tunnel(hq_config(keepalive=Keepalive(10, 3, origin=Origin.READ))),
        "pass: hq-branch - DPD detection - hq: 19 s branch: 16 s",
    ),
    "hq takes five minutes": Case(
        config_tunnel(hq_config(keepalive=Keepalive(300, 2, origin=Origin.READ))),
        "fail warning: hq-branch - DPD detection - hq: 306 s branch: 16 s",
    ),
    "one end never asks": Case(
        config_tunnel(hq_config(keepalive=Keepalive(infinite=True, origin=Origin.READ))),
        (
            "not_applicable: hq-branch - DPD detection - hq: threshold infinite branch: threshold 10 retry "
            "2: not both ends ask"
        ),
    ),
    "the peer is foreign": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        (
            "not_applicable: hq-198.51.100.2 - DPD detection - 198.51.100.2 is declared foreign: judged from "
            "hq's end alone"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - DPD detection - the configuration of branch was not read (connection timed out)"),
    ),
}
