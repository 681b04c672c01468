# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TransformSet
from tests.build import BRANCH, HQ, branch_config, config_tunnel, half_read, hq_config, tunnel, two_versions
from tests.rules.case import Case


def mode(name: str) -> dict[str, TransformSet]:
    return {"AES": TransformSet("AES", ("esp-aes-256", "esp-sha-hmac"), name)}


def version_2(name: str | None) -> dict[str, object]:
    return {"transform_sets": (), "ikev2_proposals": ("P",), "ikev2_mode": name}


CASES = {
    "tunnel mode at both ends": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - IKEv1 encapsulation mode - hq: tunnel branch: tunnel",
    ),
    "transport at hq": Case(
        config_tunnel(hq_config(transform_sets=mode("transport"))),
        "fail error: hq-branch / outside_map 10 - IKEv1 encapsulation mode - hq: transport branch: tunnel",
    ),
    "transport at hq, and IKEv2 is left": Case(
        config_tunnel(
            hq_config(**two_versions(BRANCH), transform_sets=mode("transport")), branch_config(**two_versions(HQ))
        ),
        (
            "fail warning: hq-branch / outside_map 10 - IKEv1 encapsulation mode - hq: transport branch: tunnel: "
            "IKEv2 is left"
        ),
        ("pass: hq-branch / outside_map 10 - IKEv2 encapsulation mode - hq: tunnel (default) branch: tunnel (default)"),
    ),
    "a second set of hq is in tunnel mode": Case(
        config_tunnel(
            hq_config(
                map_changes={"transform_sets": ("AES", "TUNNEL")},
                transform_sets={**mode("transport"), "TUNNEL": mode("tunnel")["AES"]},
            )
        ),
        "pass: hq-branch / outside_map 10 - IKEv1 encapsulation mode - hq: tunnel branch: tunnel",
    ),
    "other algorithms at hq": Case(
        config_tunnel(hq_config(transform_sets={"AES": TransformSet("AES", ("esp-des",))})),
        ("not_applicable: hq-branch - IKEv1 encapsulation mode - no common transform: see transform-no-overlap"),
    ),
    "IKEv2 falls back to tunnel mode": Case(
        config_tunnel(hq_config(map_changes=version_2("transport")), branch_config(map_changes=version_2(None))),
        ("pass: hq-branch / outside_map 10 - IKEv2 encapsulation mode - hq: transport branch: tunnel (default)"),
    ),
    "IKEv2 of hq insists on transport": Case(
        config_tunnel(
            hq_config(map_changes=version_2("transport-require")), branch_config(map_changes=version_2(None))
        ),
        (
            "fail error: hq-branch / outside_map 10 - IKEv2 encapsulation mode - hq: transport-require "
            "branch: tunnel (default)"
        ),
    ),
    "no common IKE version": Case(
        config_tunnel(hq_config(map_changes=version_2(None))),
        "not_applicable: hq-branch - encapsulation mode - no common IKE version: see transform-no-overlap",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - encapsulation mode - the configuration of branch was not read (connection timed out)"),
    ),
}
