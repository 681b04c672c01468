# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnels that look odd and are well: no rule of the live state may say more than info of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_interface

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Group,
    IkeSa,
    Interface,
    IpsecEntry,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
    VpnSession,
    VpnTunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests.build import (
    BRANCH,
    HQ,
    at_branch,
    at_hq,
    branch,
    branch_config,
    hq,
    hq_config,
    ike,
    tunnel,
)

SECOND = "198.51.100.10"
LIVE = {check.rule.id for check in rules.load() if check.rule.group is Group.LIVE}


def _ike(device: Device, first: Sequence[IkeSa], newest: Sequence[IkeSa]) -> Device:
    before, after = device.readings
    return replace(device, readings=(replace(before, ike=tuple(first)), replace(after, ike=tuple(newest))))


def _two_pairs(entry: IpsecEntry, older: IpsecEntry, **changes: object) -> IpsecEntry:
    """The new pair of SAs before the one it replaces, as a device prints them."""
    return replace(entry, sas=(*entry.sas, *(replace(sa, **changes) for sa in older.sas)))  # type: ignore[arg-type]


def _v2(peer: str, **changes: object) -> IkeSa:
    return replace(ike(peer, "READY"), version=2, kind=None, **changes)  # type: ignore[arg-type]


def ikev1_rekeyed_a_moment_ago() -> Tunnel:
    old_hq, old_branch = at_hq(inbound=(0xA0,), outbound=(0xB0,)), at_branch(inbound=(0xB0,), outbound=(0xA0,))
    left = _two_pairs(at_hq(), old_hq, rekeyed=True, lifetime_seconds=3000)
    right = _two_pairs(at_branch(), old_branch, rekeyed=True, lifetime_seconds=3000)
    return tunnel(hq(left), branch(right))


def ikev1_rekeyed_and_only_one_end_keeps_the_old_pair() -> Tunnel:
    old = at_hq(inbound=(0xA0,), outbound=(0xB0,))
    return tunnel(hq(_two_pairs(at_hq(), old, rekeyed=True, lifetime_seconds=0)), branch(at_branch()))


def ikev1_rekeys_its_ike_sa() -> Tunnel:
    two = [replace(ike(BRANCH, "MM_REKEY_DONE_H2"), rekey=True), ike(BRANCH)]
    return tunnel(_ike(hq(at_hq()), two, two))


def ikev2_rekeys_its_ike_sa() -> Tunnel:
    old, new = (
        _v2(BRANCH, lifetime=86400, lifetime_remaining=100),
        _v2(BRANCH, lifetime=86400, lifetime_remaining=86395),
    )
    return tunnel(_ike(hq(at_hq()), [old], [new, old]), _ike(branch(at_branch()), [_v2(HQ)], [_v2(HQ)]))


def ikev2_was_begun_by_both_ends() -> Tunnel:
    two, other = [_v2(BRANCH), _v2(BRANCH)], [_v2(HQ), _v2(HQ)]
    return tunnel(_ike(hq(at_hq()), two, two), _ike(branch(at_branch()), other, other))


def ikev2_is_up_and_idle() -> Tunnel:
    return tunnel(_ike(hq(), [_v2(BRANCH)], [_v2(BRANCH)]), _ike(branch(), [_v2(HQ)], [_v2(HQ)]))


def aggressive_mode() -> Tunnel:
    return tunnel(hq(at_hq(), states=["AM_ACTIVE"]), branch(at_branch(), states=["AM_ACTIVE"]))


def on_demand_and_down() -> Tunnel:
    return tunnel(hq(states=[]), branch(states=[]))


def the_second_peer_is_in_use() -> Tunnel:
    """Branch's first line is down: hq still tries it, and has its SAs with the second."""
    changed = branch_config()
    second = ip_interface(f"{SECOND}/29")
    there = replace(
        changed,
        interfaces=(*changed.interfaces, Interface("Ethernet0/2", "backup", second.ip, second.network)),
        crypto_map_interfaces={"outside_map": ("outside", "backup")},
        ike_enabled={1: ("outside", "backup")},
    )
    left = hq(replace(at_hq(), peer=ip_address(SECOND)), config=hq_config([BRANCH, SECOND]))
    sas = [ike(BRANCH, "MM_WAIT_MSG2"), ike(SECOND)]
    return tunnel(_ike(left, sas, sas), branch(at_branch(), config=there))


def one_identity_has_two_entries() -> Tunnel:
    """Two entries of one identity, each with its pair: what one end sends on either, the other accepts."""
    more_hq, more_branch = at_hq(inbound=(0xA2,), outbound=(0xB2,)), at_branch(inbound=(0xB2,), outbound=(0xA2,))
    return tunnel(hq(at_hq(), more_hq), branch(at_branch(), more_branch))


def traffic_goes_out_on_one_sa_and_comes_back_on_another() -> Tunnel:
    hosts = {"inbound": (0xA2,), "outbound": (0xB2,), "local": "10.1.1.5/32", "remote": "10.2.1.5/32"}
    there = {"inbound": (0xB2,), "outbound": (0xA2,), "local": "10.2.1.5/32", "remote": "10.1.1.5/32"}
    left = [at_hq(encaps=1500), at_hq(**hosts, decaps=1500)]
    right = [at_branch(decaps=1500), at_branch(**there, encaps=1500)]
    before = [at_hq(), at_hq(**hosts)], [at_branch(), at_branch(**there)]
    return tunnel(hq(*left, then=before[0]), branch(*right, then=before[1]), stimulated=True)


def counters_were_reset() -> Tunnel:
    return tunnel(hq(at_hq(encaps=2, decaps=0), then=[at_hq()]), branch(at_branch(), then=[at_branch()]))


def a_session_says_zero_kilobytes() -> Tunnel:
    """The session database prints `Rekey Left(D): 0 K-Bytes` of sessions that live for months."""
    children = (VpnTunnel("IPsec", rekey_left_d=0, rekey_int_d=4608000),)
    session = VpnSession(ip_addr=ip_address(BRANCH), duration=75 * 86400, tunnels=children)
    return tunnel(replace(hq(at_hq()), sessions=(session,)))


ODD = [
    ikev1_rekeyed_a_moment_ago,
    ikev1_rekeyed_and_only_one_end_keeps_the_old_pair,
    ikev1_rekeys_its_ike_sa,
    ikev2_rekeys_its_ike_sa,
    ikev2_was_begun_by_both_ends,
    ikev2_is_up_and_idle,
    aggressive_mode,
    on_demand_and_down,
    the_second_peer_is_in_use,
    one_identity_has_two_entries,
    traffic_goes_out_on_one_sa_and_comes_back_on_another,
    counters_were_reset,
    a_session_says_zero_kilobytes,
]


@pytest.mark.parametrize("odd", ODD, ids=lambda each: each.__name__)
def test_a_tunnel_that_only_looks_odd_is_healthy(odd: object) -> None:
    assert callable(odd)
    judgement = judge(odd(), rules.load())
    alarms = [
        finding.message
        for finding in judgement.findings
        if finding.rule in LIVE and finding.outcome is Outcome.FAIL and finding.severity >= Severity.WARNING
    ]
    assert alarms == []
    assert judgement.verdict is Verdict.HEALTHY
