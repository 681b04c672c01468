# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecProposal, TransformSet, Version
from tests.build import branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

DES = {"AES": TransformSet("AES", ("esp-3des", "esp-md5-hmac"))}
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}
GCM = {"map_changes": V2, "ipsec_proposals": {"P": IpsecProposal("P", ("aes-gcm-256",), ("null",))}}
CBC = {"map_changes": V2, "ipsec_proposals": {"P": IpsecProposal("P", ("aes-256", "aes"), ("sha-256",))}}
MIXED = {"map_changes": V2, "ipsec_proposals": {"P": IpsecProposal("P", ("aes-gcm-256", "aes"), ("sha-1",))}}

CASES = {
    "the same algorithms": Case(
        tunnel(),
        (
            "pass: hq-branch / outside_map 10 - transform - hq: esp-aes-256 esp-sha-hmac branch: "
            "esp-aes-256 esp-sha-hmac"
        ),
    ),
    "the same algorithms under another name and in another order": Case(
        config_tunnel(
            hq_config(
                map_changes={"transform_sets": ("OTHER",)},
                transform_sets={"OTHER": TransformSet("OTHER", ("esp-sha-hmac", "esp-aes-256"))},
            )
        ),
        (
            "pass: hq-branch / outside_map 10 - transform - hq: esp-sha-hmac esp-aes-256 branch: "
            "esp-aes-256 esp-sha-hmac"
        ),
    ),
    "the same name for other algorithms": Case(
        config_tunnel(hq_config(transform_sets=DES)),
        (
            "fail critical: hq-branch / outside_map 10 - transform - hq: esp-3des esp-md5-hmac branch: "
            "esp-aes-256 esp-sha-hmac"
        ),
    ),
    "esp-none is the same as nothing": Case(
        config_tunnel(
            hq_config(transform_sets={"AES": TransformSet("AES", ("esp-aes", "esp-none"))}),
            branch_config(transform_sets={"AES": TransformSet("AES", ("esp-aes-128",))}),
        ),
        "pass: hq-branch / outside_map 10 - transform - hq: esp-aes esp-none branch: esp-aes-128",
    ),
    "IKEv2 at both ends": Case(
        config_tunnel(hq_config(**CBC), branch_config(**CBC)),
        (
            "pass: hq-branch / outside_map 10 - transform - hq: ikev2 aes-256/aes sha-256 branch: ikev2 "
            "aes-256/aes sha-256"
        ),
    ),
    "AES-GCM in common, whatever integrity stands beside it": Case(
        config_tunnel(hq_config(**GCM), branch_config(**MIXED)),
        (
            "pass: hq-branch / outside_map 10 - transform - hq: ikev2 aes-gcm-256 null branch: ikev2 "
            "aes-gcm-256/aes sha-1"
        ),
    ),
    "IKEv2 with AES-GCM and CBC": Case(
        config_tunnel(hq_config(**GCM), branch_config(**CBC)),
        (
            "fail critical: hq-branch / outside_map 10 - transform - hq: ikev2 aes-gcm-256 null branch: "
            "ikev2 aes-256/aes sha-256"
        ),
    ),
    "IKEv2 at hq and IKEv1 at branch": Case(
        tunnel(hq(config=hq_config(**GCM), version=Version(9, 16))),
        (
            "fail critical: hq-branch / outside_map 10 - transform - hq: ikev2 aes-gcm-256 null branch: "
            "esp-aes-256 esp-sha-hmac"
        ),
    ),
    "a proposal without its integrity": Case(
        config_tunnel(
            hq_config(map_changes=V2, ipsec_proposals={"P": IpsecProposal("P", ("aes",))}), branch_config(**CBC)
        ),
        (
            "unknown: hq-branch / outside_map 10 - transform - hq: ikev2 aes branch: ikev2 aes-256/aes "
            "sha-256: a proposal was not read in full"
        ),
    ),
    "a set is used and not defined": Case(
        config_tunnel(hq_config(transform_sets={})),
        "unknown: hq-branch / outside_map 10 - transform - hq's transform-set AES was not read",
    ),
    "no entry at branch": Case(
        config_tunnel(None, branch_config(crypto_maps=())),
        (
            "not_applicable: hq-branch - transform - branch has no crypto map entry for this peer: see "
            "peer-address-mismatch"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - transform - the configuration of branch was not read (connection timed out)",
    ),
}
