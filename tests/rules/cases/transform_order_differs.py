# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecProposal, TransformSet
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

SETS = {
    "AES": TransformSet("AES", ("esp-aes-256", "esp-sha-hmac")),
    "OLD": TransformSet("OLD", ("esp-3des", "esp-sha-hmac")),
}
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}


def proposal(*encryption: str) -> dict[str, IpsecProposal]:
    return {"P": IpsecProposal("P", encryption, ("sha-256",))}


CASES = {
    "one set at each end": Case(
        tunnel(),
        (
            "pass: hq-branch / outside_map 10 - preferred IKEv1 transform - hq: esp-aes-256 esp-sha-hmac "
            "branch: esp-aes-256 esp-sha-hmac"
        ),
    ),
    "hq prefers AES and branch 3DES": Case(
        config_tunnel(
            hq_config(map_changes={"transform_sets": ("AES", "OLD")}, transform_sets=SETS),
            branch_config(map_changes={"transform_sets": ("OLD", "AES")}, transform_sets=SETS),
        ),
        (
            "fail info: hq-branch / outside_map 10 - preferred IKEv1 transform - hq: esp-aes-256 "
            "esp-sha-hmac branch: esp-3des esp-sha-hmac: who starts the tunnel decides"
        ),
    ),
    "hq prefers what branch does not have": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": ("OLD", "AES")}, transform_sets=SETS)),
        (
            "pass: hq-branch / outside_map 10 - preferred IKEv1 transform - hq: esp-aes-256 esp-sha-hmac "
            "branch: esp-aes-256 esp-sha-hmac"
        ),
    ),
    "IKEv2 lists in another order": Case(
        config_tunnel(
            hq_config(map_changes=V2, ipsec_proposals=proposal("aes-256", "aes")),
            branch_config(map_changes=V2, ipsec_proposals=proposal("aes", "aes-256")),
        ),
        (
            "fail info: hq-branch / outside_map 10 - preferred IKEv2 transform - hq: ikev2 aes-256/aes "
            "sha-256 branch: ikev2 aes/aes-256 sha-256: who starts the tunnel decides"
        ),
    ),
    "IKEv2 lists in the same order": Case(
        config_tunnel(
            hq_config(map_changes=V2, ipsec_proposals=proposal("aes-256", "aes-192", "aes")),
            branch_config(map_changes=V2, ipsec_proposals=proposal("aes-256", "aes")),
        ),
        (
            "pass: hq-branch / outside_map 10 - preferred IKEv2 transform - hq: ikev2 aes-256/aes-192/aes "
            "sha-256 branch: ikev2 aes-256/aes sha-256"
        ),
    ),
    "nothing in common": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": ("OLD",)}, transform_sets=SETS)),
        (
            "not_applicable: hq-branch / outside_map 10 - preferred IKEv1 transform - none in common: see "
            "transform-no-overlap"
        ),
    ),
    "no common IKE version": Case(
        config_tunnel(hq_config(map_changes=V2)),
        ("not_applicable: hq-branch - preferred transform - no common IKE version: see transform-no-overlap"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - preferred transform - the configuration of branch was not read (connection timed out)"),
    ),
}
