# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import (
    BRANCH,
    at_branch,
    at_hq,
    branch,
    branch_config,
    config_tunnel,
    half_read,
    hq,
    hq_config,
    log,
    tunnel,
)
from tests.rules.case import Case

REFUSED = log("%ASA-3-713122: Keep-alives configured on but peer does not", 713122, peer=ip_address(BRANCH))

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
    "the log proves that DPD was not offered": Case(
        tunnel(hq(at_hq(), log=(REFUSED,))),
        ("fail info: hq-branch - DPD detection - hq: 16 s branch: 16 s, but hq logged that the peer offered no DPD"),
    ),
    "the log proves what is disabled": Case(
        tunnel(
            hq(at_hq(), log=(REFUSED, REFUSED)),
            branch(at_branch(), config=branch_config(keepalive=Keepalive(disabled=True, origin=Origin.READ))),
        ),
        (
            "not_applicable: hq-branch - DPD detection - hq: threshold 10 retry 2 branch: disabled: not both ends ask, "
            "and hq logged that the peer offered no DPD"
        ),
    ),
    "another peer offered none": Case(
        tunnel(hq(at_hq(), log=(log("", 713122, peer=ip_address("192.0.2.9")),))),
        "pass: hq-branch - DPD detection - hq: 16 s branch: 16 s",
    ),
    "a foreign peer offered none": Case(
        pair([hq(at_hq(), log=(REFUSED,))], foreign_peers=[ip_address(BRANCH)])[0],
        "fail info: hq-198.51.100.2 - DPD detection - hq logged that the peer offered no DPD",
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
