# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that a run may happen in, made in memory from the lab's sites, and who is whose peer in them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.site import Lab, load_site
from lab.testing import EditedSite

LEGACY = ("7.2(5)", "8.0(4)", "8.2(5)")
MODERN = ("9.1(7)", "9.8(4)", "9.12(4)", "9.16(4)")
#: Of a pair of any two; those between the others, too.
ANY = ("7.2(5)", "8.2(5)", "8.3(2)", "8.4(7)", "9.1(7)", "9.8(4)", "9.16(4)")
HOSTS = {
    "hq": "192.168.1.10",
    "branch": "192.168.2.10",
    "east": "10.1.0.10",
    "west": "10.2.0.10",
    "hub": "192.168.0.10",
    "spoke1": "192.168.1.10",
}


#: Faults of the lab that a clear may not mend, and may not be tried on.
OTHERS = ("undeletable-sa", "dead-asp-context", "kb-lifetime-zero", "underlay-dead")
_RARE = (1, 2, 1, 1)


@dataclass(frozen=True)
class Topology:
    """``ends`` are the tunnel that is mended; ``peers`` has, for each of them, the address of the other.

    ``faults`` are drawn by ``weights``; ``none`` leaves the tunnel healthy. ``spoke`` is an end of a tunnel that nobody
    mends, made of the second end where the site has none. ``units`` are those of the first end, when it is a pair.
    """

    site: str
    ends: tuple[str, str]
    peers: Mapping[str, str]
    releases: tuple[str, ...]
    faults: tuple[str, ...] = ("deletion-retry", "lost-peer", *OTHERS, "none")
    weights: tuple[int, ...] = (14, 9, *_RARE, 2)
    edit: Callable[[str, str], str] = lambda device, text: text
    spoke: str = ""
    units: tuple[str, ...] = ()

    def site_of(self, releases: tuple[str, str]) -> str:
        """The name of the lab's site; a pair of releases is written for them."""
        return ":".join(("pair", *releases)) if self.site == "pair" else self.site

    @property
    def tunnel(self) -> str:
        return "-".join(self.ends)


def _no_dpd(device: str, text: str) -> str:
    """DPD is on by default from 7.0 on; without it a peer that lost its SAs stays lost."""
    keys = [line for line in text.splitlines() if line.strip().startswith("ikev1 pre-shared-key")]
    assert keys, f"{device} has no key that a keepalive line could follow"
    return text.replace(keys[0], f"{keys[0]}\n isakmp keepalive disable")


def _dpd(device: str, text: str) -> str:
    return text.replace(" isakmp keepalive disable", " isakmp keepalive threshold 10 retry 2")


def _short(device: str, text: str) -> str:
    """SAs that end within minutes: rekeys fall into the mending."""
    line = "crypto map outside_map interface outside"
    return text.replace(line, f"crypto map outside_map 10 set security-association lifetime seconds 240\n{line}")


# What makes a second branch of the first one, and the lines by which the headquarters knows it.
SECOND = {
    "192.168.2.": "192.168.3.",
    "203.0.113.1 ": "203.0.113.65 ",
    "hostname branch": "hostname depot",
}
HQ_ENTRY = """access-list VPN-DEPOT extended permit ip 192.168.1.0 255.255.255.0 192.168.3.0 255.255.255.0
access-list NONAT extended permit ip 192.168.1.0 255.255.255.0 192.168.3.0 255.255.255.0
crypto map outside_map 20 match address VPN-DEPOT
crypto map outside_map 20 set peer 203.0.113.65
crypto map outside_map 20 set transform-set AES256-SHA
crypto map outside_map interface outside"""
HQ_GROUP = """tunnel-group 203.0.113.65 type ipsec-l2l
tunnel-group 203.0.113.65 ipsec-attributes
 pre-shared-key lab-psk-hq-depot
 isakmp keepalive disable
!
class-map inspection_default"""


def _two_spokes(device: str, text: str) -> str:
    if device == "hq":
        text = text.replace("crypto map outside_map interface outside", HQ_ENTRY)
        return text.replace("!\nclass-map inspection_default", HQ_GROUP)
    if device == "depot":
        for old, new in SECOND.items():
            text = text.replace(old, new)
        return text.replace("lab-psk-hq-branch", "lab-psk-hq-depot")
    return text


_PEERS = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
_INCIDENT = ("incident-2009", ("hq", "branch"), _PEERS, LEGACY)
_EAST_WEST = ("modern-9x", ("east", "west"), {"east": "203.0.113.11", "west": "198.51.100.11"}, MODERN)

PAIR = "failover pair"
SHORT = "static map, SAs of minutes"
ALL: dict[str, Topology] = {
    "static map": Topology(*_INCIDENT),
    "static map, DPD on": Topology(*_INCIDENT, weights=(20, 2, *_RARE, 2), edit=_dpd),
    SHORT: Topology(*_INCIDENT, edit=_short),
    "hub with two spokes": Topology(*_INCIDENT, edit=_two_spokes, spoke="depot"),
    "9.x": Topology(*_EAST_WEST, weights=(20, 2, *_RARE, 2)),
    "9.x without DPD": Topology(*_EAST_WEST, weights=(20, 2, *_RARE, 2), edit=_no_dpd),
    "two releases": Topology("pair", ("hq", "branch"), _PEERS, ANY),
    "hub with three spokes": Topology(
        "hub:3",
        ("hub", "spoke1"),
        {"hub": "203.0.113.1", "spoke1": "198.51.100.1"},
        ("9.16(4)",),
        spoke="spoke2",
        weights=(20, 2, *_RARE, 2),
    ),
    PAIR: Topology(
        "failover", ("hq", "branch"), _PEERS, ("9.16(4)",), weights=(20, 2, *_RARE, 2), units=("hq-a", "hq-b")
    ),
}


def build(name: str, releases: tuple[str, str], seed: int) -> Lab:
    """A lab in memory whose wall clock stands still, its random numbers drawn from the seed."""
    kind = ALL[name]
    shipped = load_site(kind.site_of(releases))
    data = copy.deepcopy(shipped.data)
    data["seed"] = seed
    texts = {device: shipped.text(device) for device in shipped.files}
    for device, release in zip(kind.ends, releases, strict=True):
        for each in kind.units if kind.units and device == kind.ends[0] else (device,):
            data["devices"][each]["release"] = release
    if kind.spoke and kind.spoke not in texts:
        data["devices"][kind.spoke] = {**data["devices"][kind.ends[1]], "serial": "JMX1304K0DE"}
        data["flows"].append({"from": "192.168.1.10", "to": "192.168.3.10", "every": "1s", "answered": True})
        texts[kind.spoke] = texts[kind.ends[1]]
    texts = {device: kind.edit(device, text) for device, text in texts.items()}
    return Lab(EditedSite(shipped.name, data, shipped.folder, texts), wall=lambda: 0.0)
