# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnels in whose place a wider one is after the change: what they carried is tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.trying import Edit, tried

NARROW = "192.168.2.0 255.255.255.0"
OWN = "192.168.1.0 255.255.255.0"
LINES = (f"permit ip {OWN} {NARROW}", f"permit ip {NARROW} {OWN}")
INTERFACE = (
    "interface Tunnel1\n nameif vti\n ip address 169.254.1.{} 255.255.255.252\n tunnel source interface outside\n"
    " tunnel destination {}\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile VTI\n!\nftp mode passive"
)
PROFILE = "crypto ipsec profile VTI\n set ikev1 transform-set AES256-SHA\ncrypto ikev1 enable outside"


def put_together(text: str) -> str:
    """The branch's network as a part of a larger one."""
    for line in LINES:
        text = text.replace(line, line.replace(NARROW, "192.168.2.0 255.255.254.0"))
    return text


def routed(own: int, peer: str, there: str) -> Edit:
    """A tunnel interface in place of the crypto map."""

    def edit(text: str) -> str:
        lines = [line for line in text.splitlines() if not line.startswith(("crypto map", "nat (", "access-list"))]
        route = f"route vti {there} 255.255.255.0 169.254.1.{3 - own} 1\ntimeout xlate"
        edits = (("ftp mode passive", INTERFACE.format(own, peer)), ("timeout xlate", route),
                 ("crypto ikev1 enable outside", PROFILE))  # fmt: skip
        text = "\n".join(lines) + "\n"
        for old, new in edits:
            text = text.replace(old, new)
        return text

    return edit


@pytest.mark.parametrize(
    ("wider", "edits"),
    [
        (["192.168.1.0/24", "192.168.2.0/23"], {"hq": put_together, "branch": put_together}),
        (
            ["0.0.0.0/0", "0.0.0.0/0"],
            {"hq": routed(1, "203.0.113.1", "192.168.2.0"), "branch": routed(2, "198.51.100.1", "192.168.1.0")},
        ),
    ],
    ids=["a larger network", "a tunnel interface"],
)
def test_what_a_wider_tunnel_carries_now_is_not_gone(
    wider: list[str], edits: dict[str, Edit], tmp_path: Path
) -> None:  # fmt: skip
    document = tried(tmp_path, **edits)
    assert document["problems"] == []
    found = {tuple(each["networks"]): each for each in document["tunnels"]}
    assert sorted(found) == sorted([tuple(wider), ("192.168.1.0/24", "192.168.2.0/24")])
    after = found["192.168.1.0/24", "192.168.2.0/24"]["after"]
    assert after["traffic"] == {"hq": True, "branch": True}
    assert after["rekeys"]["phase2"] >= 2
    assert found[tuple(wider)]["before"] is None


def test_what_no_tunnel_interface_gets_does_not_come_up(tmp_path: Path) -> None:
    """Nobody gave it the route."""
    hq, branch = routed(1, "203.0.113.1", "192.168.9.0"), routed(2, "198.51.100.1", "192.168.1.0")
    document = tried(tmp_path, hq=hq, branch=branch)
    networks = ["192.168.1.0/24", "192.168.2.0/24"]
    after = next(each for each in document["tunnels"] if each["networks"] == networks)["after"]
    assert (after["up"]["hq"]["came_up"], after["up"]["hq"]["lost"]["step"]) == (False, "clear")
