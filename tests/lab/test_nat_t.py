# SPDX-License-Identifier: GPL-3.0-or-later
"""A NAT in front of the branch: NAT traversal, and what is lost without it."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import Typist
from tests.lab.two_ends import BOTH, V2, Edit, added, both, call, ends, logged, quiet, replaced

PUBLIC = "203.0.113.200"
PEER = both(
    replaced(("set peer 203.0.113.1", f"set peer {PUBLIC}"), ("tunnel-group 203.0.113.1 ", f"tunnel-group {PUBLIC} "))
)


def behind(hq: Edit = str, branch: Edit = str, nat: object = PUBLIC) -> Lab:
    return quiet(both(PEER, hq), branch, nat={"branch": nat})


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("end", BOTH)
def test_esp_goes_inside_udp_where_a_nat_stands_between(end: str, version: int) -> None:
    """RFC 3947: both ends support it and see that addresses changed on the way; RFC 7296 §2.23 for IKEv2."""
    lab = behind(V2, V2) if version == 2 else behind()
    assert call(lab, end)
    assert call(lab, "branch" if end == "hq" else "hq", seconds=1)
    shown = Typist(lab, "hq").enable()("show crypto ipsec sa")
    pfs = "PFS Group 14, " if version == 1 else ""
    assert f"in use settings ={{L2L, Tunnel,  NAT-T-Encaps, {pfs}IKEv{version}, }}" in shown
    assert f"local crypto endpt.: 198.51.100.1/4500, remote crypto endpt.: {PUBLIC}/4500" in shown
    session = Typist(lab, "hq").enable()("show vpn-sessiondb detail l2l")
    assert f"Protocol     : IKEv{version} IPsecOverNatT" in session


def test_without_a_nat_nothing_is_encapsulated() -> None:
    lab = quiet()
    assert call(lab, "hq")
    assert "NAT-T-Encaps" not in Typist(lab, "hq").enable()("show crypto ipsec sa")


@pytest.mark.parametrize("at", BOTH)
@pytest.mark.parametrize("end", BOTH)
def test_with_nat_traversal_off_at_one_end_the_tunnel_comes_up_and_carries_nothing(end: str, at: str) -> None:
    """Plain ESP has no ports and does not pass a NAT that translates ports; IKE itself does."""
    off = {at: added("no crypto isakmp nat-traversal")}
    lab = behind(**off)
    assert not call(lab, end)
    hq, branch = ends(lab)
    assert [len(list(device.datapath.pairs())) for device in (hq, branch)] == [1, 1]
    sender, receiver = (hq, branch) if end == "hq" else (branch, hq)
    assert next(iter(sender.datapath.contexts.values())).counters.encaps > 0
    assert next(iter(receiver.datapath.contexts.values())).counters.decaps == 0


def test_a_map_entry_can_go_without_it() -> None:
    """Command reference, `crypto map set nat-t-disable`: what this end sends then is lost."""
    lab = behind(hq=added("crypto map outside_map 10 set nat-t-disable"))
    assert not call(lab, "hq")
    assert call(lab, "branch")


def test_the_private_address_is_nobody_to_the_others() -> None:
    lab = quiet(nat={"branch": PUBLIC})
    assert not call(lab, "hq")
    assert not call(lab, "branch")
    assert not list(ends(lab)[1].datapath.pairs())


def test_a_nat_that_forwards_nothing_lets_only_the_inner_end_begin() -> None:
    """Until the branch has sent something the NAT has no mapping; keepalives hold it open then (RFC 3948 §4)."""
    lab = behind(nat={"public": PUBLIC, "forwards": False, "mapping": "60s"})
    assert not call(lab, "hq")
    lab.advance(60)
    assert call(lab, "branch")
    lab.advance(1200)
    assert call(lab, "hq", seconds=1)
    assert not logged(ends(lab)[0], 713050)
