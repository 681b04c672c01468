# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites that are there for a story each: what they are, and that they work before anything happens."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import NoAnswerError, Typist, change
from tests.lab.two_ends import call


def works(lab: Lab) -> list[tuple[str, bool]]:
    return [("-".join(pair["ends"]), pair["passes"]) for pair in lab.status()["truth"]["pairs"]]


@pytest.mark.parametrize(
    ("site", "pairs"),
    [
        ("vti", ["hq-branch"]),
        ("dynamic-hub", ["hub-spoke1", "hub-spoke2"]),
        ("in-band-two", ["hq-branch"]),
    ],
)
def test_a_site_works_when_nothing_is_wrong_and_still_does_a_day_later(site: str, pairs: list[str]) -> None:
    lab = change(site)
    assert works(lab) == [(pair, True) for pair in pairs]
    lab.advance(24 * 3600)
    assert works(lab) == [(pair, True) for pair in pairs]
    assert all(flow["answered"] > 0.99 * flow["sent"] for flow in lab.status()["flows"])


def test_no_crypto_map_carries_the_route_based_site() -> None:
    lab = change("vti")
    hq = Typist(lab, "hq").enable()
    assert hq("show running-config crypto map") == ""
    assert "Crypto map tag: __vti-crypto-map-4-0-1" in hq("show crypto ipsec sa")
    assert "READY" in hq("show crypto ikev2 sa")


def test_the_hub_knows_no_spoke_and_answers_whoever_has_the_key() -> None:
    """VPN CLI guide, "Using Dynamic Crypto Maps": the ASA cannot begin for a dynamic entry, as it knows no peer."""
    lab = change("dynamic-hub")
    hub = lab.network.devices["hub"]
    assert "203.0.113." not in lab.site.text("hub")
    assert {sa.role for sa in hub.ike.sas} == {"responder"}
    for flow in lab.traffic:
        flow.stop()
    for name in ("hub", "spoke1"):
        lab.network.devices[name].power_cut()
    assert not call(lab, source="192.168.0.10", destination="192.168.1.10")
    assert "203.0.113.1" not in {sa.peer for sa in hub.ike.sas}
    assert call(lab, source="192.168.1.10", destination="192.168.0.10")
    assert call(lab, source="192.168.0.10", destination="192.168.1.10", seconds=1)


def test_a_broken_sa_beside_the_way_to_branch_leaves_that_way_open() -> None:
    lab = change("in-band-two")
    login = Typist(lab, "branch").enable()
    lab.fault("deletion-retry", "hq")
    assert works(lab) == [("hq-branch", False)]
    assert "UTC" in login("show clock")
    with pytest.raises(NoAnswerError, match="does not answer 'clear crypto ipsec sa'"):
        login("clear crypto ipsec sa")
