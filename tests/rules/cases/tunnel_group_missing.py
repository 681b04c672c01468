# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "a group at each end": Case(
        tunnel(),
        "pass: hq-branch - tunnel-group - hq: 198.51.100.2 ipsec-l2l branch: 203.0.113.1 ipsec-l2l",
    ),
    "none at hq": Case(
        config_tunnel(hq_config(tunnel_groups={})),
        ("fail critical: hq-branch - tunnel-group - hq: none for 198.51.100.2 branch: 203.0.113.1 ipsec-l2l"),
    ),
    "of another type is still one": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "remote-access")})),
        "pass: hq-branch - tunnel-group - hq: 198.51.100.2 remote-access branch: 203.0.113.1 ipsec-l2l",
    ),
    "a dynamic map serves its peers from the default group": Case(
        config_tunnel(None, branch_config(map_changes={"dynamic_map": "D", "peers": ()}, tunnel_groups={})),
        "pass: hq-branch - tunnel-group - hq: 198.51.100.2 ipsec-l2l branch: DefaultL2LGroup",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - tunnel-group - the configuration of branch was not read (connection timed out)"),
    ),
}
