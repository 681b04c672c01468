# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of any two releases, and a hub with its spokes."""

from __future__ import annotations

import pytest

from lab.site import load_site
from lab.testing import Typist, hub, pair

RELEASES = ("7.2(5)", "8.2(5)", "8.4(7)", "9.1(7)", "9.16(4)")


@pytest.mark.parametrize("branch", RELEASES)
@pytest.mark.parametrize("hq", RELEASES)
def test_any_two_releases_get_a_tunnel_up(hq: str, branch: str) -> None:
    lab = pair(hq, branch)
    assert lab.mirrors()
    assert [device.release for device in lab.network.devices.values()] == [hq, branch]
    assert {device.ike.sas[0].dpd for device in lab.network.devices.values()} == {False}


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_speaks_its_own_syntax(release: str) -> None:
    text = pair(release, release).network.devices["hq"].config
    lines = [block.line for block in text.blocks]
    legacy, objects = release < "8.4", release >= "8.4"
    assert ("crypto isakmp enable outside" in lines) is legacy
    assert ("crypto ikev1 enable outside" in lines) is not legacy
    assert ("nat (inside) 0 access-list NONAT" in lines) is not objects
    assert ("object network HQ-LAN" in lines) is objects


@pytest.mark.parametrize(
    ("release", "path", "has_state"),
    [
        ("7.2(5)", "path mtu 1500, ipsec overhead 74, media mtu 1500", False),
        ("8.2(5)", "path mtu 1500, ipsec overhead 74, media mtu 1500", False),
        ("8.4(7)", "path mtu 1500, ipsec overhead 74, media mtu 1500", False),
        ("9.1(7)", "path mtu 1500, ipsec overhead 74(44), media mtu 1500", True),
        ("9.16(4)", "path mtu 1500, ipsec overhead 74(44), media mtu 1500", True),
    ],
)
def test_show_crypto_ipsec_sa_is_of_the_release(release: str, path: str, has_state: bool) -> None:
    shown = Typist(pair(release, release), "hq").enable()("show crypto ipsec sa")
    assert path in [line.strip() for line in shown.splitlines()]
    assert ("SA State: active" in shown) is has_state
    assert ("#TFC rcvd" in shown) is has_state
    assert ("IKEv1, }" in shown) is (release >= "8.4")


def test_several_tunnels_of_a_hub_break_apart_from_the_others() -> None:
    lab = hub(5)
    centre = lab.network.devices["hub"]
    assert sorted(pair.peer for pair in centre.datapath.pairs()) == [f"203.0.113.{number}" for number in range(1, 6)]
    assert [entry.sequence for entry in centre.policy.entries_on("outside")] == [10, 20, 30, 40, 50]
    before = [traffic.answers for traffic in lab.traffic]
    for spoke in ("spoke2", "spoke4"):
        lab.fault("deletion-retry", spoke)
    answered = [traffic.answers - count for traffic, count in zip(lab.traffic, before, strict=True)]
    assert [count > 80 for count in answered] == [True, False, True, False, True]
    assert not lab.mirrors()


def test_generated_sites_have_names() -> None:
    assert list(load_site("hub").data["devices"]) == ["hub", *(f"spoke{number}" for number in range(1, 6))]
    assert len(load_site("hub:3").data["devices"]) == 4
    assert load_site("pair:7.2(5):9.16(4)").data["devices"]["branch"]["release"] == "9.16(4)"
    with pytest.raises(ValueError, match="a hub has 1 to 5000 spokes, not 0"):
        load_site("hub:0")
    with pytest.raises(ValueError, match=r"no site 'hub:x'; there are: .*hub\[:SPOKES\], pair:RELEASE:RELEASE"):
        load_site("hub:x")
