# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecProposal, TransformSet
from tests.build import POLICY, branch_config, config_tunnel, hq, hq_config, tunnel, unread_branch
from tests.rules.case import Case


def proposal(*encryption: str, integrity: str = "sha-256") -> dict[str, object]:
    return {
        "map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)},
        "ipsec_proposals": {"P": IpsecProposal("P", encryption, (integrity,))},
    }


CASES = {
    "AES": Case(
        tunnel(),
        "pass: hq-branch - encryption - hq: aes-256 branch: aes-256",
    ),
    "triple DES at branch": Case(
        config_tunnel(None, branch_config(transform_sets={"AES": TransformSet("AES", ("esp-3des", "esp-sha-hmac"))})),
        "fail warning: hq-branch - encryption - hq: aes-256 branch: aes-256, 3des",
    ),
    "DES in the IKE policy of hq": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, encryption=("des",)),))),
        "fail error: hq-branch - encryption - hq: des, aes-256 branch: aes-256",
    ),
    "no encryption in a transform-set": Case(
        config_tunnel(hq_config(transform_sets={"AES": TransformSet("AES", ("esp-null", "esp-sha-hmac"))})),
        "fail error: hq-branch - encryption - hq: aes-256, null branch: aes-256",
    ),
    "no encryption in one of several of an IKEv2 proposal": Case(
        config_tunnel(hq_config(**proposal("aes-256", "null")), branch_config(**proposal("aes-256"))),
        "fail error: hq-branch - encryption - hq: aes-256, null branch: aes-256",
    ),
    "AES-GMAC hides nothing": Case(
        config_tunnel(
            hq_config(**proposal("aes-gmac-256", integrity="null")),
            branch_config(**proposal("aes-gcm-256", integrity="null")),
        ),
        "fail warning: hq-branch - encryption - hq: aes-gmac-256 branch: aes-gcm-256",
    ),
    "AES-GCM": Case(
        config_tunnel(*(make(**proposal("aes-gcm-256", integrity="null")) for make in (hq_config, branch_config))),
        "pass: hq-branch - encryption - hq: aes-gcm-256 branch: aes-gcm-256",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - encryption - no end's configuration says",
    ),
    "an end was not read": Case(
        pair([hq(config=None), unread_branch()])[0],
        ("unknown: hq-branch - encryption - the configuration of branch was not read (connection timed out)"),
    ),
}
