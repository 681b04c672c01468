# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pair of configurations is made of, before any release has spelled it. Features change these in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ENDS = ("hq", "branch")
OUTSIDE = ("198.51.100.1", "203.0.113.1")
#: Of an end behind a NAT: its own address, and the one that others see.
BEHIND, PUBLIC = ("10.99.1.2", "10.99.2.2"), ("198.51.100.200", "203.0.113.200")
#: Networks behind each end. All have hosts; without a feature only the first is in the tunnel.
INSIDE = (("192.168.1.0/24", "192.168.11.0/24"), ("192.168.2.0/24", "192.168.12.0/24"))
TUNNEL = ("169.254.1.1", "169.254.1.2")
#: A peer that is nobody: entries beside the one that matters are for it.
GHOST = "192.0.2.77"
GHOST_NET = "172.31.77.0/24"
KEY = "agreed-key"

#: A certificate that everybody believes.
GOOD = {"authority": "lab-ca"}

Release = tuple[int, int]


@dataclass
class Policy:
    """An IKE policy. IKEv1 has one value of each and an authentication, IKEv2 lists. ``lifetime`` None: the default."""

    encryption: str
    integrity: str
    group: str
    lifetime: int | str | None = None
    authentication: str = "pre-share"
    prf: str = "sha"


@dataclass
class Line:
    """A line of the crypto access list."""

    local: str
    remote: str
    action: str = "permit"
    protocol: str = "ip"
    tail: str = ""


@dataclass
class End:
    """One device. ``versions`` are those of IKE that its entry offers, ``enabled`` those on the outside interface."""

    place: int
    release: str
    versions: tuple[int, ...]
    kind: str = "static"
    outside: str = ""
    #: The address of the peer as this end knows it, and the one by which a NAT shows this end.
    peer: str = ""
    public: str = ""
    enabled: tuple[int, ...] = ()
    policies: dict[int, Policy] = field(default_factory=dict)
    policies2: dict[int, Policy] = field(default_factory=dict)
    transforms: list[tuple[str, str, str]] = field(default_factory=list)
    proposals: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    pfs: str | None = None
    connection_type: str = ""
    aggressive: str | None = None
    aggressive_refused: bool = False
    seconds: int | None = None
    kilobytes: str = ""
    global_seconds: int | None = None
    applied: str = "outside"
    without: frozenset[str] = frozenset()
    group: str = "peer"
    group_type: str = "ipsec-l2l"
    keys: dict[str, str | None] = field(default_factory=dict)
    default_keys: dict[str, str] = field(default_factory=dict)
    default_keepalive: str = ""
    keepalive: str = ""
    protocols: str | None = None
    idle: str = "none"
    session: str = ""
    filter: str = ""
    identity: str = ""
    nat_traversal: bool | None = None
    nat_t_disable: bool = False
    exempt: bool = True
    pat: bool = True
    default_route: bool = True
    routes: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    dynamic_match: bool = False
    dynamic_transform: bool = True
    permit_vpn: bool = True
    outside_list: list[str] = field(default_factory=list)
    disconnect_notify: bool = False
    trustpoint: str = ""
    responder_only: bool = False
    vti_route: bool = True
    by_object: bool = False
    certificate: dict[str, Any] = field(default_factory=dict)
    expects_certificate: bool = False

    @property
    def name(self) -> str:
        return ENDS[self.place]

    @property
    def version(self) -> Release:
        major, _, rest = self.release.partition(".")
        return int(major), int(rest.split("(")[0])

    @property
    def legacy(self) -> bool:
        return self.version < (8, 4)


@dataclass
class Pair:
    """Two ends. ``masked``: the configurations show asterisks in place of keys, as a device prints them."""

    ends: tuple[End, End]
    masked: bool = False

    def other(self, end: End) -> End:
        return self.ends[1 - end.place]


def base(kind: str, versions: tuple[int, ...], releases: tuple[str, str]) -> Pair:
    """A pair that works: ``static`` maps, a ``dynamic`` one at hq, or ``vti``."""
    made = []
    for place, release in enumerate(releases):
        own = "dynamic" if kind == "dynamic" and place == 0 else "static" if kind == "dynamic" else kind
        made.append(End(place, release, versions, own))
    pair = Pair((made[0], made[1]))
    newest, oldest = max(each.version for each in made), min(each.version for each in made)
    # 9.15 took groups 1, 2 and 24; IKEv1 is sure to have group 14 from 9.13 on, IKEv2 from 9.0 on.
    group = "14" if oldest >= (9, 13) else "5" if newest >= (9, 15) else "2"
    # 9.15 took group 5 from IKEv2 as well.
    group2 = "14" if oldest >= (9, 0) else group
    for end in made:
        end.outside, end.peer = OUTSIDE[end.place], OUTSIDE[1 - end.place]
        end.enabled = versions
        # Short of the defaults, so that two rekeys of both phases are hours away and not days; a feature restores them.
        end.policies = {10: Policy("aes-256", "sha", group, 14400)} if 1 in versions else {}
        end.policies2 = {10: Policy("aes-256", "sha", group2, 14400)} if 2 in versions else {}
        end.seconds = 7200
        end.transforms = [("esp-aes-256", "esp-sha-hmac", "tunnel")] if 1 in versions else []
        end.proposals = [("aes-256", "sha-1")] if 2 in versions else []
        end.lines = [Line(INSIDE[end.place][0], INSIDE[1 - end.place][0])]
        end.peers = [end.peer]
        end.keys = {"ikev1": KEY} if 1 in versions else {}
        if 2 in versions:
            end.keys |= {"local": KEY, "remote": KEY}
    return pair
