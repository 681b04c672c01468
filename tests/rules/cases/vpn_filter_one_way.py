# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    GroupPolicy,
    Selector,
    TunnelGroup,
)
from tests.build import BRANCH, BRANCH_LAN, HQ_LAN, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case


def at_hq(*pairs: tuple[str, str], permit: bool = True, unresolved: tuple[str, ...] = ()) -> Config:
    rules = tuple(
        AccessRule(permit, Selector(ip_network(a)), Selector(ip_network(b)), f"access-list FILTER permit ip {a} {b}")
        for a, b in pairs
    )
    plain = hq_config()
    return hq_config(
        tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", "L2L", has_key=True)},
        group_policies={"L2L": GroupPolicy("L2L", filter="FILTER")},
        access_lists={**plain.access_lists, "FILTER": AccessList("FILTER", rules, unresolved)},
    )


CASES = {
    "no filter": Case(
        tunnel(),
        "not_applicable: hq-branch - vpn-filter's view - no end has a vpn-filter",
    ),
    "from the remote side's view": Case(
        config_tunnel(at_hq(("10.2.7.0/24", HQ_LAN))),
        "pass: hq-branch - vpn-filter's view - hq: FILTER permits the remote side as source",
    ),
    "from the local side's view": Case(
        config_tunnel(at_hq((HQ_LAN, BRANCH_LAN))),
        "fail error: hq-branch - vpn-filter's view - hq: FILTER has the local side as source",
    ),
    "for another tunnel": Case(
        config_tunnel(at_hq(("192.0.2.0/24", HQ_LAN))),
        ("fail error: hq-branch - vpn-filter's view - hq: FILTER permits nothing that this tunnel carries"),
    ),
    "any to any": Case(
        config_tunnel(at_hq(("0.0.0.0/0", "0.0.0.0/0"))),
        "pass: hq-branch - vpn-filter's view - hq: FILTER permits the remote side as source",
    ),
    "a filter that was not read in full": Case(
        config_tunnel(at_hq((BRANCH_LAN, HQ_LAN), unresolved=("access-list FILTER permit ip object X any",))),
        "unknown: hq-branch - vpn-filter's view - the access list FILTER of hq was not read in full",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - vpn-filter's view - the configuration of branch was not read (connection timed out)"),
    ),
}
