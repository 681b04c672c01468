# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy identities against crypto ACLs: who may ask for what, from either end."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.messages import Packet
from tests.lab.two_ends import BOTH, KEY, V2, Edit, added, both, call, ends, logged, quiet, replaced, spis

HQ_ACL = "access-list VPN-BRANCH extended permit ip 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0"
BRANCH_ACL = "access-list VPN-HQ extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"
LARGER = HQ_ACL.replace("192.168.2.0 255.255.255.0", "192.168.2.0 255.255.254.0")


def versions(edit: Edit, version: int) -> Edit:
    return both(edit, V2) if version == 2 else edit


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("end", BOTH)
def test_mirrored_lists_agree_from_both_ends(end: str, version: int) -> None:
    """Cisco VPN CLI guide, "Defining Crypto Maps": compatible means mirrored crypto ACLs."""
    lab = quiet(versions(str, version), versions(str, version))
    assert call(lab, end)
    assert call(lab, "branch" if end == "hq" else "hq", seconds=1)
    assert len(spis(ends(lab)[0])) == 1


@pytest.mark.parametrize("version", [1, 2])
def test_the_smaller_list_may_ask_the_larger_one(version: int) -> None:
    """Syslog 713061: the initiator's identities must lie within the responder's; hq has the larger list."""
    lab = quiet(versions(replaced((HQ_ACL, LARGER)), version), versions(str, version))
    assert call(lab, "branch")
    assert [str(pair.ident.remote) for pair in ends(lab)[0].datapath.pairs()] == ["192.168.2.0/24"]


def test_the_larger_list_is_refused_by_the_smaller_one() -> None:
    lab = quiet(replaced((HQ_ACL, LARGER)))
    assert not call(lab, "hq")
    hq, branch = ends(lab)
    assert logged(branch, 713061)[0] == (
        "Group = 198.51.100.1, IP = 198.51.100.1, Rejecting IPSec tunnel: no matching crypto map entry for remote "
        "proxy 192.168.1.0/255.255.255.0/0/0 local proxy 192.168.2.0/255.255.254.0/0/0 on interface outside"
    )
    assert logged(branch, 713259)[0].endswith("Session is being torn down. Reason: crypto map policy not found")
    assert logged(hq, 713902)[0].startswith("Group = 203.0.113.1, IP = 203.0.113.1, QM FSM error (P2 struct")


def test_ikev2_refuses_the_larger_list_with_ts_unacceptable() -> None:
    """RFC 7296 §2.9; syslog 751022 and 750003 at the responder."""
    lab = quiet(versions(replaced((HQ_ACL, LARGER)), 2), V2)
    assert not call(lab, "hq")
    hq, branch = ends(lab)
    assert "local traffic selector 192.168.2.0/192.168.3.255/0/65535/0" in logged(branch, 751022)[0]
    assert any("Received TS_UNACCEPTABLE notify" in line for line in logged(hq, 750003))


def test_a_subset_that_was_accepted_does_not_carry_the_rest() -> None:
    """Each ACE has an SA of its own; a packet outside of the accepted subset makes hq ask for its whole line."""
    lab = quiet(replaced((HQ_ACL, LARGER)))
    assert call(lab, "branch")
    assert call(lab, "hq")
    assert not call(lab, "hq", destination="192.168.3.10")
    assert logged(ends(lab)[1], 713061)


@pytest.mark.parametrize("end", BOTH)
def test_a_deny_line_keeps_its_packets_out_of_the_entry(end: str) -> None:
    """Cisco VPN CLI guide: a packet that a deny line matches is tried against the next entry, here none."""
    deny_hq = HQ_ACL.replace("permit ip 192.168.1.0 255.255.255.0", "deny ip host 192.168.1.10")
    deny_branch = "access-list VPN-HQ extended deny ip 192.168.2.0 255.255.255.0 host 192.168.1.10"
    lab = quiet(replaced((HQ_ACL, f"{deny_hq}\n{HQ_ACL}")), replaced((BRANCH_ACL, f"{deny_branch}\n{BRANCH_ACL}")))
    assert not call(lab, end)
    other = {"hq": ("192.168.1.20", "192.168.2.10"), "branch": ("192.168.2.10", "192.168.1.20")}[end]
    assert call(lab, end, *other)


def test_lines_for_a_port_carry_that_port_alone() -> None:
    """RFC 2407 §4.6.2: protocol and port are part of an identity."""
    mirrored = BRANCH_ACL.replace("permit ip", "permit tcp").replace("255.255.255.0 192", "255.255.255.0 eq 443 192")
    lab = quiet(
        replaced((HQ_ACL, HQ_ACL.replace("permit ip", "permit tcp") + " eq 443")), replaced((BRANCH_ACL, mirrored))
    )
    assert not call(lab, "hq")
    assert call(lab, "hq", protocol="tcp", port=443)
    assert not call(lab, "hq", protocol="tcp", port=80)
    ident = next(ends(lab)[0].datapath.pairs()).ident
    assert (ident.protocol, ident.local_ports, ident.remote_ports) == (6, (0, 65535), (443, 443))


def test_a_line_for_one_protocol_is_within_the_peers_line_for_all() -> None:
    lab = quiet(replaced((HQ_ACL, HQ_ACL.replace("permit ip", "permit icmp"))))
    assert call(lab, "hq")
    assert not call(lab, "branch", source="192.168.2.10", protocol="udp", port=53)
    assert logged(ends(lab)[0], 713061)


@pytest.mark.parametrize("end", BOTH)
def test_any_is_mirrored_by_any(end: str) -> None:
    lab = quiet(
        replaced((HQ_ACL, HQ_ACL.replace("192.168.1.0 255.255.255.0", "any", 1))),
        replaced((BRANCH_ACL, BRANCH_ACL.replace("192.168.1.0 255.255.255.0", "any"))),
    )
    assert call(lab, end)


@pytest.mark.parametrize("end", BOTH)
def test_object_groups_make_a_pair_of_sas_per_pair_of_members(end: str) -> None:
    group = "object-group network FAR\n network-object host 192.168.2.10\n network-object host 192.168.2.11\n"
    lab = quiet(
        replaced((HQ_ACL, group + HQ_ACL.replace("192.168.2.0 255.255.255.0", "object-group FAR"))),
        replaced((BRANCH_ACL, group + BRANCH_ACL.replace("192.168.2.0 255.255.255.0", "object-group FAR"))),
    )
    assert call(lab, end)
    second = ("192.168.1.10", "192.168.2.11")
    assert call(lab, end, *(second if end == "hq" else second[::-1]))
    assert len(spis(ends(lab)[0])) == 2


@pytest.mark.parametrize("wrong_first", [False, True])
def test_a_line_of_one_end_alone_and_one_of_both_begin_together(wrong_first: bool) -> None:
    """RFC 2409 §5.5: quick modes go on side by side. Without any other, a refused one takes the IKE SA along."""
    lab = quiet(replaced((HQ_ACL, f"{HQ_ACL}\n{HQ_ACL.replace('192.168.1.0', '192.168.10.0')}")))
    hq, branch = ends(lab)
    packets = [Packet(IPv4Address(source), IPv4Address("192.168.2.10")) for source in ("192.168.1.10", "192.168.10.10")]
    for packet in reversed(packets) if wrong_first else packets:
        assert not hq.forward(packet)
    lab.advance(1)
    assert len(logged(branch, 713061)) == 1
    assert hq.forward(packets[0]) is not wrong_first
    assert len(logged(branch, 713259)) == wrong_first
    lab.advance(1)
    assert hq.forward(packets[0])
    # From now on there is an SA, which a refusal leaves alone.
    for _ in range(3):
        assert not hq.forward(packets[1])
        lab.advance(1)
    assert len(logged(branch, 713061)) == 4
    assert hq.forward(packets[0])


def test_an_earlier_entry_shadows_a_later_one() -> None:
    """First match wins by sequence number: the packet goes to the peer of the earlier entry, which is not there."""
    shadow = (
        "access-list ALL extended permit ip any any", "crypto map outside_map 5 match address ALL",
        "crypto map outside_map 5 set peer 203.0.113.77", "crypto map outside_map 5 set ikev1 transform-set AES256-SHA",
    )  # fmt: skip
    lab = quiet(added(*shadow))
    assert not call(lab, "hq")
    assert [sa.peer for sa in ends(lab)[0].ike.sas] in (["203.0.113.77"], [])
    assert call(lab, "branch")
    assert not call(lab, "hq", seconds=2)


def test_an_incomplete_entry_takes_part_in_nothing() -> None:
    """`WARNING: The crypto map entry is incomplete!`: without a peer it protects nothing."""
    lab = quiet(added("access-list ALL extended permit ip any any", "crypto map outside_map 5 match address ALL"))
    assert call(lab, "hq")


@pytest.mark.parametrize("end", BOTH)
def test_the_wrong_peer_address_stops_both(end: str) -> None:
    """The caller finds nobody there, and the other end has no entry for the caller."""
    lab = quiet(replaced(("set peer 203.0.113.1", "set peer 203.0.113.9")))
    assert not call(lab, end)
    hq, branch = ends(lab)
    if end == "branch":
        assert logged(hq, 713061)
    assert not spis(branch)


def test_the_next_peer_is_tried_when_the_first_one_is_silent() -> None:
    """Command reference, `crypto map set peer`: the peers of an entry are tried in order."""
    group = ("tunnel-group 203.0.113.9 type ipsec-l2l", "tunnel-group 203.0.113.9 ipsec-attributes", f" ikev1 {KEY}")
    lab = quiet(both(replaced(("set peer 203.0.113.1", "set peer 203.0.113.9 203.0.113.1")), added(*group)))
    assert not call(lab, "hq", seconds=25)
    assert call(lab, "hq", seconds=60)
    assert [pair.peer for pair in ends(lab)[0].datapath.pairs()] == ["203.0.113.1"]


@pytest.mark.parametrize(
    ("kind", "initiator", "works"),
    [
        ("originate-only", "hq", True), ("originate-only", "branch", False),
        ("answer-only", "hq", False), ("answer-only", "branch", True),
        ("bi-directional", "hq", True), ("bi-directional", "branch", True),
    ],
)  # fmt: skip
def test_the_connection_type_says_who_may_begin(kind: str, initiator: str, works: bool) -> None:
    """Command reference, `crypto map set connection-type`; hq has the type."""
    lab = quiet(added(f"crypto map outside_map 10 set connection-type {kind}"))
    assert call(lab, initiator) is works
