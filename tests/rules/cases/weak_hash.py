# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkePolicy, IpsecProposal, TransformSet
from tests.build import POLICY, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case


def version_2(encryption: str, integrity: str, policy: str = "sha384") -> dict[str, object]:
    return {
        "map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)},
        "ipsec_proposals": {"P": IpsecProposal("P", (encryption,), (integrity,))},
        "ike_policies": (IkePolicy(2, 1, ("aes-256",), (policy,), ("20",)),),
    }


SHA2 = version_2("aes-256", "sha-256")

CASES = {
    "SHA-2": Case(
        config_tunnel(hq_config(**SHA2), branch_config(**SHA2)),
        "pass: hq-branch - integrity - hq: sha384, sha-256 branch: sha384, sha-256",
    ),
    "SHA-1": Case(
        tunnel(),
        "fail warning: hq-branch - integrity - hq: sha branch: sha",
    ),
    "SHA-1 in an IKEv2 proposal": Case(
        config_tunnel(hq_config(**version_2("aes-256", "sha-1")), branch_config(**SHA2)),
        "fail warning: hq-branch - integrity - hq: sha384, sha-1 branch: sha384, sha-256",
    ),
    "MD5 at branch": Case(
        config_tunnel(hq_config(**SHA2), branch_config(ike_policies=(replace(POLICY, hash=("md5",)),))),
        "fail error: hq-branch - integrity - hq: sha384, sha-256 branch: md5, sha",
    ),
    "AES-GCM needs none": Case(
        config_tunnel(*(make(**version_2("aes-gcm-256", "null")) for make in (hq_config, branch_config))),
        "pass: hq-branch - integrity - hq: sha384 branch: sha384",
    ),
    "none beside AES": Case(
        config_tunnel(hq_config(**version_2("aes-256", "null")), branch_config(**SHA2)),
        "fail error: hq-branch - integrity - hq: sha384, null branch: sha384, sha-256",
    ),
    "none in a transform-set": Case(
        config_tunnel(
            hq_config(transform_sets={"AES": TransformSet("AES", ("esp-aes", "esp-none"))}), branch_config(**SHA2)
        ),
        "fail error: hq-branch - integrity - hq: sha, none branch: sha384, sha-256",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - integrity - no end's configuration says",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - integrity - the configuration of branch was not read (connection timed out)",
        "fail warning: hq-branch - integrity - hq: sha",
    ),
}
