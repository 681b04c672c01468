# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkePolicy, IpsecProposal
from tests.build import POLICY, branch_config, config_tunnel, hq_config, tunnel
from tests.rules.case import Case

V2 = {
    "map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)},
    "ipsec_proposals": {"P": IpsecProposal("P", ("aes-256",), ("sha-256",))},
    "ike_policies": (IkePolicy(2, 1, ("aes-256",), ("sha384",), ("20",)),),
}

CASES = {
    "SHA-2": Case(
        config_tunnel(hq_config(**V2), branch_config(**V2)),
        "pass: hq-branch - integrity - hq: sha384, sha-256 branch: sha384, sha-256",
    ),
    "SHA-1": Case(tunnel(), "fail warning: hq-branch - integrity - hq: sha branch: sha"),
    "MD5 at branch": Case(
        config_tunnel(hq_config(**V2), branch_config(ike_policies=(replace(POLICY, hash=("md5",)),))),
        "fail error: hq-branch - integrity - hq: sha384, sha-256 branch: md5, sha",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - integrity - no end's configuration says",
    ),
}
