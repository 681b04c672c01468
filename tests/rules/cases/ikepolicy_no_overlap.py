# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    IkePolicy,
    Version,
)
from tests.build import (
    BRANCH,
    HQ,
    POLICY,
    branch,
    branch_config,
    config_tunnel,
    half_read,
    hq,
    hq_config,
    tunnel,
    two_versions,
)
from tests.rules.case import Case


def policy(*algorithms: str, version: int = 1) -> IkePolicy:
    encryption, integrity, group = algorithms
    return IkePolicy(
        version, 20, (encryption,), (integrity,), (group,), authentication="pre-share" if version == 1 else None
    )


V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "a common policy": Case(
        tunnel(),
        ("pass: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 pre-share branch: aes-256 sha group 5 pre-share"),
    ),
    "another group at hq": Case(
        config_tunnel(hq_config(ike_policies=(policy("aes-256", "sha", "2"),))),
        (
            "fail critical: hq-branch - IKEv1 policy - hq: aes-256 sha group 2 pre-share branch: aes-256 "
            "sha group 5 pre-share"
        ),
    ),
    "the second policy is common": Case(
        config_tunnel(hq_config(ike_policies=(policy("3des", "md5", "2"), replace(POLICY, priority=30)))),
        ("pass: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 pre-share branch: aes-256 sha group 5 pre-share"),
    ),
    "certificates at hq and keys at branch": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, authentication="rsa-sig"),))),
        "not_applicable: hq-branch - IKEv1 policy - the algorithms agree: see ikepolicy-auth-mismatch",
    ),
    "a policy without the line has the default": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, authentication=None),))),
        "pass: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 branch: aes-256 sha group 5 pre-share",
    ),
    "no policy at branch": Case(
        config_tunnel(None, branch_config(ike_policies=())),
        "fail critical: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 pre-share branch: none",
    ),
    "a policy that was not read in full": Case(
        config_tunnel(hq_config(ike_policies=(IkePolicy(1, 5, ("aes-256",)),))),
        (
            "unknown: hq-branch - IKEv1 policy - hq: aes-256 ? group ? branch: aes-256 sha group 5 "
            "pre-share: a policy was not read in full"
        ),
    ),
    "IKEv2 policies differ": Case(
        tunnel(
            *(
                make(
                    config=settings(map_changes=V2, ike_policies=(policy("aes-256", "sha256", group, version=2),)),
                    version=Version(9, 16),
                )
                for make, settings, group in ((hq, hq_config, "19"), (branch, branch_config, "20"))
            )
        ),
        ("fail critical: hq-branch - IKEv2 policy - hq: aes-256 sha256 group 19 branch: aes-256 sha256 group 20"),
    ),
    "IKEv2 lists have one member in common, and AES-GCM needs no integrity": Case(
        config_tunnel(
            hq_config(map_changes=V2, ike_policies=(IkePolicy(2, 1, ("aes-gcm-256", "aes"), ("null",), ("21", "20")),)),
            branch_config(map_changes=V2, ike_policies=(IkePolicy(2, 9, ("aes-gcm-256",), ("sha384",), ("20",)),)),
        ),
        ("pass: hq-branch - IKEv2 policy - hq: aes-gcm-256/aes null group 21/20 branch: aes-gcm-256 sha384 group 20"),
    ),
    "IKEv2 policies differ, and IKEv1 is left": Case(
        config_tunnel(
            hq_config(**two_versions(BRANCH, policy("aes-256", "sha256", "19", version=2))),
            branch_config(**two_versions(HQ, policy("aes-256", "sha256", "20", version=2))),
        ),
        ("pass: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 pre-share branch: aes-256 sha group 5 pre-share"),
        (
            "fail warning: hq-branch - IKEv2 policy - hq: aes-256 sha256 group 19 branch: aes-256 sha256 group 20: "
            "IKEv1 is left"
        ),
    ),
    "IKEv2 policies differ, and IKEv1 is not enabled at branch": Case(
        config_tunnel(
            hq_config(**two_versions(BRANCH, policy("aes-256", "sha256", "19", version=2))),
            branch_config(
                **{**two_versions(HQ, policy("aes-256", "sha256", "20", version=2)), "ike_enabled": {2: ("outside",)}}
            ),
        ),
        ("pass: hq-branch - IKEv1 policy - hq: aes-256 sha group 5 pre-share branch: aes-256 sha group 5 pre-share"),
        ("fail critical: hq-branch - IKEv2 policy - hq: aes-256 sha256 group 19 branch: aes-256 sha256 group 20"),
    ),
    "no common IKE version": Case(
        config_tunnel(hq_config(map_changes=V2)),
        "not_applicable: hq-branch - IKE policy - no common IKE version: see transform-no-overlap",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE policy - the configuration of branch was not read (connection timed out)"),
    ),
}
