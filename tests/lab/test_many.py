# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tunnels, and configurations that are broken in any way: work that grows with them alone, and no exception.

How long anything takes is for `python -m tests.bench lab`.
"""

from __future__ import annotations

import random
from cProfile import Profile

from lab.testing import Typist, hub
from tests.bench.emulating import emulate
from tests.lab.two_ends import V2, call, quiet

RELEASES = ("7.2(5)", "8.2(5)", "8.4(7)", "9.1(7)", "9.16(4)")
WORDS = ("", "any", "x", "999.1.1.1", "0", "-1", "255.255.255.0", "interface", "host", "group", "14", "none")
LINES = (
    "crypto map outside_map 5 match address VPN-BRANCH", "crypto map outside_map 10 set peer",
    "crypto map outside_map 10 set security-association lifetime seconds 120 kilobytes 10",
    "nat (inside,outside) source dynamic any interface", "crypto dynamic-map D 1 set reverse-route",
    "crypto map outside_map 20 ipsec-isakmp dynamic D", "access-group VPN-HQ in interface inside",
    "crypto ipsec profile P\n set ikev1 transform-set AES256-SHA",
    "interface Tunnel1\n nameif t\n tunnel source interface outside\n tunnel destination 203.0.113.1\n"
    " tunnel protection ipsec profile P",
    "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 1\n vpn-filter value VPN-HQ\n vpn-session-timeout 2",
)  # fmt: skip


def test_a_hub_serves_a_thousand_spokes() -> None:
    lab = hub(1000)
    assert len(lab.network.devices["hub"].datapath.contexts) == 1000
    assert lab.mirrors()
    before = [traffic.answers for traffic in lab.traffic]
    lab.advance(60)
    assert all(traffic.answers > count for traffic, count in zip(lab.traffic, before, strict=True))
    assert len(lab.status()["truth"]["pairs"]) == 1000


def work(spokes: int) -> int:
    """The calls of functions that it takes to start a hub and to let each spoke talk for a minute."""
    with Profile() as profile:
        emulate(spokes)
    return sum(entry.callcount for entry in profile.getstats())


def test_a_spoke_is_as_much_work_among_many_as_among_few() -> None:
    assert work(200) < 1.1 * 4 * work(50)


def broken(dice: random.Random, text: str) -> str:
    lines = text.splitlines()
    for _ in range(dice.randrange(6)):
        at, words = dice.randrange(len(lines)), lines[dice.randrange(len(lines))].split(" ")
        match dice.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, " ".join(words))
            case 2:
                words[dice.randrange(len(words))] = dice.choice(WORDS)
                lines[at] = " ".join(words)
            case 3:
                lines[at] = " ".join(lines[at].split(" ")[: dice.randrange(1, 9)])
            case _:
                lines.insert(at, dice.choice(LINES))
    return "\n".join(lines)


def test_no_configuration_makes_the_engine_stumble() -> None:
    up = 0
    for seed in range(150):
        dice = random.Random(seed)
        releases = dice.choice(RELEASES), dice.choice(RELEASES)
        first = V2 if min(releases) >= "9.1(7)" and dice.random() < 0.5 else str
        lab = quiet(lambda t, d=dice, f=first: broken(d, f(t)), lambda t, d=dice, f=first: broken(d, f(t)), releases)  # type: ignore[misc]
        up += call(lab, "hq", seconds=5) or call(lab, "branch", seconds=5)
        lab.advance(25000)
        # The most that any has is some 2,200: a negotiation that begins anew without waiting would have many more.
        assert lab.scheduler._count < 5000
        call(lab, "hq", seconds=2)
        assert lab.status()["devices"]
        for end in ("hq", "branch"):
            session = Typist(lab, end).enable()
            for line in ("show crypto ipsec sa", "show crypto isakmp sa detail", "show vpn-sessiondb detail l2l"):
                assert session(line)
    assert 30 < up < 140
