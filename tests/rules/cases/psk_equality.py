# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel, TunnelGroup
from tests.build import (
    BRANCH,
    HQ,
    at_branch,
    at_hq,
    branch,
    branch_config,
    config_tunnel,
    half_read,
    hq,
    hq_config,
    ike,
    tunnel,
)
from tests.rules.case import Case

CERTIFICATE = {BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")}


def aged() -> Tunnel:
    ends = [
        replace(end, second_ike=(ike(peer, lifetime=86400, lifetime_remaining=remaining),))
        for end, peer, remaining in zip(tunnel().ends, (BRANCH, HQ), (82800, 82795), strict=True)
    ]
    return replace(tunnel(), ends=tuple(ends))


CASES = {
    "an IKE SA is up at both ends": Case(
        tunnel(),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: IKE SA up: the keys matched when "
            "it was agreed, and what changed since is not known"
        ),
    ),
    "an IKE SA is up at both ends, and its age is known": Case(
        aged(),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up, agreed 3600 s ago branch: IKE SA up, "
            "agreed 3605 s ago: the keys matched when it was agreed, and what changed since is not known"
        ),
    ),
    "none is up at branch": Case(
        tunnel(hq(at_hq()), branch(at_branch(), states=())),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: no IKE SA is up: the keys are "
            "masked, and only an IKE SA that is up at both ends would prove them"
        ),
    ),
    "the IKE SAs of branch were not read": Case(
        replace(tunnel(), ends=(tunnel().ends[0], replace(tunnel().ends[1], first_ike=None, second_ike=None))),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: IKE SAs not read: the keys are "
            "masked, and only an IKE SA that is up at both ends would prove them"
        ),
    ),
    "a certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE)),
        "not_applicable: hq-branch - equal keys - hq: no pre-shared key, see psk-missing",
    ),
    "no tunnel-group at branch": Case(
        config_tunnel(None, branch_config(tunnel_groups={})),
        ("not_applicable: hq-branch - equal keys - branch has no tunnel-group for this peer: see tunnel-group-missing"),
    ),
    "a peer of somebody else": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        ("not_applicable: hq-198.51.100.2 - equal keys - 198.51.100.2 is declared foreign: judged from hq's end alone"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - equal keys - the configuration of branch was not read (connection timed out)"),
    ),
}
