# SPDX-License-Identifier: GPL-3.0-or-later
"""Route-based tunnels (VPN CLI guide, "Virtual Tunnel Interface"; 9.7 for IKEv1, 9.8 for IKEv2)."""

from __future__ import annotations

import pytest

from lab.testing import Typist
from tests.lab.two_ends import BOTH, PROPOSAL, V2, Edit, both, call, ends, logged, quiet, replaced, spis


def vti(end: str, version: int = 1, *more: str) -> Edit:
    """In place of the crypto map entry: an interface, its profile and a route over it."""
    peer, far, own = {"hq": ("203.0.113.1", "192.168.2.0", "1"), "branch": ("198.51.100.1", "192.168.1.0", "2")}[end]
    algorithms = "set ikev1 transform-set AES256-SHA" if version == 1 else "set ikev2 ipsec-proposal P"
    lines = [
        "crypto ipsec profile PROFILE", f" {algorithms}", *more, "interface Tunnel1", " nameif vti",
        f" ip address 10.255.0.{own} 255.255.255.252", " tunnel source interface outside",
        f" tunnel destination {peer}",
        " tunnel mode ipsec ipv4", " tunnel protection ipsec profile PROFILE",
        f"route vti {far} 255.255.255.0 10.255.0.{3 - int(own)} 1",
    ]  # fmt: skip

    def edit(text: str) -> str:
        text = V2(text) if version == 2 else text
        kept = [line for line in text.splitlines() if not line.startswith("crypto map outside_map")]
        at = kept.index(next(line for line in kept if line.startswith("crypto ikev")))
        return "\n".join([*kept[:at], *lines, *kept[at:], ""])

    return edit


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("end", BOTH)
def test_a_tunnel_interface_negotiates_by_itself_for_everything(end: str, version: int) -> None:
    lab = quiet(vti("hq", version), vti("branch", version))
    hq, branch = ends(lab)
    assert [str(p.ident.local) for device in (hq, branch) for p in device.datapath.pairs()] == ["0.0.0.0/0"] * 2
    assert call(lab, end, seconds=1)
    shown = Typist(lab, "hq").enable()("show crypto ipsec sa")
    assert "interface: vti" in shown
    assert "Crypto map tag: __vti-crypto-map-4-0-1, seq num: 65280, local addr: 198.51.100.1" in shown
    assert "local ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)" in shown
    assert "VTI, }" in shown


def test_the_line_protocol_is_up_with_the_sa_and_routes_with_it() -> None:
    dpd = replaced((" isakmp keepalive disable\n", ""))
    lab = quiet(both(vti("hq"), dpd), both(vti("branch"), dpd))
    hq, _ = ends(lab)
    assert hq.line_up(hq.policy.tunnels[0])
    lab.fault("underlay-dead", "hq")
    lab.advance(120)
    assert not hq.line_up(hq.policy.tunnels[0])
    assert not call(lab, "hq", seconds=1)
    lab.fault("underlay-dead=off", "hq")
    lab.advance(90)
    assert call(lab, "hq", seconds=1)


def test_a_tunnel_interface_keeps_its_sa_without_traffic() -> None:
    """Its group-policy must not end it for idleness, though: that is `vpn-idle-timeout none`."""
    profile = " set security-association lifetime seconds 600"
    lab = quiet(vti("hq", 1, profile), vti("branch", 1, profile))
    before = spis(ends(lab)[0])
    lab.advance(1500)
    assert len(spis(ends(lab)[0])) == 1
    assert spis(ends(lab)[0]) != before


def test_responder_only_waits() -> None:
    lab = quiet(vti("hq", 1, " responder-only"), vti("branch", 1, " responder-only"))
    assert not spis(ends(lab)[0])
    lab = quiet(vti("hq", 1, " responder-only"), vti("branch"))
    assert call(lab, "hq", seconds=1)
    assert [sa.role for sa in ends(lab)[0].ike.sas] == ["responder"]


@pytest.mark.parametrize("end", BOTH)
def test_a_crypto_map_at_the_other_end_does_not_fit(end: str) -> None:
    """Neither lies `any` within the crypto ACL, nor do the ACL's networks fit a tunnel that has no ACL."""
    lab = quiet(vti("hq"))
    assert not call(lab, end)
    hq, branch = ends(lab)
    assert logged(branch, 713061)
    assert bool(logged(hq, 713061)) is (end == "branch")


def test_a_crypto_map_for_everything_fits_a_tunnel_interface() -> None:
    acl = "access-list VPN-HQ extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"
    no_pfs = replaced(("crypto map outside_map 10 set pfs group14\n", ""))
    lab = quiet(vti("hq"), both(no_pfs, replaced((acl, "access-list VPN-HQ extended permit ip any any"))))
    assert call(lab, "hq", seconds=5)


def test_without_its_profile_a_tunnel_interface_does_nothing() -> None:
    lab = quiet(both(vti("hq"), replaced((" tunnel protection ipsec profile PROFILE\n", ""))), vti("branch"))
    assert not call(lab, "hq")
    assert not spis(ends(lab)[1])
    assert PROPOSAL not in lab.site.text("hq")


def test_a_changed_configuration_makes_no_second_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at a tunnel interface sets the next one, 10 to 15 s later; were there two, they would be for ever."""
    lab = quiet(vti("hq"), vti("branch"))
    hq = ends(lab)[0]
    looks: list[float] = []

    def noted(tunnel: object) -> bool:
        looks.append(lab.scheduler.now)
        return True

    monkeypatch.setattr(hq, "line_up", noted)
    for number in range(4):
        hq.config.replace(("hostname",), f"hostname hq{number}")
        lab.advance(40)
    assert 10 <= len(looks) <= 17
