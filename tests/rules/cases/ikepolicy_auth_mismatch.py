# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, HQ, POLICY, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}
RSA = (replace(POLICY, authentication="rsa-sig"),)
KEYS = ("ikev2 local", "ikev2 remote")


def group(peer: str, keys: tuple[str, ...], *lines: str) -> dict[str, TunnelGroup]:
    return {peer: TunnelGroup(peer, "ipsec-l2l", has_key=bool(keys), keys=keys, lines=lines)}


CASES = {
    "keys at both ends": Case(
        tunnel(),
        "pass: hq-branch - IKEv1 authentication - hq: pre-share branch: pre-share",
    ),
    "certificates at hq and keys at branch": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, authentication="rsa-sig"),))),
        "fail critical: hq-branch - IKEv1 authentication - hq: rsa-sig branch: pre-share",
    ),
    "the second policy of hq agrees": Case(
        config_tunnel(
            hq_config(ike_policies=(replace(POLICY, authentication="rsa-sig"), replace(POLICY, priority=20)))
        ),
        "pass: hq-branch - IKEv1 authentication - hq: pre-share branch: pre-share",
    ),
    "no common algorithms": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, group=("2",)),))),
        ("not_applicable: hq-branch - IKEv1 authentication - no common algorithms: see ikepolicy-no-overlap"),
    ),
    "a certificate alone at branch, and the common policy wants a key": Case(
        config_tunnel(None, branch_config(tunnel_groups={HQ: TunnelGroup(HQ, "ipsec-l2l", trustpoint="CA")})),
        (
            "fail critical: hq-branch - IKEv1 authentication - hq: key branch: certificate: the common "
            "policy asks for a pre-shared key"
        ),
    ),
    "certificates at both ends, and a trustpoint at neither": Case(
        tunnel(
            hq(config=hq_config(ike_policies=(replace(POLICY, authentication="rsa-sig"),)), states=[]),
            branch(config=branch_config(ike_policies=(replace(POLICY, authentication="rsa-sig"),)), states=[]),
        ),
        (
            "unknown: hq-branch - IKEv1 authentication - hq: rsa-sig branch: rsa-sig: no trustpoint of hq and branch "
            "was read"
        ),
    ),
    "certificates at both ends, and a trustpoint that no line of the tunnel names": Case(
        tunnel(
            hq(config=hq_config(ike_policies=RSA, trustpoints=("CA",)), states=[]),
            branch(config=branch_config(ike_policies=RSA, trustpoints=("CA",)), states=[]),
        ),
        "pass: hq-branch - IKEv1 authentication - hq: rsa-sig branch: rsa-sig",
    ),
    "IKEv2 keys at both ends": Case(
        config_tunnel(
            hq_config(map_changes=V2, tunnel_groups=group(BRANCH, KEYS)),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, KEYS)),
        ),
        ("pass: hq-branch - IKEv2 authentication - hq: sends key, expects key branch: sends key, expects key"),
    ),
    "IKEv2 with a certificate from hq that branch does not expect": Case(
        config_tunnel(
            hq_config(
                map_changes=V2,
                tunnel_groups=group(BRANCH, ("ikev2 remote",), " ikev2 local-authentication certificate CA"),
            ),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, KEYS)),
        ),
        (
            "fail critical: hq-branch - IKEv2 authentication - hq: sends certificate, expects key branch: "
            "sends key, expects key"
        ),
    ),
    "IKEv2 with a certificate from hq that branch expects": Case(
        config_tunnel(
            hq_config(
                map_changes=V2,
                tunnel_groups=group(BRANCH, ("ikev2 remote",), " ikev2 local-authentication certificate CA"),
            ),
            branch_config(
                map_changes=V2,
                tunnel_groups=group(HQ, ("ikev2 local",), " ikev2 remote-authentication certificate"),
            ),
        ),
        (
            "pass: hq-branch - IKEv2 authentication - hq: sends certificate, expects key branch: sends key, "
            "expects certificate"
        ),
    ),
    "half of IKEv2's keys at hq": Case(
        config_tunnel(
            hq_config(map_changes=V2, tunnel_groups=group(BRANCH, ("ikev2 remote",))),
            branch_config(map_changes=V2, tunnel_groups=group(HQ, KEYS)),
        ),
        (
            "not_applicable: hq-branch - IKEv2 authentication - hq: sends nothing, expects key branch: "
            "sends key, expects key: see psk-missing"
        ),
    ),
    "no common IKE version": Case(
        config_tunnel(hq_config(map_changes=V2)),
        "not_applicable: hq-branch - IKE authentication - no common IKE version: see transform-no-overlap",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE authentication - the configuration of branch was not read (connection timed out)"),
    ),
}
