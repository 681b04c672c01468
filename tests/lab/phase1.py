# SPDX-License-Identifier: GPL-3.0-or-later
"""Two firewalls, hq and branch, whose configurations a test edits, and of which it says who speaks first."""

from __future__ import annotations

import re
from collections.abc import Callable

from lab import generate
from lab.engine.ike_sa import IkeSa
from lab.engine.network import Device
from lab.site import Lab
from lab.testing import EditedSite

Edit = Callable[[str], str]
INITIATORS = ("hq", "branch")
HOSTS = {"hq": "192.168.1.10", "branch": "192.168.2.10"}
ADDRESSES = {"hq": "198.51.100.1", "branch": "203.0.113.1"}
OTHER = {"hq": "branch", "branch": "hq"}


def lab(
    release: str = "9.16(4)", other: str = "", *, first: str = "hq", hq: Edit = str, branch: Edit = str,
    flows: bool = True,
) -> Lab:  # fmt: skip
    """A pair of one release, or of two. The host behind `first` sends a packet a second; the first comes at once."""
    site = generate.pair(release, other or release)
    texts = {"hq": hq(talkative(site.text("hq"))), "branch": branch(talkative(site.text("branch")))}
    flow = {"from": HOSTS[first], "to": HOSTS[OTHER[first]], "every": "1s", "answered": True}
    data = {**site.data, "flows": [flow] if flows else [], "settle": "0s"}
    return Lab(EditedSite(site.name, data, site.folder, texts), wall=lambda: 0.0)


def talkative(text: str) -> str:
    """DPD at its default, and every message in the buffer."""
    text = text.replace(" isakmp keepalive disable\n", "").replace(
        "logging buffer-size 65536", "logging buffer-size 999999"
    )
    return re.sub(r"logging buffered \w+", "logging buffered debugging", text)


def change(*pairs: tuple[str, str]) -> Edit:
    """An edit that replaces texts, each of which must be there."""

    def edit(text: str) -> str:
        for old, new in pairs:
            assert old in text, f"{old!r} is not in the configuration"
            text = text.replace(old, new)
        return text

    return edit


def both(*edits: Edit) -> Edit:
    def edit(text: str) -> str:
        for each in edits:
            text = each(text)
        return text

    return edit


def ikev2(
    key: str = "k", remote: str = "", policy: str = "encryption aes-256\n integrity sha256\n group 19\n prf sha256",
    proposal: str = "protocol esp encryption aes-256\n protocol esp integrity sha-256", keep_v1: bool = False,
) -> Edit:  # fmt: skip
    """From IKEv1 to IKEv2: `key` is what the end proves itself with, `remote` what it expects (or the same)."""

    def edit(text: str) -> str:
        v2 = f"crypto ikev2 enable outside\ncrypto ikev2 policy 1\n {policy}\n lifetime seconds 86400\n"
        keys = (
            f" ikev2 remote-authentication pre-shared-key {remote or key}\n"
            f" ikev2 local-authentication pre-shared-key {key}"
        )
        proposals = f"crypto ipsec ikev2 ipsec-proposal P\n {proposal}\n"
        text = re.sub(r"(?m)^(crypto map \S+ \d+) set ikev1 transform-set (\S+)$",
                      r"\1 set ikev1 transform-set \2\n\1 set ikev2 ipsec-proposal P", text)  # fmt: skip
        text = text.replace("crypto ikev1 enable outside\n", f"{v2}crypto ikev1 enable outside\n")
        text = text.replace("crypto ipsec ikev1 transform-set", f"{proposals}crypto ipsec ikev1 transform-set", 1)
        text = re.sub(r"(?m)^( ikev1 pre-shared-key \S+)$", rf"\1\n{keys}", text)
        if keep_v1:
            return text
        text = re.sub(r"(?m)^crypto map \S+ \d+ set ikev1 .*\n", "", text)
        return re.sub(r"(?m)^ ikev1 pre-shared-key .*\n", "", text)

    return edit


def device(running: Lab, name: str) -> Device:
    return running.network.devices[name]


def sas(running: Lab, name: str) -> list[IkeSa]:
    return device(running, name).ike.sas


def states(running: Lab) -> dict[str, list[str]]:
    """What IKE has at each end."""
    return {name: [sa.state for sa in each.ike.sas] for name, each in running.network.devices.items()}


def log(running: Lab, name: str) -> list[str]:
    """The messages of a device without their time."""
    return [line.partition("%ASA-")[2] for line in device(running, name).syslog.lines]


def up(running: Lab) -> bool:
    """Does the pair carry packets in both directions, on SAs that mirror?"""
    return running.mirrors() and all(pair["passes"] for pair in running.status()["truth"]["pairs"])
