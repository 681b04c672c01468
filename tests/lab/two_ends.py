# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ends in memory without any traffic of their own, so that a test says who calls first."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address

from lab import generate
from lab.engine.messages import Packet
from lab.engine.network import Device
from lab.engine.traffic import send_packet
from lab.site import Lab
from lab.testing import EditedSite

HQ_HOST, BRANCH_HOST = "192.168.1.10", "192.168.2.10"
HOSTS = {"hq": (HQ_HOST, BRANCH_HOST), "branch": (BRANCH_HOST, HQ_HOST)}
BOTH = ("hq", "branch")

Edit = Callable[[str], str]


def quiet(
    hq: Edit = str, branch: Edit = str, releases: tuple[str, str] = ("9.16(4)", "9.16(4)"), **data: object
) -> Lab:
    """Hq and branch of `generate.pair`, edited; `data` goes into the site."""
    site = generate.pair(*releases)
    texts = {"hq": hq(site.text("hq")), "branch": branch(site.text("branch"))}
    return Lab(EditedSite(site.name, {**site.data, "flows": [], **data}, site.folder, texts), wall=lambda: 0.0)


def replaced(*pairs: tuple[str, str]) -> Edit:
    def edit(text: str) -> str:
        for old, new in pairs:
            assert old in text, f"{old!r} is not in the configuration"
            text = text.replace(old, new)
        return text

    return edit


def added(*lines: str) -> Edit:
    """Lines that go before the crypto map is applied, first-level ones and their indented ones alike."""
    return replaced(
        ("crypto map outside_map interface outside", "\n".join([*lines, "crypto map outside_map interface outside"]))
    )


def both(*edits: Edit) -> Edit:
    def edit(text: str) -> str:
        for each in edits:
            text = each(text)
        return text

    return edit


PROPOSAL = "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256\n protocol esp integrity sha-1"
POLICY = (
    "crypto ikev2 policy 1\n encryption aes-256\n integrity sha256\n group 14\n prf sha256\n lifetime seconds 86400"
)
KEY = "pre-shared-key lab-psk-branch-hq"
V2 = replaced(
    ("crypto ipsec ikev1 transform-set AES256-SHA esp-aes-256 esp-sha-hmac", PROPOSAL),
    ("set ikev1 transform-set AES256-SHA", "set ikev2 ipsec-proposal P"),
    ("crypto ikev1 enable outside", f"crypto ikev2 enable outside\n{POLICY}"),
    (f" ikev1 {KEY}", f" ikev2 remote-authentication {KEY}\n ikev2 local-authentication {KEY}"),
)


def call(
    lab: Lab, end: str = "hq", source: str = "", destination: str = "", seconds: float = 12, protocol: str = "icmp",
    port: int = 0,
) -> bool:  # fmt: skip
    """A packet a second from a host behind this end; True when the last one arrived."""
    arrived = False
    for _ in range(int(seconds)):
        packet = Packet(
            IPv4Address(source or HOSTS[end][0]), IPv4Address(destination or HOSTS[end][1]), protocol, 100,
            40000 if port else 0, port,
        )  # fmt: skip
        arrived = send_packet(lab.network, packet)
        lab.advance(1)
    return arrived


def ends(lab: Lab) -> tuple[Device, Device]:
    return lab.network.devices["hq"], lab.network.devices["branch"]


def spis(device: Device) -> list[int]:
    return [pair.spi_in for pair in device.datapath.pairs()]


def logged(device: Device, number: int) -> list[str]:
    return [line.split(f"-{number}: ", 1)[1] for line in device.syslog.lines if f"-{number}: " in line]
