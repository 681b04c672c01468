# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

OFF = Keepalive(disabled=True, origin=Origin.READ)

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
