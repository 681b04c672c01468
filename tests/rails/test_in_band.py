# SPDX-License-Identifier: GPL-3.0-or-later
"""Which end is reached through the tunnel itself: by its address, a jump host's, the controller's own, and routes."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.in_band import behind, in_band
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    Config,
    NextHop,
    Route,
    RoutingTable,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.in_band import RAIL
from tests.build import (
    BRANCH,
    BRANCH_LAN,
    HQ,
    HQ_LAN,
    at_branch,
    at_hq,
    branch,
    branch_config,
    hq,
    hq_config,
    tunnel,
    vti,
)
from tests.rails.situations import broken, said

CUT = "this tunnel may be the only way to it, and clearing it could cut the session between the two clears"


def why(given: Tunnel, source: str = "", **addresses: str) -> dict[str, str]:
    """Why ends are reached through the tunnel; addresses are separated by spaces, and one source holds for both."""
    known = {name: tuple(ip_address(each) for each in text.split()) for name, text in addresses.items()}
    found = in_band(given, known, {end.name: ip_address(source) for end in given.ends} if source else {})
    assert found.keys() == {"hq", "branch"}
    return {name: words for name, words in found.items() if words}


def routed(given: Tunnel, *routes: tuple[str, str]) -> Tunnel:
    """The tunnel with this routing table at branch: networks and interfaces."""
    table = RoutingTable(
        routes=tuple(Route(("S",), ip_network(net), "via", (NextHop(interface=nameif),)) for net, nameif in routes)
    )
    ends = [
        replace(end, device=replace(end.device, routing=(table,))) if end.name == "branch" else end
        for end in given.ends
    ]
    return replace(given, ends=tuple(ends))


def test_the_rail_refuses_and_is_lifted_by_who_says_so() -> None:
    reached = {"hq": (ip_address(HQ),), "branch": (ip_address("10.2.0.9"),)}
    assert said("in-band", addresses=reached) == (
        f"branch is reached by way of 10.2.0.9, which lies in 10.2.0.0/16: {CUT}. {RAIL.lift}"
    )
    assert said("in-band", addresses=reached, allow_in_band=True) == ""
    assert said("in-band", addresses=reached, one_sided="hq") == ""
    assert (
        said("in-band", addresses={"hq": (ip_address(HQ),), "branch": (ip_address(BRANCH),)}) == said("in-band") == ""
    )
    assert said("in-band", addresses={"branch": ()}) == (
        "the name by which branch is reached (its own, or a jump host's) does not resolve here, so it cannot be ruled "
        f"out that it is reached through this tunnel. {RAIL.lift}"
    )


# --- by address ------------------------------------------------------------------------------------------------------


def test_outside_addresses_are_beside_the_tunnel() -> None:
    assert why(broken(), hq=HQ, branch=BRANCH) == {}
    assert why(broken(), source="10.1.0.50", hq=HQ, branch=BRANCH) == {}


def test_what_the_configuration_protects_counts_without_any_sa() -> None:
    idle = tunnel(hq(), branch())
    assert why(idle, branch="10.2.0.9") == {
        "branch": f"branch is reached by way of 10.2.0.9, which lies in 10.2.0.0/16: {CUT}"
    }


def test_what_the_sas_protect_counts_without_the_configuration() -> None:
    bare = {"access_lists": {"VPN": AccessList("VPN")}}
    given = tunnel(hq(at_hq(), config=hq_config(**bare)), branch(at_branch(), config=branch_config(**bare)))
    assert why(given, branch="10.2.0.9").keys() == {"branch"}


def test_a_jump_host_beyond_the_tunnel_counts_as_the_device_itself() -> None:
    assert why(broken(), branch=f"{BRANCH} 10.2.0.9") == {
        "branch": f"branch is reached by way of 10.2.0.9, which lies in 10.2.0.0/16: {CUT}"
    }
    assert why(broken(), branch=f"{BRANCH} 192.0.2.9") == {}


def test_a_controller_in_the_same_network_needs_no_tunnel() -> None:
    """Hq's own network: its inside address, and a jump host there for branch."""
    assert why(broken(), hq="10.1.0.1").keys() == {"hq"}
    assert why(broken(), source="10.1.0.50", hq="10.1.0.1", branch=f"{BRANCH} 10.1.0.9") == {}
    assert why(broken(), source="172.17.0.2", hq="10.1.0.1").keys() == {"hq"}
    assert why(broken(), source="10.2.0.50", hq="10.1.0.1").keys() == {"hq"}


def everything() -> Tunnel:
    """Branch sends all of its traffic to hq."""
    return tunnel(
        hq(at_hq(local="0.0.0.0/0"), config=hq_config(acl=[("0.0.0.0/0", BRANCH_LAN)])),
        branch(at_branch(remote="0.0.0.0/0"), config=branch_config(acl=[(BRANCH_LAN, "0.0.0.0/0")])),
    )


def test_a_network_of_all_addresses_tells_nothing_alone() -> None:
    assert why(everything(), source="192.0.2.50", hq=HQ, branch=BRANCH) == {}
    assert why(everything(), hq=HQ, branch=BRANCH).keys() == {"hq", "branch"}
    assert why(everything(), source="10.2.0.50", hq=HQ) == {
        "hq": f"hq is reached by way of {HQ}, which lies in 0.0.0.0/0: {CUT}"
    }
    assert why(everything(), source="192.0.2.50", branch="10.2.0.1").keys() == {"branch"}


# --- management-access -----------------------------------------------------------------------------------------------


def managed(**changes: object) -> Tunnel:
    return tunnel(hq(at_hq()), branch(at_branch(), config=branch_config(management_access="inside", **changes)))


def test_an_address_of_management_access_is_called_so() -> None:
    assert why(managed(), branch="10.2.0.1") == {
        "branch": f"branch is reached by way of 10.2.0.1 (management-access inside), which lies in 10.2.0.0/16: {CUT}"
    }
    assert why(managed(), branch=BRANCH) == {}


def test_an_address_of_management_access_counts_where_the_protected_traffic_is_not_known() -> None:
    unread = {"access_lists": {}, "unread": frozenset({"access-list"})}
    given = tunnel(
        hq(config=hq_config(**unread)),
        branch(config=branch_config(management_access="inside", **unread)),
    )
    (words,) = why(given, branch="10.2.0.1").values()
    assert words.startswith(
        "branch is reached by way of 10.2.0.1 (management-access inside), and what this tunnel protects is not known "
        "whole ("
    )


# --- the controller's own address ------------------------------------------------------------------------------------

BEYOND = (
    "the controller (10.1.0.50) lies in 10.1.0.0/16, which branch reaches through this tunnel, and 192.0.2.77, by "
    "which branch is reached, is no address of its configuration: its answers may go through this tunnel"
)


def test_a_controller_behind_the_other_end_is_no_proof_where_the_device_answers_from_its_own_address() -> None:
    assert why(broken(), source="10.1.0.50", hq=HQ, branch=BRANCH) == {}


def test_a_controller_behind_the_other_end_counts_where_nobody_knows_which_address_answers() -> None:
    assert why(broken(), source="10.1.0.50", hq=HQ, branch="192.0.2.77") == {"branch": BEYOND}
    assert why(broken(), source="192.0.2.50", hq=HQ, branch="192.0.2.77") == {}
    given = broken()
    ends = [
        replace(end, device=replace(end.device, public_addresses=(ip_address("192.0.2.77"),))) for end in given.ends
    ]
    assert why(replace(given, ends=tuple(ends)), source="10.1.0.50", branch="192.0.2.77") == {}


@pytest.mark.parametrize(("nameif", "words"), [("outside", {"branch": BEYOND}), ("management", {})])
def test_the_way_back_decides_where_the_routes_were_read(nameif: str, words: dict[str, str]) -> None:
    given = routed(broken(), ("0.0.0.0/0", "inside"), ("10.1.0.0/24", nameif), ("10.0.0.0/8", "elsewhere"))
    assert why(given, source="10.1.0.50", branch="192.0.2.77") == words


# --- virtual tunnel interfaces ---------------------------------------------------------------------------------------


def routes_based(*routes: tuple[str, str]) -> Tunnel:
    everywhere = {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"}

    def config(address: str, peer: str) -> Config:
        return vti(address, peer)

    return routed(
        tunnel(
            hq(at_hq(**everywhere), config=config(HQ, BRANCH)),
            branch(at_branch(**everywhere), config=config(BRANCH, HQ)),
        ),
        *routes,
    )


def test_the_route_back_to_the_controller_decides_for_a_virtual_tunnel_interface() -> None:
    beside = routes_based(("0.0.0.0/0", "outside"), (HQ_LAN, "tunnel1"))
    assert why(beside, source="192.0.2.50", branch=BRANCH) == {}
    assert why(beside, source="10.1.0.50", branch=BRANCH) == {
        "branch": "branch's way back to the controller (10.1.0.50) is tunnel1, which is this tunnel"
    }


def test_without_routes_a_virtual_tunnel_interface_may_be_the_way() -> None:
    assert why(routes_based(), source="192.0.2.50", branch=BRANCH) == {
        "branch": f"branch is reached by way of {BRANCH}, which lies in 0.0.0.0/0: {CUT}"
    }


def test_an_address_behind_the_tunnel_of_an_end_is_told_with_its_network() -> None:
    given = tunnel()
    (mine, _) = given.ends
    assert str(behind(given, mine, ip_network(BRANCH_LAN)[1])) == BRANCH_LAN
    assert behind(given, mine, ip_network(HQ_LAN)[1]) is None
    assert behind(given, mine, ip_address("192.0.2.2")) is None
