# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookups in routes and translation: what they find, what they cost, and the lines that mend."""

from __future__ import annotations

import time
from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    NatKind,
    NatRule,
    NatSide,
    ProxyIdentities,
    Selector,
    StaticRoute,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config import parse
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._nat import of_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import Leaves, leaves, of_device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules.nat_exemption_missing import check as nat_check
from tests.build import BRANCH_LAN, HQ_LAN, device, hq_config
from tests.rules.around import PAT, around, natted, twice

NETWORKS = st.builds(
    lambda base, length: ip_network((base, length), strict=False),
    st.integers(0x0A000000, 0x0A0000FF),
    st.integers(20, 32),
)


@given(st.lists(NETWORKS, max_size=12), NETWORKS)
def test_lookups_find_what_a_search_one_by_one_finds(known: list[object], wanted: object) -> None:
    index = Prefixes((network, at) for at, network in enumerate(known))  # type: ignore[arg-type,misc]
    one_by_one = {at for at, each in enumerate(known) if each.overlaps(wanted)}  # type: ignore[attr-defined]
    assert {at for _, at in index.overlapping(wanted)} == one_by_one  # type: ignore[arg-type]
    assert index.count(wanted) == len(one_by_one)  # type: ignore[arg-type]
    lengths = [network.prefixlen for network, _ in index.covering(wanted)]  # type: ignore[arg-type]
    assert lengths == sorted(lengths, reverse=True)


def test_a_thousand_rules_and_a_thousand_tunnels_are_looked_up_in_no_time() -> None:
    sites = [f"10.{100 + at // 256}.{at % 256}.0/24" for at in range(1000)]
    rules = [twice((HQ_LAN, HQ_LAN), (site, site)) for site in sites]
    servers = [twice((f"10.1.{at // 256}.{at % 256}/32", f"192.0.2.{at % 256}/32"), section=2) for at in range(1000)]
    config = hq_config(
        nat=natted(*rules, *servers, PAT),
        routes=tuple(StaticRoute("outside", ip_network(site), ip_address("203.0.113.6")) for site in sites),
    )
    hub = device("hq", config)
    started = time.perf_counter()
    translation, routes = of_config(config)["outside"], of_device(hub)
    assert routes is not None
    for site in sites:
        pair = ProxyIdentities(Selector(ip_network(HQ_LAN)), Selector(ip_network(site)))
        answer = translation.answer(pair, frozenset({"inside"}))
        assert [view.rule.line for view in answer.exempt] == [
            f"nat (inside,outside) source static {HQ_LAN} {HQ_LAN} destination static {site} {site}"
        ]
        assert not answer.translated
        assert leaves(routes, ip_network(site), ip_network(HQ_LAN), ("outside",))[0] is Leaves.THERE
    # Each of the thousand tunnels overlaps a thousand servers within its own network, so this is the worst there is.
    assert time.perf_counter() - started < 5


EIGHT_TWO = """
: Saved
ASA Version 8.2(5)
hostname hq
interface Ethernet0/0
 nameif outside
 ip address 203.0.113.1 255.255.255.248
interface Ethernet0/1
 nameif inside
 ip address 10.1.0.1 255.255.0.0
access-list VPN extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0
access-list POLICY extended permit ip 10.1.0.0 255.255.0.0 10.0.0.0 255.0.0.0
global (outside) 2 198.51.100.9
nat (inside) 2 access-list POLICY
crypto map outside_map 10 match address VPN
crypto map outside_map 10 set peer 198.51.100.2
crypto map outside_map interface outside
: end
"""


def test_a_printed_configuration_is_followed_to_the_rule_that_translates() -> None:
    config = parse(EIGHT_TWO).value
    assert sorted(config.access_lists) == ["POLICY", "VPN"]
    pair = ProxyIdentities(Selector(ip_network(HQ_LAN)), Selector(ip_network(BRANCH_LAN)))
    answer = of_config(config)["outside"].answer(pair, frozenset({"inside"}))
    assert [(view.rule.line, whole) for view, whole in answer.translated] == [
        ("nat (inside) 2 access-list POLICY", True)
    ]
    assert not answer.untouched


def fixes(tunnel: Tunnel) -> dict[str, tuple[str, ...]]:
    findings: list[Finding] = list(nat_check(tunnel))
    return {fix.device: fix.lines for finding in findings for fix in finding.fix}


def test_an_exemption_of_a_recent_release_defines_its_objects() -> None:
    tunnel = around({"nat": natted(PAT)}, {"nat": natted()}, devices={"version": Version(9, 16, 4)})
    assert fixes(tunnel) == {
        "hq": (
            "object network NET-10.1.0.0-16",
            " subnet 10.1.0.0 255.255.0.0",
            "object network NET-10.2.0.0-16",
            " subnet 10.2.0.0 255.255.0.0",
            "nat (inside,outside) 1 source static NET-10.1.0.0-16 NET-10.1.0.0-16 "
            "destination static NET-10.2.0.0-16 NET-10.2.0.0-16 no-proxy-arp route-lookup",
        )
    }


def test_an_exemption_before_twice_nat_is_an_access_list() -> None:
    pat = NatRule(
        "static (inside,outside) 198.18.0.0 10.1.0.0",
        NatKind.STATIC,
        NatSide((HQ_LAN,), ("198.18.0.0/16",), (ip_network(HQ_LAN),), (ip_network("198.18.0.0/16"),)),
        real_interface="inside",
        mapped_interface="outside",
    )
    assert fixes(around({"nat": natted(pat)}, {"nat": natted()})) == {
        "hq": (
            "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0",
            "nat (inside) 0 access-list NONAT",
        )
    }


def test_an_end_that_reaches_the_other_by_the_default_route_is_routed() -> None:
    config = hq_config(routes=(StaticRoute("outside", ip_network("0.0.0.0/0"), ip_address("203.0.113.6")),))
    routes = of_device(device("hq", config))
    assert routes is not None
    assert leaves(routes, ip_network(BRANCH_LAN), ip_network(HQ_LAN), ("outside",)) == (Leaves.THERE, "by outside")
