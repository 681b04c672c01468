# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

NAMED = {name: TunnelGroup(name, "ipsec-l2l", has_key=True) for name in ("DefaultL2LGroup", "to-branch", "192.0.2.77")}

CASES = {
    "an address at each end": Case(
        tunnel(),
        "pass: hq-branch - name of the tunnel-group - hq: 198.51.100.2 branch: 203.0.113.1",
    ),
    "a telling name at hq": Case(
        config_tunnel(hq_config(tunnel_groups=NAMED)),
        (
            "fail warning: hq-branch - name of the tunnel-group - hq: none for 198.51.100.2, only to-branch "
            "branch: 203.0.113.1"
        ),
    ),
    "many telling names at hq": Case(
        config_tunnel(
            hq_config(
                tunnel_groups={name: TunnelGroup(name, "ipsec-l2l", has_key=True) for name in ("a", "b", "c", "d", "e")}
            )
        ),
        (
            "fail warning: hq-branch - name of the tunnel-group - hq: none for 198.51.100.2, only a, b, c, "
            "2 more branch: 203.0.113.1"
        ),
    ),
    "a name of the device's own names": Case(
        config_tunnel(hq_config(tunnel_groups=NAMED, names={"to-branch": ip_address(BRANCH)})),
        "pass: hq-branch - name of the tunnel-group - branch: 203.0.113.1",
    ),
    "a certificate finds a group by name": Case(
        config_tunnel(
            hq_config(tunnel_groups={"to-branch": TunnelGroup("to-branch", "ipsec-l2l", trustpoint="CA")}),
            branch_config(map_changes={"phase1_mode": "aggressive"}),
        ),
        (
            "not_applicable: hq-branch - name of the tunnel-group - no end looks for a group by address, or "
            "none has one to find"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - name of the tunnel-group - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
