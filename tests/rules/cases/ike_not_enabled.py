# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

BOTH = {"ikev2_proposals": ("P",)}

CASES = {
    "enabled": Case(
        tunnel(),
        "pass: hq-branch - IKE enabled - hq: IKEv1 on outside branch: IKEv1 on outside",
    ),
    "not at hq": Case(
        config_tunnel(hq_config(ike_enabled={})),
        "fail critical: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
    ),
    "on another interface of hq": Case(
        config_tunnel(hq_config(ike_enabled={1: ("inside",)})),
        "fail critical: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
    ),
    "hq offers both and has only the one that branch does not speak": Case(
        tunnel(hq(config=hq_config(map_changes=BOTH, ike_enabled={2: ("outside",)}), version=Version(9, 16)), branch()),
        "fail critical: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
    ),
    "both offer both, and each enables another": Case(
        tunnel(
            hq(config=hq_config(map_changes=BOTH, ike_enabled={2: ("outside",)}), version=Version(9, 16)),
            branch(config=branch_config(map_changes=BOTH), version=Version(9, 16)),
        ),
        "fail critical: hq-branch - IKE enabled - hq: IKEv2 on outside branch: IKEv1 on outside",
    ),
    "no common version, which is not about this": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": (), **BOTH}, ike_enabled={2: ("outside",)})),
        "pass: hq-branch - IKE enabled - hq: IKEv2 on outside branch: IKEv1 on outside",
    ),
    "both offer both, and one version is enabled": Case(
        config_tunnel(hq_config(map_changes=BOTH), branch_config(map_changes=BOTH)),
        "pass: hq-branch - IKE enabled - hq: IKEv1 on outside branch: IKEv1 on outside",
    ),
    "no map at either end": Case(
        config_tunnel(hq_config(crypto_maps=()), branch_config(crypto_maps=())),
        "not_applicable: hq-branch - IKE enabled - no end has a crypto map on an interface",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE enabled - the configuration of branch was not read (connection timed out)"),
    ),
}
