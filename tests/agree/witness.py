# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab does with two configurations: comes up, carries, rekeys, recovers. Nothing here knows a rule.

Observables, each True, False, or absent where the story has no beginning:

    up:hq         hosts behind hq talk first, and every network pair that hq protects gets its SAs
    traffic:hq    then packets and answers pass for all of them
    rekey2        traffic goes on after SAs were replaced; rekey1 the same of IKE SAs
    recovery:hq   hq loses its SAs and says nothing; only hosts behind the other end talk, and soon pass again
    return:hq     the same where the other end cannot start: hosts of both talk
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import Any

from lab.engine.messages import Packet
from lab.site import Lab
from lab.testing import EditedSite, Typist
from tests.agree.grammar import texts
from tests.agree.spec import ENDS, INSIDE, End, Pair

#: An initiator gives up after its retransmissions: half a minute in IKEv1, two minutes in IKEv2.
UP_SECONDS = 150
#: Whoever must wait longer than this for a dead peer did not recover.
RECOVERY_SECONDS = 900
#: Between two packets while SAs age, and the longest silence that a rekey may cost.
STEP, SILENCE = 20.0, 65.0
LONGEST_RUN = 2.2 * 86400
#: A flow: host behind hq, host behind branch.
Flow = tuple[str, str]


@dataclass
class Seen:
    """What was observed, and from the lab's own log the lines that say why something failed."""

    facts: dict[str, bool] = field(default_factory=dict)
    log: dict[str, list[str]] = field(default_factory=dict)

    @property
    def failures(self) -> frozenset[str]:
        return frozenset(name for name, good in self.facts.items() if not good)


def boot(pair: Pair, seed: int) -> Lab:
    data: dict[str, Any] = {
        "clock": datetime(2024, 1, 15, 8, 0, tzinfo=UTC), "settle": "0s", "enable_password": "lab-enable",
        "seed": seed, "users": {"operator": {"password": "lab-operator", "privilege": 15}},
        "devices": {
            end.name: {
                "config": "", "release": end.release, "uptime": "20d", "serial": f"9A1AGREE{end.place:03}",
                "model": "ASA5510" if end.version < (9, 2) else "ASAv",
            }
            for end in pair.ends
        },
        "nat": {end.name: end.public for end in pair.ends if end.public},
    }  # fmt: skip
    return Lab(EditedSite("agree", data, Path(), texts(pair)), wall=lambda: 0.0)


# -- who talks to whom -----------------------------------------------------------------------------------------


def flows(pair: Pair, end: End) -> list[Flow]:
    """What this end protects, a host pair for each kind of its lines; without any what the other end does."""
    for each in (end, pair.other(end)):
        found = _protected(each)
        if found:
            return found
    return [(_host(INSIDE[0][0]), _host(INSIDE[1][0]))]


def _host(network: str, number: int = 10) -> str:
    return str(ip_network(network)[number])


def _protected(end: End) -> list[Flow]:
    if end.kind == "vti":
        return [(_host(INSIDE[0][0]), _host(INSIDE[1][0]))]
    if end.kind == "dynamic" and not end.dynamic_match:
        return []
    if "list" in end.without or "match" in end.without:
        return []
    found = []
    hosts = [[_host(nets[0]), _host(nets[0], 200), _host(nets[1])] for nets in INSIDE]
    for here in hosts[end.place]:
        for there in hosts[1 - end.place]:
            line = next((each for each in end.lines if _holds(each.local, here) and _holds(each.remote, there)
                         and "inactive" not in each.tail), None)  # fmt: skip
            if line and line.action == "permit":
                found.append((here, there) if end.place == 0 else (there, here))
    return found


def _holds(network: str, host: str) -> bool:
    return network == "any" or IPv4Address(host) in ip_network(network)


# -- packets ---------------------------------------------------------------------------------------------------


class World:
    """A lab, and packets between hosts. Hosts speak TCP, which lines for IP and for TCP alike protect."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.lab = boot(pair, seed)

    @property
    def now(self) -> float:
        return self.lab.scheduler.now

    def send(self, flow: Flow, place: int) -> bool:
        device = self.lab.network.devices[ENDS[place]]
        source, destination = (IPv4Address(each) for each in (flow if place == 0 else flow[::-1]))
        # What is routed elsewhere may arrive there, which is not the host that is meant.
        return not device.owns(destination) and bool(device.forward(Packet(source, destination, "tcp")))

    def talk(self, flow: Flow, first: int) -> bool:
        return self.send(flow, first) and self.send(flow, 1 - first)

    def typist(self, name: str) -> Typist:
        return Typist(self.lab, name).enable()

    def sas(self, name: str) -> frozenset[str]:
        """The inbound SPIs of the tunnel."""
        pairs = self.lab.network.devices[name].datapath.pairs()
        return frozenset(str(pair.spi_in) for pair in pairs)

    def log(self, name: str) -> list[str]:
        return [line for line in self.typist(name)("show logging").splitlines() if "%ASA-" in line]


def watch(pair: Pair, seed: int) -> Seen:
    """Every story of a pair."""
    seen = Seen()
    worlds: list[World | None] = []
    for end in pair.ends:
        worlds.append(_start(pair, seed, end, seen))
    living = next((world for world in worlds if world), None)
    if living is None:
        return seen
    place = worlds.index(living)
    carried = flows(pair, pair.ends[place])[:4]
    for end in pair.ends:
        _recover(pair, seed, end, place, carried, seen)
    _age(pair, living, carried, seen)
    return seen


def _start(pair: Pair, seed: int, end: End, seen: Seen) -> World | None:
    """One end's hosts talk until all is up. The world comes back when it carries."""
    world = World(pair, seed)
    wanted = flows(pair, end)
    waiting = list(wanted)
    while world.now < UP_SECONDS:
        waiting = [flow for flow in waiting if not world.talk(flow, end.place)]
        if not waiting:
            break
        world.lab.advance(1 if world.now < 12 else 6)
    if waiting:
        made = all(world.sas(name) for name in ENDS)
        seen.facts[f"up:{end.name}"] = made and not _unmade(world, waiting, end)
        if seen.facts[f"up:{end.name}"]:
            seen.facts[f"traffic:{end.name}"] = False
        for name in ENDS:
            seen.log[f"up:{end.name}, at {name}"] = telling(world.log(name))
        return None
    seen.facts[f"up:{end.name}"] = seen.facts[f"traffic:{end.name}"] = True
    return world


def _unmade(world: World, waiting: list[Flow], end: End) -> bool:
    """Is there a flow for which this end has no SA?"""
    idents = [(pair.ident.local, pair.ident.remote) for pair in world.lab.network.devices[end.name].datapath.pairs()]
    sides = [flow if end.place == 0 else flow[::-1] for flow in waiting]
    return any(
        not any(IPv4Address(here) in local and IPv4Address(there) in remote for local, remote in idents)
        for here, there in sides
    )  # fmt: skip


def _recover(pair: Pair, seed: int, victim: End, place: int, carried: list[Flow], seen: Seen) -> None:
    survivor = pair.other(victim)
    world = World(pair, seed)
    for _ in range(UP_SECONDS):
        if all(world.talk(flow, place) for flow in carried):
            break
        world.lab.advance(1)
    world.lab.advance(30)
    world.lab.fault("lost-peer", victim.name)
    lost = world.now
    # An end that cannot start would wait for ever, whatever else is configured: there the hosts of both talk.
    helpless = not seen.facts.get(f"traffic:{survivor.name}", False)
    while world.now < lost + RECOVERY_SECONDS:
        good = [world.talk(flow, survivor.place) or (helpless and world.talk(flow, victim.place)) for flow in carried]
        if all(good):
            break
        world.lab.advance(3)
    name = f"{'return' if helpless else 'recovery'}:{victim.name}"
    seen.facts[name] = world.now < lost + RECOVERY_SECONDS
    if not seen.facts[name]:
        for name in ENDS:
            seen.log[f"recovery:{victim.name}, at {name}"] = telling(world.log(name))


def _age(pair: Pair, world: World, carried: list[Flow], seen: Seen) -> None:
    """Steady traffic from both ends until both phases were rekeyed twice, as far as that takes days at most."""
    run = min(2.2 * _longest(pair), LONGEST_RUN)
    begun = heard = world.now
    # Not so seldom that the tunnel falls idle in between.
    idle = [60 * int(end.idle) for end in pair.ends if end.idle.isdigit()]
    step = max(STEP, min([run / 400, *(each / 2 for each in idle)]))
    last: set[str] = set()
    spis = world.sas(ENDS[0])
    ike = _ike(world)
    while world.now < begun + run:
        world.lab.advance(step)
        good = [world.talk(flow, 0) or world.talk(flow, 1) for flow in carried[:2]]
        now_spis, now_ike = world.sas(ENDS[0]), _ike(world)
        changed = {name for name, was, is_ in (("rekey2", spis, now_spis), ("rekey1", ike, now_ike)) if was != is_}
        for name in changed:
            seen.facts.setdefault(name, True)
        last = changed or last
        spis, ike = now_spis, now_ike
        if all(good):
            heard = world.now
        elif world.now - heard > max(SILENCE, 2.5 * step):
            for name in last or {"rekey2"}:
                seen.facts[name] = False
            for name in ENDS:
                seen.log[f"rekey, at {name}"] = telling(world.log(name)[-60:])
            return


def _ike(world: World) -> frozenset[object]:
    return frozenset(sa.cookies.initiator for sa in world.lab.network.devices[ENDS[0]].ike.sas)


def _longest(pair: Pair) -> int:
    """The longest lifetime that either phase can come to: the lower one of both ends counts where it is negotiated."""
    second = min(end.seconds or end.global_seconds or 28800 for end in pair.ends)
    policies = [policy for end in pair.ends for policy in (*end.policies.values(), *end.policies2.values())]
    first = [int(policy.lifetime or 86400) for policy in policies]
    return max([second, min(first, default=86400)])


_LINE = re.compile(r"%ASA-(\d)-(\d+): (.*)")
_NUMBERS = re.compile(r"0x[0-9a-fA-F]{4,}|\b[0-9a-f]{8}\b")
_NOISE = {"302020", "302021", "305011", "305012", "609001", "609002", "713236", "715047", "715046", "715048", "715049"}


def telling(lines: list[str], most: int = 8) -> list[str]:
    """The last lines that are of IKE and IPsec, without numbers that differ each time, each once."""
    found: dict[str, None] = {}
    for line in lines:
        match = _LINE.search(line)
        if match and match[2] not in _NOISE:
            found.pop(text := f"{match[2]}: {_NUMBERS.sub('0x…', match[3])}"[:230], None)
            found[text] = None
    return list(found)[-most:]
