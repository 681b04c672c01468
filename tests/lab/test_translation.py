# SPDX-License-Identifier: GPL-3.0-or-later
"""Address translation, routes, access lists and vpn-filter: what keeps a packet out of a tunnel that is fine."""

from __future__ import annotations

import pytest

from lab.testing import Typist
from tests.lab.two_ends import BOTH, Edit, added, both, call, ends, logged, quiet, replaced, spis

TWICE = "nat (inside,outside) source static HQ-LAN {} destination static BRANCH-LAN BRANCH-LAN"
EXEMPT = TWICE.format("HQ-LAN") + " no-proxy-arp route-lookup\n"
PAT = "nat (inside,outside) after-auto source dynamic any interface"
TRACE = "packet-tracer input inside icmp 192.168.1.10 8 0 192.168.2.10"


def group_policy(*lines: str) -> Edit:
    return added("group-policy DfltGrpPolicy attributes", *(f" {line}" for line in lines))


@pytest.mark.parametrize("end", BOTH)
def test_an_exemption_goes_before_the_dynamic_rule(end: str) -> None:
    """CLI guide, "NAT Rule Order": manual rules, those of objects, manual rules after-auto."""
    assert call(quiet(added(PAT)), end)


def test_without_exemption_interesting_traffic_is_translated_and_not_interesting_any_more() -> None:
    """CLI guide, "NAT for VPN": the crypto map sees the packet after translation."""
    lab = quiet(both(replaced((EXEMPT, "")), added(PAT)))
    assert not call(lab, "hq")
    assert not ends(lab)[0].ike.sas
    shown = Typist(lab, "hq").enable()(TRACE)
    assert "Type: NAT\nSubtype: dynamic\nResult: ALLOW" in shown
    assert "Type: VPN" not in shown


def test_without_exemption_the_other_ends_packets_fail_the_reverse_path_check() -> None:
    """Syslog 305013: the answer would be translated, so the request is dropped after it was decrypted."""
    lab = quiet(both(replaced((EXEMPT, "")), added(PAT)))
    assert not call(lab, "branch")
    hq = ends(lab)[0]
    assert next(iter(hq.datapath.contexts.values())).counters.decaps > 0
    assert "Asymmetric NAT rules matched for forward and reverse flows" in logged(hq, 305013)[0]


@pytest.mark.parametrize("end", BOTH)
@pytest.mark.parametrize("exempt", [True, False])
def test_nat_0_exempts_before_8_3(end: str, exempt: bool) -> None:
    """CLI guide 8.2: `nat (inside) 0 access-list` is tried before everything else."""
    edit: Edit = str if exempt else replaced(("nat (inside) 0 access-list NONAT\n", ""))
    assert call(quiet(edit, releases=("8.2(5)", "9.1(7)")), end) is exempt


@pytest.mark.parametrize("end", BOTH)
def test_a_static_rule_for_the_tunnel_makes_the_crypto_acl_name_the_mapped_network(end: str) -> None:
    """The usual cure for overlapping networks: hq shows itself as 10.77.1.0/24."""
    mapped = "object network HQ-MAPPED\n subnet 10.77.1.0 255.255.255.0\n"
    hq = replaced(
        (EXEMPT, f"{mapped}{TWICE.format('HQ-MAPPED')}\n"),
        ("VPN-BRANCH extended permit ip 192.168.1.0", "VPN-BRANCH extended permit ip 10.77.1.0"),
    )  # fmt: skip
    branch = both(replaced(("192.168.2.0 255.255.255.0 192.168.1.0", "192.168.2.0 255.255.255.0 10.77.1.0")))
    lab = quiet(hq, branch)
    assert call(lab, end, destination="" if end == "hq" else "10.77.1.10")


def test_without_a_route_nothing_is_asked_for() -> None:
    lab = quiet(replaced(("route outside 0.0.0.0 0.0.0.0 198.51.100.254 1\n", "")))
    assert not call(lab, "hq")
    assert not ends(lab)[0].ike.sas
    shown = Typist(lab, "hq").enable()(TRACE)
    assert "Drop-reason: (no-route) No route to host" in shown


def test_an_access_list_of_the_inside_interface_stops_new_connections_only() -> None:
    """What answers a connection from the other end is part of it and meets no access list."""
    block = (
        "access-list INSIDE extended deny ip any 192.168.2.0 255.255.255.0",
        "access-list INSIDE extended permit ip any any", "access-group INSIDE in interface inside",
    )  # fmt: skip
    lab = quiet(added(*block))
    assert not call(lab, "hq")
    shown = Typist(lab, "hq").enable()(TRACE)
    assert "Type: ACCESS-LIST\nSubtype: \nResult: DROP" in shown
    assert call(lab, "branch")
    assert call(lab, "hq", seconds=1)


@pytest.mark.parametrize(
    ("permitted", "works"),
    [
        ("", False), ("permit ip 192.168.2.0 255.255.255.0 any", True), ("permit icmp any any", True),
        ("permit icmp any any echo-reply", False), ("permit icmp any any unreachable", False),
    ],
)  # fmt: skip
def test_without_permit_vpn_the_outside_list_decides_on_decrypted_packets(permitted: str, works: bool) -> None:
    """CLI guide, "Configuring IPsec to Bypass ACLs"."""
    acl = (
        [f"access-list OUTSIDE extended {permitted}", "access-group OUTSIDE in interface outside"] if permitted else []
    )
    lab = quiet(added("no sysopt connection permit-vpn", *acl))
    assert call(lab, "branch") is works
    assert len(spis(ends(lab)[0])) == 1
    assert call(lab, "hq")


@pytest.mark.parametrize("end", BOTH)
def test_a_vpn_filter_is_written_from_the_remote_side_and_works_both_ways(end: str) -> None:
    """Command reference, `vpn-filter`: the remote networks are the source, whichever way the packet goes."""
    right = "access-list FILTER extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"
    wrong = "access-list FILTER extended permit ip 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0"
    assert call(quiet(both(added(right), group_policy("vpn-filter value FILTER"))), end)
    lab = quiet(both(added(wrong), group_policy("vpn-filter value FILTER")))
    assert not call(lab, end)
    assert len(spis(ends(lab)[0])) == 1


def test_packet_tracer_agrees_with_the_packet() -> None:
    lab = quiet()
    hq = Typist(lab, "hq").enable()
    assert "Type: VPN\nSubtype: encrypt\nResult: DROP" in hq(TRACE)
    lab.advance(5)
    shown = hq(TRACE)
    assert "Type: VPN\nSubtype: encrypt\nResult: ALLOW" in shown
    assert "Action: allow" in shown
    assert call(lab, "hq", seconds=1)
