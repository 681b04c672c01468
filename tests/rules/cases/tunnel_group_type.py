# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "site-to-site at each end": Case(
        tunnel(),
        ("pass: hq-branch - type of the tunnel-group - hq: 198.51.100.2 ipsec-l2l branch: 203.0.113.1 ipsec-l2l"),
    ),
    "remote access at hq": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "remote-access")})),
        (
            "fail critical: hq-branch - type of the tunnel-group - hq: 198.51.100.2 remote-access branch: "
            "203.0.113.1 ipsec-l2l"
        ),
    ),
    "a type that was not read": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH)})),
        (
            "unknown: hq-branch - type of the tunnel-group - hq: 198.51.100.2 without a type branch: "
            "203.0.113.1 ipsec-l2l: the type was not read"
        ),
    ),
    "no group at branch": Case(
        config_tunnel(None, branch_config(tunnel_groups={})),
        (
            "not_applicable: hq-branch - type of the tunnel-group - branch has no tunnel-group for this "
            "peer: see tunnel-group-missing"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - type of the tunnel-group - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
