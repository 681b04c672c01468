# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin, TunnelGroup
from tests.build import BRANCH, HQ, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel, two_versions
from tests.rules.case import Case

OFF = Keepalive(disabled=True, origin=Origin.READ)

INFINITE = Keepalive(infinite=True, origin=Origin.READ)


def _groups(*own: str) -> dict[str, TunnelGroup]:
    """The peer's group, which prints these lines besides its type, and the group it inherits from."""
    lines = (f"tunnel-group {BRANCH} type ipsec-l2l", *own)
    inherited = TunnelGroup("DefaultL2LGroup", "ipsec-l2l", keepalive=OFF)
    return {BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", keepalive=OFF, lines=lines), "DefaultL2LGroup": inherited}


V2 = {"map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)}}

CASES = {
    "on at both ends by default": Case(
        tunnel(), "pass: hq-branch - DPD - hq: threshold 10 retry 2 branch: threshold 10 retry 2"
    ),
    "disabled at hq": Case(
        config_tunnel(hq_config(keepalive=OFF)),
        "fail critical: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "disabled at both ends": Case(
        config_tunnel(hq_config(keepalive=OFF), branch_config(keepalive=OFF)),
        "fail critical: hq-branch - DPD - hq: disabled branch: disabled",
    ),
    "IKEv2 and one end still asks": Case(
        tunnel(hq(config=hq_config(keepalive=OFF, **V2), states=[]), branch(config=branch_config(**V2), states=[])),
        "fail warning: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "IKEv2 and the other end only answers": Case(
        tunnel(
            hq(config=hq_config(keepalive=OFF, **V2), states=[]),
            branch(config=branch_config(keepalive=INFINITE, **V2), states=[]),
        ),
        "fail critical: hq-branch - DPD - hq: disabled branch: threshold infinite",
    ),
    "IKEv2 and disabled at both ends": Case(
        tunnel(
            hq(config=hq_config(keepalive=OFF, **V2), states=[]),
            branch(config=branch_config(keepalive=OFF, **V2), states=[]),
        ),
        "fail critical: hq-branch - DPD - hq: disabled branch: disabled",
    ),
    "IKEv2 and a foreign peer may ask": Case(
        pair([hq(config=hq_config(keepalive=OFF, **V2), states=[])], foreign_peers=[ip_address(BRANCH)])[0],
        "fail warning: hq-198.51.100.2 - DPD - hq: disabled",
    ),
    "both versions at both ends, and IKEv2 comes first": Case(
        tunnel(
            hq(config=hq_config(**two_versions(BRANCH, keepalive=OFF)), states=[]),
            branch(config=branch_config(**two_versions(HQ)), states=[]),
        ),
        "fail warning: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "both versions at both ends, and IKEv2 is not enabled at branch": Case(
        tunnel(
            hq(config=hq_config(**two_versions(BRANCH, keepalive=OFF)), states=[]),
            branch(config=branch_config(**{**two_versions(HQ), "ike_enabled": {1: ("outside",)}}), states=[]),
        ),
        "fail critical: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "both versions can be negotiated": Case(
        config_tunnel(hq_config(keepalive=OFF, map_changes={"ikev2_proposals": ("P",)})),
        "fail critical: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "DefaultL2LGroup was changed": Case(
        config_tunnel(hq_config(tunnel_groups=_groups())),
        "fail critical: hq-branch - DPD - hq: disabled (from DefaultL2LGroup) branch: threshold 10 retry 2",
    ),
    "DefaultL2LGroup was changed and the group has its own": Case(
        config_tunnel(hq_config(tunnel_groups=_groups(" isakmp keepalive disable"))),
        "fail critical: hq-branch - DPD - hq: disabled branch: threshold 10 retry 2",
    ),
    "the default of the release": Case(
        config_tunnel(hq_config(keepalive=Keepalive())),
        "pass: hq-branch - DPD - hq: threshold 10 retry 2 (default) branch: threshold 10 retry 2",
    ),
    "infinite is not disabled": Case(
        config_tunnel(hq_config(keepalive=Keepalive(infinite=True, origin=Origin.READ))),
        "pass: hq-branch - DPD - hq: threshold infinite branch: threshold 10 retry 2",
    ),
    "there is no tunnel-group": Case(
        config_tunnel(hq_config(tunnel_groups={})),
        "not_applicable: hq-branch - DPD - hq has no tunnel-group for this peer: see tunnel-group-missing",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - DPD - the configuration of branch was not read (connection timed out)"
    ),
}
