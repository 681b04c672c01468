# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "a key at each end": Case(tunnel(), "pass: hq-branch - authentication - hq: pre-shared key branch: pre-shared key"),
    "neither key nor certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l")})),
        ("fail critical: hq-branch - authentication - hq: neither key nor certificate branch: pre-shared key"),
    ),
    "a certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")})),
        "pass: hq-branch - authentication - hq: certificate CA branch: pre-shared key",
    ),
    "no tunnel-group at either end": Case(
        config_tunnel(hq_config(tunnel_groups={}), branch_config(tunnel_groups={})),
        "not_applicable: hq-branch - authentication - no end has a tunnel-group: see tunnel-group-missing",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - authentication - the configuration of branch was not read (connection timed out)"),
    ),
}
