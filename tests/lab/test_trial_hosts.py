# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts say where lists let single services through, and where addresses are translated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.trying import Edit, only, tried

LANS = {"hq": "192.168.1.0 255.255.255.0", "branch": "192.168.2.0 255.255.255.0"}
PAT = "nat (inside,outside) source dynamic any interface"


def with_lines(text: str, *lines: str) -> str:
    return text.replace("timeout xlate", "\n".join(lines) + "\ntimeout xlate", 1)


def filtered(end: str, *services: str) -> Edit:
    """A vpn-filter at this end: `PROTOCOL REMOTE LOCAL` with words of both ends' networks."""
    other = "branch" if end == "hq" else "hq"

    def edit(text: str) -> str:
        lines = [
            f"access-list FILTER extended {each.replace('REMOTE', LANS[other]).replace('LOCAL', LANS[end])}"
            for each in services
        ]
        return with_lines(text, *lines).replace(
            "tunnel-group ",
            "group-policy DfltGrpPolicy attributes\n vpn-filter value FILTER\ntunnel-group ", 1,
        )  # fmt: skip

    return edit


def came_up(tunnel: dict[str, Any]) -> dict[str, bool]:
    return {end: each["came_up"] for end, each in tunnel["after"]["up"].items()}


@pytest.mark.parametrize(
    ("services", "said"),
    [
        (("permit tcp REMOTE LOCAL eq 22",), {
            "hq": "tcp from port 22 of 192.168.1.10 to 192.168.2.10",
            "branch": "tcp from 192.168.2.10 to port 22 of 192.168.1.10",
        }),
        (("deny ip any host 192.168.1.10", "permit udp REMOTE eq 53 LOCAL"), {
            "hq": "udp from 192.168.1.128 to port 53 of 192.168.2.128",
            "branch": "udp from port 53 of 192.168.2.128 to 192.168.1.128",
        }),
        (("permit ip host 192.168.2.77 LOCAL",), {
            "hq": "icmp from 192.168.1.10 to 192.168.2.77", "branch": "icmp from 192.168.2.77 to 192.168.1.10",
        }),
        (("permit icmp REMOTE LOCAL echo", "permit tcp REMOTE LOCAL eq 22"), {}),
    ],
)  # fmt: skip
def test_what_a_filter_permits_is_said_in_place_of_a_ping(
    services: tuple[str, ...], said: dict[str, str], tmp_path: Path
) -> None:
    """Command reference, `vpn-filter`: the remote networks are the source, whichever way the packet goes."""
    tunnel = only(tried(tmp_path, hq=filtered("hq", *services)))
    assert came_up(tunnel) == {"hq": True, "branch": True}
    assert tunnel["after"]["instead"] == said
    assert tunnel["after"]["traffic"] == {"hq": True, "branch": True}
    assert tunnel["after"]["rekeys"]["phase2"] >= 2
    assert None not in tunnel["after"]["reboot"].values()
    assert None not in tunnel["after"]["incident"].values()
    assert tunnel["change"]["up_at_end"]


def test_a_filter_for_the_wrong_way_round_is_told(tmp_path: Path) -> None:
    tunnel = only(tried(tmp_path, hq=filtered("hq", "permit tcp LOCAL REMOTE eq 22")))
    assert came_up(tunnel) == {"hq": False, "branch": False}
    assert tunnel["after"]["up"]["branch"]["lost"]["step"] == "vpn-filter"


def test_without_permit_vpn_each_end_asks_for_what_the_other_lets_in(tmp_path: Path) -> None:
    """CLI guide, "Configuring IPsec to Bypass ACLs"."""

    def behind_list(service: str) -> Edit:
        return lambda text: with_lines(
            text, f"access-list IN extended permit tcp any any eq {service}", "access-group IN in interface outside",
            "no sysopt connection permit-vpn",
        )  # fmt: skip

    tunnel = only(tried(tmp_path, hq=behind_list("443"), branch=behind_list("22")))
    assert came_up(tunnel) == {"hq": True, "branch": True}
    assert tunnel["after"]["instead"] == {
        "hq": "tcp from 192.168.1.10 to port 22 of 192.168.2.10",
        "branch": "tcp from 192.168.2.10 to port 443 of 192.168.1.10",
    }


def translated(*before: str) -> Edit:
    """The branch's network is 10.99.2.0 beyond the tunnel."""

    def edit(text: str) -> str:
        objects = ("object network MAPPED", " subnet 10.99.2.0 255.255.255.0")
        text = text.replace("192.168.2.0", "10.99.2.0").replace("192.168.2.1 ", "192.168.2.1 ")
        if "hostname branch" not in text:
            return text
        head, _, rest = text.partition("\nnat ")
        rest = rest.partition("\n")[2]
        rule = "nat (inside,outside) source static REAL MAPPED destination static HQ HQ"
        real = ("object network REAL", " subnet 192.168.2.0 255.255.255.0", "object network HQ",
                " subnet 192.168.1.0 255.255.255.0")  # fmt: skip
        return "\n".join([head, *objects, *real, *before, rule, rest])

    return edit


def test_a_host_whose_address_is_translated_sends_from_its_own(tmp_path: Path) -> None:
    """CLI guide, "NAT for VPN": translation comes before the crypto map looks."""
    good, shadowed = translated(), translated(PAT)
    document = tried(tmp_path / "good", hq=good, branch=good)
    tunnel = next(each for each in document["tunnels"] if each["networks"] == ["192.168.1.0/24", "10.99.2.0/24"])
    assert came_up(tunnel) == {"hq": True, "branch": True}
    document = tried(tmp_path / "bad", hq=shadowed, branch=shadowed)
    tunnel = next(each for each in document["tunnels"] if each["networks"] == ["192.168.1.0/24", "10.99.2.0/24"])
    assert came_up(tunnel) == {"hq": False, "branch": False}
    assert tunnel["after"]["up"]["branch"]["lost"]["detail"] == PAT
