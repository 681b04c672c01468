# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel, TunnelGroup
from tests.build import BRANCH, HQ, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

BOTH = {"ikev2_proposals": ("AES256",)}
ALL = ("ikev1", "ikev2 local", "ikev2 remote")


def group(peer: str, keys: tuple[str, ...], **changes: Any) -> dict[str, TunnelGroup]:
    return {peer: TunnelGroup(peer, "ipsec-l2l", has_key=bool(keys), keys=keys, **changes)}


def both(keys: tuple[str, ...] = ALL, **changes: Any) -> Tunnel:
    return config_tunnel(
        hq_config(map_changes=BOTH, tunnel_groups=group(BRANCH, keys, **changes)),
        branch_config(map_changes=BOTH, tunnel_groups=group(HQ, ALL)),
    )


CASES = {
    "one version": Case(
        tunnel(),
        "not_applicable: hq-branch - IKE versions - no end offers both versions: hq: IKEv1 branch: IKEv1",
    ),
    "both with all keys": Case(
        both(),
        "pass: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 branch: IKEv1, IKEv2",
    ),
    "no key for IKEv2 at hq": Case(
        both(("ikev1",)),
        (
            "fail warning: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 (IKEv2 local key, IKEv2 "
            "remote key missing) branch: IKEv1, IKEv2"
        ),
    ),
    "half a key for IKEv2 at hq": Case(
        both(("ikev1", "ikev2 remote")),
        (
            "fail warning: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 (IKEv2 local key missing) "
            "branch: IKEv1, IKEv2"
        ),
    ),
    "no key for IKEv1 at hq": Case(
        both(("ikev2 local", "ikev2 remote")),
        (
            "fail warning: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 (IKEv1 key missing) "
            "branch: IKEv1, IKEv2"
        ),
    ),
    "a certificate at hq": Case(
        both((), trustpoint="CA"),
        "pass: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 branch: IKEv1, IKEv2",
    ),
    "only hq offers both": Case(
        config_tunnel(hq_config(map_changes=BOTH, tunnel_groups=group(BRANCH, ALL))),
        "fail info: hq-branch / outside_map 10 - IKE versions - hq: IKEv1, IKEv2 branch: IKEv1",
    ),
    "no tunnel-group at hq": Case(
        config_tunnel(
            hq_config(map_changes=BOTH, tunnel_groups={}), branch_config(map_changes=BOTH, tunnel_groups=group(HQ, ALL))
        ),
        "not_applicable: hq-branch - IKE versions - hq has no tunnel-group for this peer: see tunnel-group-missing",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - IKE versions - the configuration of branch was not read (connection timed out)",
    ),
}
