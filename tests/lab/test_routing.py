# SPDX-License-Identifier: GPL-3.0-or-later
"""`show route` has the routes that packets take: the rules of which one is in use, and how each release prints them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.site import Lab
from lab.testing import Typist
from tests.lab.test_vti import vti
from tests.lab.two_ends import added, both, ends, quiet

OUTSIDE = "198.51.100.0 255.255.255.0 is directly connected, outside"
INSIDE = "192.168.1.0 255.255.255.0 is directly connected, inside"
RRI = added("crypto map outside_map 10 set reverse-route")


def routes(lab: Lab) -> list[str]:
    """What hq prints after its line `Gateway of last resort`."""
    return Typist(lab, "hq").enable()("show route").partition("Gateway of last resort is ")[2].splitlines()


def test_of_two_metrics_the_lower_one_is_shown_and_the_other_once_its_interface_is_gone() -> None:
    """CLI guide, "How the Routing Table Is Populated"; command reference, `route`: three ways of one metric count."""
    lab = quiet(
        added(
            "route outside 10.9.0.0 255.255.0.0 198.51.100.9 9", "route inside 10.9.0.0 255.255.0.0 192.168.1.8 5",
            "route inside 10.9.0.0 255.255.0.0 192.168.1.7 5", "route inside 0.0.0.0 0.0.0.0 192.168.1.9 tunneled",
        )
    )  # fmt: skip
    assert routes(lab) == [
        "198.51.100.254 to network 0.0.0.0", "",
        "S*       0.0.0.0 0.0.0.0 [1/0] via 198.51.100.254, outside",
        "S        10.9.0.0 255.255.0.0 [5/0] via 192.168.1.8, inside",
        "                              [5/0] via 192.168.1.7, inside",
        f"C        {INSIDE}", "L        192.168.1.1 255.255.255.255 is directly connected, inside",
        f"C        {OUTSIDE}", "L        198.51.100.1 255.255.255.255 is directly connected, outside",
    ]  # fmt: skip
    hq = Typist(lab, "hq").enable()
    for line in ("configure terminal", "interface GigabitEthernet0/1", "shutdown", "end"):
        hq(line)
    assert "S        10.9.0.0 255.255.0.0 [9/0] via 198.51.100.9, outside" in routes(lab)
    egress = ends(lab)[0].egress(IPv4Address("10.9.0.1"))
    assert egress is not None
    assert egress.nameif == "outside"


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ("7.2(5)", "S    192.168.2.0 255.255.255.0 [1/0] via 198.51.100.254, outside"),
        ("9.1(7)", "S    192.168.2.0 255.255.255.0 [1/0] via 198.51.100.254, outside"),
        ("9.16(4)", "V        192.168.2.0 255.255.255.0 connected by VPN (advertised), outside"),
    ],
)
def test_a_route_that_the_crypto_map_brought_is_static_or_vpn_by_release(release: str, line: str) -> None:
    """Command reference, `crypto map set reverse-route`; from practice: the code, and that 9.2 changed it."""
    assert line in routes(quiet(RRI, releases=(release, release)))
    assert line not in routes(quiet(releases=(release, release)))


def test_a_configured_route_goes_before_one_that_the_crypto_map_brought() -> None:
    """From practice: of two of one distance the configured one."""
    line = "192.168.2.0 255.255.255.0"
    lab = quiet(both(RRI, added(f"route outside {line} 198.51.100.7 1")))
    assert [text for text in routes(lab) if line in text] == [f"S        {line} [1/0] via 198.51.100.7, outside"]


def test_a_tunnel_interface_without_an_sa_leads_nowhere() -> None:
    """VPN CLI guide, "Virtual Tunnel Interface": its line protocol follows its SA, and its routes the line protocol."""
    lab = quiet(vti("hq"), vti("branch"))
    over = {
        "C        10.255.0.0 255.255.255.252 is directly connected, vti",
        "L        10.255.0.1 255.255.255.255 is directly connected, vti",
        "S        192.168.2.0 255.255.255.0 [1/0] via 10.255.0.2, vti",
    }
    assert over <= set(routes(lab))
    lab.act("fault lost-peer hq")
    assert not over & set(routes(lab))
    lab.advance(60)
    assert over <= set(routes(lab))
