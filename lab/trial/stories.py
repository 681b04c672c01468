# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen to one end while hosts go on talking, and how long it takes until packets pass again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.trial.talking import settle
from lab.trial.texts import Text
from lab.trial.tunnel import Tunnel
from lab.trial.world import World

WATCHED = 900
AWAY_SECONDS = 60
Began = Mapping[Tunnel, Collection[str]]


@dataclass(frozen=True)
class Told:
    """Which story of a tunnel, whom it struck, and the seconds until packets passed both ways; `None` for never."""

    tunnel: Tunnel
    story: str
    struck: str
    seconds: float | None


def stories(texts: Mapping[str, Text], world: World, began: Began) -> Iterator[Told]:
    """Of tunnels that come up, each with the ends that can begin; `world` is one in which they are up."""
    for batch in batches(began):
        yield from _reboot(texts, list(began), batch)
        yield from _incident(texts, began, batch)
    interfaces = {tunnel: found for tunnel in began if (found := world.second_addresses(tunnel))}
    for batch in batches(interfaces):
        yield from _lost_interface(texts, interfaces, batch)
    second: dict[str, dict[Tunnel, str]] = {}
    for tunnel in began:
        for device, asking in world.asked_before(tunnel).items():
            second.setdefault(device, {})[tunnel] = asking
    for device, tunnels in second.items():
        first = [tunnel for tunnel in began if device in tunnel.ends and {*tunnel.ends} & {*tunnels.values()}]
        yield from _taken_over(texts, device, first, tunnels)


def batches(tunnels: Iterable[Tunnel]) -> list[frozenset[str]]:
    """The devices in as few groups as may be, of which no two are peers: what happens to a group happens at once."""
    peers: dict[str, set[str]] = {}
    for tunnel in tunnels:
        for end in tunnel.ends:
            peers.setdefault(end, set()).add(tunnel.other(end))
    groups: list[set[str]] = []
    for device in sorted(peers, key=lambda each: -len(peers[each])):
        group = next((each for each in groups if not each & peers[device]), None)
        if group is None:
            groups.append(group := set())
        group.add(device)
    return [frozenset(group) for group in groups]


def _fresh(texts: Mapping[str, Text], up: Sequence[Tunnel]) -> World:
    world = World(texts)
    settle(world, up, 0)
    settle(world, up, 1)
    return world


def _reboot(texts: Mapping[str, Text], up: Sequence[Tunnel], batch: frozenset[str]) -> Iterator[Told]:
    """The device is away and comes back without its SAs; hosts at both ends go on talking."""
    world = _fresh(texts, up)
    for device in sorted(batch):
        world.lab.act(f"reboot {device} {AWAY_SECONDS}s silently")
    struck = [(tunnel, end) for tunnel in up for end in batch.intersection(tunnel.ends)]
    yield from _recovery(world, "reboot", struck, world.now + AWAY_SECONDS)


def _incident(texts: Mapping[str, Text], began: Began, batch: frozenset[str]) -> Iterator[Told]:
    """The device loses its SAs and says nothing; only hosts behind the other end talk, as in 2009.

    An end that cannot begin would wait for ever, whatever was configured: there both talk.
    """
    world = _fresh(texts, list(began))
    for device in sorted(batch):
        world.lab.act(f"fault lost-peer {device}")
    struck = [(tunnel, end) for tunnel in began for end in batch.intersection(tunnel.ends)]
    silent = {tunnel: end for tunnel, end in struck if tunnel.other(end) in began[tunnel]}
    yield from _recovery(world, "incident", struck, world.now, silent)


def _lost_interface(
    texts: Mapping[str, Text], interfaces: Mapping[Tunnel, Mapping[str, str]], batch: frozenset[str]
) -> Iterator[Told]:
    """The interface whose address the other end asks first goes down; hosts at both ends go on talking."""
    struck = [(tunnel, end) for tunnel, ends in interfaces.items() for end in ends if end in batch]
    if struck:
        world = _fresh(texts, [tunnel for tunnel, _ in struck])
        for device, interface in {end: interfaces[tunnel][end] for tunnel, end in struck}.items():
            world.shut_down(device, interface)
        yield from _recovery(world, "backup", struck, world.now)


def _taken_over(
    texts: Mapping[str, Text], device: str, first: Sequence[Tunnel], second: Mapping[Tunnel, str]
) -> Iterator[Told]:  # fmt: skip
    """The firewall of the first tunnels is gone, and who asks it asks the end of the second; only its hosts talk."""
    world = _fresh(texts, first)
    world.lab.act(f"reboot {device} {2 * WATCHED}s silently")
    silent = {tunnel: tunnel.other(asking) for tunnel, asking in second.items()}
    yield from _recovery(world, "takeover", [(tunnel, device) for tunnel in second], world.now, silent)


def _recovery(
    world: World, story: str, struck: Sequence[tuple[Tunnel, str]], since: float,
    silent: Mapping[Tunnel, str] | None = None,
) -> Iterator[Told]:  # fmt: skip
    """Hosts behind all ends but the `silent` ones talk until they are answered or time is over."""
    quiet = silent or {}
    took: dict[Tunnel, float] = {}
    while world.now < since + WATCHED and len(took) < len(struck):
        world.advance(2)
        for tunnel, victim in struck:
            if tunnel in took or world.now < since:
                continue
            # Behind the other end somebody asks first: it is the one that has to notice.
            ends = sorted(tunnel.ends, key=lambda end: end == victim)
            if any(world.talk(tunnel, end) for end in ends if quiet.get(tunnel) != end):
                took[tunnel] = round(world.now - since, 1)
    for tunnel, victim in struck:
        yield Told(tunnel, story, victim, took.get(tunnel))
