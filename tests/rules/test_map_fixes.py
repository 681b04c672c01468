# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that mend a crypto map, as an operator would paste them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    CryptoMapEntry,
    Route,
    Tunnel,
    Version,
)
from tests.build import BRANCH_LAN, at_hq, branch_config, config_tunnel, hq, hq_config, tunnel
from tests.rules.around import route, table
from tests.rules.maps import OTHER_PEER, THERE, beside, joined, mapped, route_based

CHECKS = {check.rule.id: check for check in rules.load()}
TEN = ("match address VPN", "set peer 198.51.100.2", "set transform-set AES")
IKEV2 = {"transform_sets": (), "ikev2_proposals": ("AES256",)}
ORIGINATE = {"map_changes": {"connection_type": "originate-only"}}


@pytest.mark.parametrize(
    ("rule", "made", "lines"),
    [
        (
            "map-seq-shadow",
            beside(mapped(5, "OTHER", OTHER_PEER), "permit ip any any"),
            [
                *(f"hq: no crypto map outside_map 10 {line}" for line in TEN),
                *(f"hq: crypto map outside_map 4 {line}" for line in TEN),
            ],
        ),
        # Nothing free above, and the same traffic twice: no line helps.
        ("map-seq-shadow", beside(mapped(1, "OTHER", OTHER_PEER), "permit ip any any"), []),
        ("map-seq-shadow", beside(mapped(5, "OTHER", OTHER_PEER), THERE), []),
        (
            "map-dynamic-not-last",
            beside(CryptoMapEntry("outside_map", 5, dynamic_map="DYN")),
            [
                "hq: no crypto map outside_map 5 ipsec-isakmp dynamic DYN",
                "hq: crypto map outside_map 65535 ipsec-isakmp dynamic DYN",
            ],
        ),
        (
            "map-entry-edited-in-place",
            tunnel(hq(at_hq(remote="10.7.0.0/16"), config=hq_config(crypto_maps=(mapped(10),)))),
            [
                *(f"hq: no crypto map outside_map 10 {line}" for line in TEN),
                *(f"hq: crypto map outside_map 10 {line}" for line in TEN),
            ],
        ),
        (
            "acl-not-mirrored",
            config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN)])),
            [
                "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.128.0",
                "branch: no access-list VPN extended permit ip 10.2.0.0/16 10.1.0.0/16",
            ],
        ),
        # The wider end's line is cut in two.
        (
            "acl-not-mirrored",
            config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN), ("10.1.128.0/17", BRANCH_LAN)])),
            [
                "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.128.0",
                "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.1.128.0 255.255.128.0",
                "branch: no access-list VPN extended permit ip 10.2.0.0/16 10.1.0.0/16",
            ],
        ),
        # Each is wider on another side.
        (
            "acl-not-mirrored",
            config_tunnel(hq_config(acl=[("10.1.0.0/17", "10.2.0.0/15")])),
            [
                "branch: access-list VPN extended permit ip 10.2.0.0 255.254.0.0 10.1.0.0 255.255.128.0",
                "branch: no access-list VPN extended permit ip 10.2.0.0/16 10.1.0.0/16",
            ],
        ),
        # What overlaps nothing is added at the end that lacks it, as ever.
        (
            "acl-not-mirrored",
            config_tunnel(
                hq_config(acl=[("10.1.0.0/16", BRANCH_LAN), ("10.7.0.0/16", BRANCH_LAN), ("10.8.0.0/15", BRANCH_LAN)]),
                branch_config(acl=[(BRANCH_LAN, "10.1.0.0/16"), (BRANCH_LAN, "10.9.0.0/16")]),
            ),
            [
                "hq: access-list VPN extended permit ip 10.9.0.0 255.255.0.0 10.2.0.0 255.255.0.0",
                "hq: no access-list VPN extended permit ip 10.8.0.0/15 10.2.0.0/16",
                "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.7.0.0 255.255.0.0",
            ],
        ),
        # A line in the middle is too wide for one and too narrow for another: nobody can say which is meant.
        (
            "acl-not-mirrored",
            config_tunnel(
                hq_config(acl=[("10.1.0.0/16", BRANCH_LAN)]),
                branch_config(acl=[(BRANCH_LAN, "10.1.0.0/17"), (BRANCH_LAN, "10.0.0.0/15")]),
            ),
            [
                "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.0.0",
                "hq: access-list VPN extended permit ip 10.0.0.0 255.254.0.0 10.2.0.0 255.255.0.0",
                "hq: access-list VPN extended permit ip 10.1.0.0 255.255.128.0 10.2.0.0 255.255.0.0",
            ],
        ),
        (
            "map-not-applied",
            config_tunnel(hq_config(crypto_map_interfaces={})),
            ["hq: crypto map outside_map interface outside"],
        ),
        # Without the peer's own route the remote networks' does not help.
        (
            "map-wrong-interface",
            joined(hq_config(), routing=table(route("10.0.0.0/8", "inside"))),
            ["hq: route outside 198.51.100.2 255.255.255.255 GATEWAY 1"],
        ),
        (
            "route-remote-nets",
            joined(hq_config(), routing=table(route("10.1.0.0/16", "inside"))),
            ["hq: route outside 10.2.0.0 255.255.0.0 GATEWAY 1"],
        ),
        # Which of the two is right, the route or the map, nobody else can know.
        (
            "map-wrong-interface",
            joined(hq_config(), routing=table(route("198.51.100.0/24", "inside"))),
            [],
        ),
        (
            "map-entry-incomplete",
            joined(hq_config(crypto_maps=(mapped(10), mapped(20, None)))),
            ["hq: crypto map outside_map 20 match address NAME"],
        ),
        (
            "connection-type-conflict",
            joined(hq_config(**ORIGINATE), branch_config(**ORIGINATE), version=Version(9, 16)),
            [
                "hq: crypto map outside_map 10 set connection-type bidirectional",
                "branch: crypto map outside_map 10 set connection-type bi-directional",
            ],
        ),
        (
            "peer-address-mismatch",
            tunnel(hq(config=hq_config("198.51.100.99"))),
            [
                "hq: no crypto map outside_map 10 set peer 198.51.100.99",
                "hq: crypto map outside_map 10 set peer 198.51.100.2",
            ],
        ),
        (
            "peer-address-mismatch",
            route_based(hq_peer="198.51.100.99"),
            ["hq: interface Tunnel1", "hq:  tunnel destination 198.51.100.2"],
        ),
        (
            "ike-version-mismatch",
            config_tunnel(hq_config(map_changes=IKEV2)),
            ["hq: crypto map outside_map 10 set ikev1 transform-set NAME"],
        ),
        (
            "ike-version-mismatch",
            joined(right=branch_config(map_changes=IKEV2), version=Version(9, 16)),
            ["hq: crypto map outside_map 10 set ikev2 ipsec-proposal NAME"],
        ),
    ],
)
def test_a_map_is_mended_by_these_lines(rule: str, made: Tunnel, lines: list[str]) -> None:
    findings = CHECKS[rule].findings(made)
    fixes = [fix for finding in findings for fix in finding.fix]
    assert [f"{fix.device}: {line}" for fix in fixes for line in fix.lines] == lines
    assert not any(fix.safe for fix in fixes)


def test_which_end_would_change_is_said() -> None:
    made = config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN)]))
    (fix,) = [fix for finding in CHECKS["acl-not-mirrored"].findings(made) for fix in finding.fix]
    assert (fix.device, fix.note) == ("branch", "branch changes to what hq has; or the other way round")


def test_a_line_of_groups_is_not_taken_away() -> None:
    """It holds more than the networks that overlap."""
    right = branch_config(acl=[(BRANCH_LAN, "10.1.0.0/16"), (BRANCH_LAN, "10.7.0.0/16")])
    line = "access-list VPN extended permit ip object-group HERE object-group THERE"
    grouped = AccessList("VPN", tuple(replace(rule, line=line) for rule in right.access_lists["VPN"].rules))
    left = hq_config(acl=[("10.1.0.0/17", BRANCH_LAN), ("10.7.0.0/16", BRANCH_LAN)])
    made = config_tunnel(left, replace(right, access_lists={"VPN": grouped}))
    fixes = [fix for finding in CHECKS["acl-not-mirrored"].findings(made) for fix in finding.fix]
    assert [f"{fix.device}: {line}" for fix in fixes for line in fix.lines] == [
        "branch: access-list VPN extended permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.128.0",
        "hq: access-list VPN extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0",
    ]


def test_a_remote_network_s_route_is_not_all_where_the_peer_has_none_either() -> None:
    def note(*routes: Route) -> str:
        made = joined(hq_config(), routing=table(*routes))
        (fix,) = [fix for finding in CHECKS["route-remote-nets"].findings(made) for fix in finding.fix]
        return fix.note

    assert note(route("198.51.100.0/24", "outside")) == "the gateway is that interface's next hop to the peer"
    assert note(route("10.1.0.0/16", "inside")) == (
        "the gateway is that interface's next hop to the peer, which has no route either: a default route is both"
    )
