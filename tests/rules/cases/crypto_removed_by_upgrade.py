# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    IkePolicy,
    IpsecProposal,
    TransformSet,
    Version,
)
from tests.build import POLICY, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

OLD = {
    "ike_policies": (replace(POLICY, encryption=("3des",), hash=("md5",), group=("2",)),),
    "transform_sets": {"AES": TransformSet("AES", ("esp-3des", "esp-md5-hmac"))},
}
V2 = {
    "map_changes": {"transform_sets": (), "ikev2_proposals": ("P",), "pfs": "group24"},
    "ipsec_proposals": {"P": IpsecProposal("P", ("aes-gcm",), ("null",))},
    "ike_policies": (IkePolicy(2, 1, ("aes-256",), ("sha256",), ("5", "14")),),
}

CASES = {
    "nothing of it": Case(
        tunnel(),
        "pass: hq-branch - removed by 9.15 - hq: nothing branch: nothing",
    ),
    "much of it at hq": Case(
        config_tunnel(hq_config(**OLD)),
        "fail warning: hq-branch - removed by 9.15 - hq: 3des, md5, group 2 branch: nothing",
    ),
    "group 5 stays for IKEv1, and goes for IKEv2": Case(
        tunnel(hq(config=hq_config(**V2), version=Version(9, 8))),
        "fail warning: hq-branch - removed by 9.15 - hq: group 5, group 24 branch: nothing",
    ),
    "a release that has it behind": Case(
        tunnel(hq(config=hq_config(**OLD), version=Version(9, 16))),
        "pass: hq-branch - removed by 9.15 - hq: nothing branch: nothing",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - removed by 9.15 - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - removed by 9.15 - the configuration of branch was not read (connection timed out)"),
    ),
}
