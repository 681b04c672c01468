# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, HQ, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}
BOTH = ("ikev2 local", "ikev2 remote")


def group(peer: str, *keys: str, lines: tuple[str, ...] = ()) -> dict[str, TunnelGroup]:
    return {peer: TunnelGroup(peer, "ipsec-l2l", has_key=bool(keys), keys=keys, lines=lines)}


CASES = {
    "a key at each end": Case(
        tunnel(),
        "pass: hq-branch - authentication - hq: pre-shared key branch: pre-shared key",
    ),
    "neither key nor certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups=group(BRANCH))),
        ("fail critical: hq-branch - authentication - hq: neither key nor certificate branch: pre-shared key"),
    ),
    "a certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")})),
        "pass: hq-branch - authentication - hq: certificate CA branch: pre-shared key",
    ),
    "a key inherited from the default group": Case(
        config_tunnel(hq_config(tunnel_groups={**group(BRANCH), **group("DefaultL2LGroup", "ikev1")})),
        "pass: hq-branch - authentication - hq: pre-shared key branch: pre-shared key",
    ),
    "IKEv2 with both keys at each end": Case(
        config_tunnel(
            hq_config(map_changes=V2, tunnel_groups=group(BRANCH, *BOTH)),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, *BOTH)),
        ),
        (
            "pass: hq-branch - authentication - hq: IKEv2 local key and remote key branch: IKEv2 local key "
            "and remote key"
        ),
    ),
    "IKEv2 with half of its keys at hq": Case(
        config_tunnel(
            hq_config(map_changes=V2, tunnel_groups=group(BRANCH, "ikev2 local")),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, *BOTH)),
        ),
        (
            "fail critical: hq-branch - authentication - hq: IKEv2 local key, nothing remote branch: IKEv2 "
            "local key and remote key"
        ),
    ),
    "IKEv2 with the key of IKEv1 at branch": Case(
        config_tunnel(
            hq_config(map_changes=V2, tunnel_groups=group(BRANCH, *BOTH)),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, "ikev1")),
        ),
        (
            "fail critical: hq-branch - authentication - hq: IKEv2 local key and remote key branch: IKEv2 "
            "neither key nor certificate"
        ),
    ),
    "IKEv2 with certificates from hq": Case(
        config_tunnel(
            hq_config(
                map_changes=V2,
                tunnel_groups=group(BRANCH, "ikev2 remote", lines=(" ikev2 local-authentication certificate CA",)),
            ),
            branch_config(
                map_changes=V2,
                tunnel_groups=group(HQ, "ikev2 local", lines=(" ikev2 remote-authentication certificate",)),
            ),
        ),
        (
            "pass: hq-branch - authentication - hq: IKEv2 local certificate and remote key branch: IKEv2 "
            "local key and remote certificate"
        ),
    ),
    "no tunnel-group at either end": Case(
        config_tunnel(hq_config(tunnel_groups={}), branch_config(tunnel_groups={})),
        "not_applicable: hq-branch - authentication - no end has a tunnel-group: see tunnel-group-missing",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - authentication - the configuration of branch was not read (connection timed out)"),
    ),
}
