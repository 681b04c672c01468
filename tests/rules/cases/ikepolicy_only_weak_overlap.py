# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkePolicy
from tests.build import POLICY, branch_config, config_tunnel, half_read, hq_config
from tests.rules.case import Case

OLD = IkePolicy(1, 30, ("3des",), ("sha",), ("2",), authentication="pre-share")
AT_HQ = (replace(POLICY, group=("14",)), OLD)
AT_BRANCH = (replace(POLICY, group=("15",)), OLD)

CASES = {
    "a strong policy in common": Case(
        config_tunnel(*(make(ike_policies=AT_HQ) for make in (hq_config, branch_config))),
        (
            "pass: hq-branch - common IKEv1 policy - hq: aes-256 sha group 14 pre-share branch: aes-256 sha "
            "group 14 pre-share"
        ),
    ),
    "each has a strong one, and the weak one is common": Case(
        config_tunnel(hq_config(ike_policies=AT_HQ), branch_config(ike_policies=AT_BRANCH)),
        (
            "fail warning: hq-branch - common IKEv1 policy - hq: 3des sha group 2 pre-share, though it has "
            "aes-256 sha group 14 pre-share branch: 3des sha group 2 pre-share, though it has aes-256 sha "
            "group 15 pre-share"
        ),
    ),
    "branch has nothing stronger": Case(
        config_tunnel(hq_config(ike_policies=AT_HQ), branch_config(ike_policies=(OLD,))),
        (
            "not_applicable: hq-branch - common IKEv1 policy - 3des sha group 2 pre-share, and not each end "
            "has a stronger one: see weak-encryption, weak-dh"
        ),
    ),
    "nothing in common": Case(
        config_tunnel(hq_config(ike_policies=(OLD,)), branch_config(ike_policies=AT_BRANCH[:1])),
        "not_applicable: hq-branch - common IKEv1 policy - none: see ikepolicy-no-overlap",
    ),
    "no common IKE version": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": (), "ikev2_proposals": ("P",)})),
        "not_applicable: hq-branch - common IKE policy - no common IKE version: see transform-no-overlap",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - common IKE policy - the configuration of branch was not read (connection timed out)"),
    ),
}
