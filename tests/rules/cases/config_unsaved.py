# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    Keepalive,
    Origin,
    TransformSet,
    Tunnel,
)
from tests.build import at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

SAME = "as it runs"
OFF = Keepalive(disabled=True, origin=Origin.READ)


def saved(startup: Config | None, **changes: Any) -> Tunnel:
    """A tunnel of which hq has this start-up configuration, and branch the one that runs."""
    return tunnel(hq(at_hq(), saved=startup, **changes), branch(at_branch(), saved=branch_config()))


CASES = {
    "both are saved": Case(saved(hq_config()), f"pass: hq-branch - start-up configuration - hq: {SAME} branch: {SAME}"),
    "a hardening was not saved": Case(
        saved(hq_config(keepalive=OFF)),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: keepalive saved disabled, runs threshold 10 retry 2 branch: {SAME}",
    ),
    "a default that is not printed is what runs": Case(
        saved(hq_config(keepalive=Keepalive())),
        f"pass: hq-branch - start-up configuration - hq: {SAME} branch: {SAME}",
    ),
    "the map entry has another PFS group": Case(
        saved(hq_config(map_changes={"pfs": "group5"})),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: crypto map outside_map 10 is saved otherwise branch: {SAME}",
    ),
    "the map stands on another interface": Case(
        saved(hq_config(crypto_map_interfaces={"outside_map": ("dsl",)})),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: crypto map outside_map is saved for other interfaces branch: {SAME}",
    ),
    "a network was added to the access list": Case(
        saved(hq_config(acl=[])),
        f"fail warning: hq-branch - start-up configuration - hq: access-list VPN is saved otherwise branch: {SAME}",
    ),
    "a transform set has another content": Case(
        saved(hq_config(transform_sets={"AES": TransformSet("AES", ("esp-3des", "esp-sha-hmac"))})),
        f"fail warning: hq-branch - start-up configuration - hq: transform-set AES is saved otherwise branch: {SAME}",
    ),
    "an IKE policy, its interface and the lifetime are new": Case(
        saved(hq_config(ike_policies=(), ike_enabled={}, lifetime_seconds=3600)),
        "fail warning: hq-branch - start-up configuration - hq: IKEv1 policies are saved otherwise; IKEv1 is saved "
        f"enabled on other interfaces; the lifetime of IPsec SAs is saved otherwise branch: {SAME}",
    ),
    "the running object groups were not read": Case(
        saved(hq_config(acl=[]), config=hq_config(unread=frozenset({"object-group", "group-policy"}))),
        "unknown: hq-branch - start-up configuration - hq: access-list VPN is saved otherwise, but object-group was "
        "not read",
    ),
    "the running object groups were not read and the keepalive is saved": Case(
        saved(hq_config(), config=hq_config(unread=frozenset({"object-group"}))),
        f"pass: hq-branch - start-up configuration - hq: {SAME} branch: {SAME}",
    ),
    "a line of the start-up configuration was not understood": Case(
        saved(hq_config(keepalive=OFF, unread=frozenset({"a line of the start-up configuration"}))),
        "unknown: hq-branch - start-up configuration - hq: keepalive saved disabled, runs threshold 10 retry 2, but a "
        "line of the start-up configuration was not read",
    ),
    "nothing was ever saved": Case(
        saved(Config()),
        "fail warning: hq-branch - start-up configuration - hq: tunnel-group 198.51.100.2 is not saved; crypto map "
        "outside_map 10 is not saved; access-list VPN is saved otherwise; transform-set AES is saved otherwise; IKEv1 "
        f"policies are saved otherwise; IKEv1 is saved enabled on other interfaces branch: {SAME}",
    ),
    "the start-up configuration of hq was not read": Case(
        saved(None), "unknown: hq-branch - start-up configuration - the start-up configuration of hq was not read"
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - start-up configuration - the configuration of branch was not read (connection timed out)",
        "unknown: hq-branch - start-up configuration - the start-up configuration of hq was not read",
    ),
}
