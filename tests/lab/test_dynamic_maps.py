# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic crypto maps: a hub that takes what peers propose, and never begins."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.device import MOST_WAYS
from lab.engine.ipsec import MOST_FOUND
from lab.engine.messages import Packet
from tests.lab.two_ends import V2, added, both, call, ends, quiet, replaced, spis

STATIC = (
    "crypto map outside_map 10 match address VPN-BRANCH\ncrypto map outside_map 10 set pfs group14\n"
    "crypto map outside_map 10 set peer 203.0.113.1\n"
    "crypto map outside_map 10 set ikev1 transform-set AES256-SHA\n"
)
IN_PLACE = "crypto map outside_map 65535 ipsec-isakmp dynamic DYN"
DYNAMIC = replaced((STATIC, f"crypto dynamic-map DYN 1 set ikev1 transform-set AES256-SHA\n{IN_PLACE}\n"))
DEFAULT_GROUP = replaced(
    ("tunnel-group 203.0.113.1 type ipsec-l2l\n", ""),
    ("tunnel-group 203.0.113.1 ipsec-attributes", "tunnel-group DefaultL2LGroup ipsec-attributes"),
)


def test_a_dynamic_map_answers_whoever_has_the_key() -> None:
    """VPN CLI guide, "Using Dynamic Crypto Maps": without `match address` it takes the peer's identities."""
    lab = quiet(both(DYNAMIC, DEFAULT_GROUP))
    assert call(lab, "branch")
    hq = ends(lab)[0]
    assert [(str(p.ident.local), str(p.ident.remote)) for p in hq.datapath.pairs()] == [
        ("192.168.1.0/24", "192.168.2.0/24")
    ]
    assert call(lab, "hq", seconds=1)


def test_a_dynamic_map_never_begins() -> None:
    """The same guide: the ASA cannot initiate for a dynamic entry, as it knows no peer."""
    lab = quiet(both(DYNAMIC, DEFAULT_GROUP))
    assert not call(lab, "hq")
    assert not ends(lab)[0].ike.sas


def test_what_came_up_may_be_rekeyed_from_either_end() -> None:
    life = "crypto dynamic-map DYN 1 set security-association lifetime seconds 600"
    lab = quiet(both(DYNAMIC, added(life)))
    assert call(lab, "branch")
    before = spis(ends(lab)[0])
    assert all(call(lab, "hq", seconds=1) for _ in range(1300))
    assert spis(ends(lab)[0]) != before


@pytest.mark.parametrize(("acl", "works"), [("192.168.2.0 255.255.255.0", True), ("10.9.0.0 255.255.0.0", False)])
def test_a_dynamic_entry_with_a_list_takes_only_what_lies_within(acl: str, works: bool) -> None:
    lines = (f"access-list DYN-ACL extended permit ip any {acl}", "crypto dynamic-map DYN 1 match address DYN-ACL")
    assert call(quiet(both(DYNAMIC, added(*lines))), "branch") is works


def test_a_static_entry_goes_before_a_dynamic_one_that_stands_after_it() -> None:
    lab = quiet(added("crypto dynamic-map DYN 1 set ikev1 transform-set AES256-SHA", IN_PLACE))
    assert call(lab, "branch")
    assert [p.entry.sequence for p in ends(lab)[0].datapath.pairs()] == [10]


def test_a_dynamic_map_in_front_takes_the_static_peers_proposals() -> None:
    """Which is why it should have the highest number: its algorithms are used, not those of the static entry."""
    lab = quiet(
        added(
            "crypto ipsec ikev1 transform-set WEAK esp-aes esp-sha-hmac",
            "crypto dynamic-map DYN 1 set ikev1 transform-set WEAK", IN_PLACE.replace("65535", "1"),
        )
    )  # fmt: skip
    assert not call(lab, "branch")
    assert call(lab, "hq")


def test_reverse_route_injection_sends_the_answers_back() -> None:
    """Command reference, `set reverse-route`: hq has no route to the branch but the one that the SA brings."""
    default = "route outside 0.0.0.0 0.0.0.0 198.51.100.254 1"
    no_default = replaced((default, "route outside 203.0.113.0 255.255.255.0 198.51.100.254 1"))
    without = quiet(both(DYNAMIC, no_default))
    call(without, "branch")
    assert not call(without, "hq", seconds=1)
    injected = quiet(both(DYNAMIC, no_default, added("crypto dynamic-map DYN 1 set reverse-route")))
    assert call(injected, "branch")
    assert call(injected, "hq", seconds=1)


def test_ikev2_works_with_dynamic_maps_too() -> None:
    assert call(quiet(both(DYNAMIC, V2), V2), "branch")


def test_what_is_remembered_of_single_hosts_does_not_grow_for_ever() -> None:
    """A scan through the tunnel has another destination each time."""
    lab = quiet(DYNAMIC)
    hq = ends(lab)[0]
    assert call(lab, "branch")
    [context] = hq.datapath.contexts.values()
    hosts = (
        Packet(IPv4Address(f"192.168.1.{i}"), IPv4Address(f"192.168.2.{j}")) for i in range(40) for j in range(256)
    )
    for packet in hosts:
        assert hq.datapath.dynamic_context(("outside_map", 65535), packet) is context
        hq.egress(IPv4Address(int(packet.source) * 256 % 2**32 + int(packet.destination) % 256))
    assert 0 < len(hq.datapath._found) <= MOST_FOUND < 40 * 256
    assert 0 < len(hq._derived().egress) <= MOST_WAYS < 40 * 256
