# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "one at each end": Case(
        tunnel(), "pass: hq-branch - tunnel-group - hq: 198.51.100.2 ipsec-l2l branch: 203.0.113.1 ipsec-l2l"
    ),
    "none at hq": Case(
        config_tunnel(hq_config(tunnel_groups={})),
        ("fail critical: hq-branch - tunnel-group - hq: none for 198.51.100.2 branch: 203.0.113.1 ipsec-l2l"),
    ),
    "of the wrong type": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "remote-access")})),
        ("fail critical: hq-branch - tunnel-group - hq: 198.51.100.2 remote-access branch: 203.0.113.1 ipsec-l2l"),
    ),
    "a dynamic map serves its peers from the default group": Case(
        tunnel(hq(config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}, tunnel_groups={}))),
        "pass: hq-branch - tunnel-group - hq: DefaultL2LGroup branch: 203.0.113.1 ipsec-l2l",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - tunnel-group - the configuration of branch was not read (connection timed out)"),
    ),
}
