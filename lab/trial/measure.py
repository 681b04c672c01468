# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the tunnels of one part of the network: each story in a world of its own, all tunnels at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.trial.reading import longest_lifetime, read
from lab.trial.stories import WATCHED, stories
from lab.trial.talking import UP_SECONDS, settle, taking_turns
from lab.trial.texts import Text
from lab.trial.tunnel import Tunnel
from lab.trial.world import Lost, World

REKEY_STEP = 60
LOOK_SECONDS = 900
LONGEST_RUN = 5 * 86400
_HANGS_AT = (3, 12, 40)
# Lines that say why a negotiation failed, best first. "Cisco Secure Firewall ASA Series Syslog Messages".
_TELLING = (
    717009, 713206, 751008, 713061, 713048, 713257, 713904, 713903, 713068, 713127, 713133, 713123, 750003, 751017,
    751018, 750009, 402116, 713902, 713906, 713119,
)  # fmt: skip
_PHASE1 = re.compile(r"%ASA-\d-(?:713119|750006|751025):")
# Said by an IKEv2 initiator that believed the responder, and was refused its first child in the same message.
_REFUSED_CHILD = re.compile(r"%ASA-\d-750003:.* Received (?:TS_UNACCEPTABLE|NO_PROPOSAL_CHOSEN) notify")
_LINE = re.compile(r"%ASA-(\d)-(\d+): (.*)")


@dataclass
class Up:
    """One initiator's attempt."""

    came_up: bool = False
    seconds: float | None = None
    state: str = ""
    phase1: bool = False
    phase2: bool = False
    log: list[str] = field(default_factory=list)
    lost: Lost | None = None


@dataclass
class Rekeys:
    hours: float = 0.0
    phase1: int = 0
    phase2: int = 0
    longest_loss: float = 0.0


@dataclass
class Facts:
    """What is known of one tunnel; a story that had no beginning is `None`.

    `instead` is what each end's hosts said that came up, where a list refuses what the tunnel's line says.
    """

    up: dict[str, Up] = field(default_factory=dict)
    traffic: dict[str, bool] = field(default_factory=dict)
    rekeys: Rekeys | None = None
    reboot: dict[str, float | None] = field(default_factory=dict)
    incident: dict[str, float | None] = field(default_factory=dict)
    backup: dict[str, float | None] = field(default_factory=dict)
    takeover: dict[str, float | None] = field(default_factory=dict)
    watched: int = WATCHED
    key: str = "clear"
    instead: dict[str, str] = field(default_factory=dict)


Observed = dict[Tunnel, Facts]
Capture = Callable[[World], None]


def measure(texts: Mapping[str, Text], capture: Capture | None = None, asked: Iterable[Tunnel] = ()) -> Observed:
    """Every story of every tunnel of these devices, which must be connected with nobody else.

    `asked` are tunnels that there were: what they carried is tried as well where a wider one has taken their place.
    """
    world = World(texts)
    facts = {tunnel: Facts() for tunnel in [*world.tunnels(), *world.carried(asked)]}
    first = _bring_up(world, facts, 0)
    # Packets of either end that go on while the other's attempt is measured would help it.
    _bring_up(World(texts), facts, 1)
    late = [tunnel for tunnel in facts if tunnel not in first]
    settle(world, late, 1)
    for tunnel, each in facts.items():
        each.traffic = {end: world.send(tunnel, end) for end in tunnel.ends}
        for end, attempt in each.up.items():
            if not attempt.came_up:
                _explain(texts, tunnel, end, attempt, [each for each in facts if each.ends == tunnel.ends])
    if capture:
        capture(world)
    up = [tunnel for tunnel, each in facts.items() if all(each.traffic.values())]
    if up:
        _rekey(world, facts, up)
    began = {tunnel: [end for end, attempt in facts[tunnel].up.items() if attempt.came_up] for tunnel in up}
    for told in stories(texts, world, began):
        getattr(facts[told.tunnel], told.story)[told.struck] = told.seconds
    return facts


def _bring_up(world: World, facts: Observed, place: int) -> set[Tunnel]:
    begun = world.now
    waiting = list(facts)
    for tunnel, each in facts.items():
        each.up[tunnel.ends[place]] = Up()
    for second in range(UP_SECONDS):
        for tunnel in taking_turns(waiting, second):
            end = tunnel.ends[place]
            if second in _HANGS_AT:
                # Before the next packet, which would begin anew where the last attempt was given up.
                state = world.ike_state(end, tunnel.other(end))
                facts[tunnel].up[end].state = state or facts[tunnel].up[end].state
            if world.talk(tunnel, end):
                waiting.remove(tunnel)
                facts[tunnel].up[end] = Up(True, round(world.now - begun, 1), phase1=True, phase2=True)
                if instead := world.instead(tunnel, end):
                    facts[tunnel].instead[end] = instead
        if not waiting:
            break
        world.advance(1)
    return set(facts) - set(waiting)


def _explain(texts: Mapping[str, Text], tunnel: Tunnel, end: str, attempt: Up, every: Sequence[Tunnel]) -> None:
    """Try once more with a log that keeps everything, the two ends alone, and take what they said.

    `every` are all tunnels of these ends: what comes up alone is tried beside the others, where it did not.
    """
    ends = {name: texts[name] for name in texts if name in tunnel.ends}
    world = _again(ends, [tunnel], tunnel, end)
    if world.lost is None and len(every) > 1:
        world = _again(ends, every, tunnel, end)
    attempt.phase2, attempt.lost = bool(world.spis(tunnel)), world.lost
    logs = {device: world.log(device) for device in (tunnel.other(end), end)}
    # A responder may have it up before the initiator judges its proof.
    both = all(any(_PHASE1.search(line) for line in log) for log in logs.values())
    attempt.phase1 = both or any(_REFUSED_CHILD.search(line) for line in logs[end])
    attempt.log += [f"{device}: {line}" for device, log in logs.items() for line in telling(log)]


def _again(texts: Mapping[str, Text], talking: Sequence[Tunnel], tunnel: Tunnel, end: str) -> World:
    """A world in which all of them talked for some time, this one last."""
    world = World(texts, logging=True)
    world.carried([tunnel])
    for second in range(12):
        for each in taking_turns([each for each in talking if each != tunnel], second):
            world.talk(each, end)
        world.talk(tunnel, end)
        world.advance(3)
    return world


def telling(lines: Iterable[str], most: int = 1) -> list[str]:
    """The lines that say why, without their time; numbers that differ each time are left out."""
    found: dict[str, int] = {}
    for line in lines:
        match = _LINE.search(line)
        if match and int(match[2]) in _TELLING:
            text = re.sub(r" ?\(P2 struct [^)]*\)|, mess id 0x[0-9a-f]+|\(msgid=[0-9a-f]+\)", "", match[3])
            found.setdefault(f"%ASA-{match[1]}-{match[2]}: {text.strip()}", _TELLING.index(int(match[2])))
    return sorted(found, key=found.__getitem__)[:most]


# -- rekeys ----------------------------------------------------------------------------------------------------


def _rekey(world: World, facts: Observed, up: Sequence[Tunnel]) -> None:
    """Steady traffic for as long as it takes to rekey both phases twice."""
    run = min(2.25 * longest_lifetime(read(text) for text in world.texts.values()), LONGEST_RUN)
    begun, looked = world.now, world.now
    # What only one end can begin is asked from there: the other's packets may be lost without any rekey.
    asking = {tunnel: _starter(tunnel, facts[tunnel]) for tunnel in up}
    silent: dict[Tunnel, float] = {}
    seen = {tunnel: Rekeys() for tunnel in up}
    spis = {tunnel: world.spis(tunnel) for tunnel in up}
    ages: dict[tuple[str, str], int] = {}
    while world.now - begun < run:
        # Once a packet is lost, every second counts.
        world.advance(1 if silent else REKEY_STEP)
        for tunnel in up:
            if world.talk(tunnel, asking[tunnel]):
                silent.pop(tunnel, None)
            else:
                lost = world.now - silent.setdefault(tunnel, world.now) + 1
                seen[tunnel].longest_loss = max(seen[tunnel].longest_loss, round(lost, 1))
        # What does not come back within the time that is watched will not be waited for to the second.
        if any(world.now - since > WATCHED for since in silent.values()):
            break
        if world.now - looked < LOOK_SECONDS:
            continue
        looked = world.now
        renewed = {ends: _renewed(world, ends, ages) for ends in {tunnel.ends: None for tunnel in up}}
        for tunnel in up:
            held = world.spis(tunnel)
            seen[tunnel].phase2 += bool(held and not held & spis[tunnel])
            seen[tunnel].phase1 += renewed[tunnel.ends]
            spis[tunnel] = held or spis[tunnel]
        if not silent and all(each.phase1 >= 2 and each.phase2 >= 2 for each in seen.values()):
            break
    for tunnel in up:
        seen[tunnel].hours = round((world.now - begun) / 3600, 1)
        facts[tunnel].rekeys = seen[tunnel]


def _starter(tunnel: Tunnel, facts: Facts) -> str:
    return next((end for end in tunnel.ends if facts.up[end].came_up), tunnel.ends[0])


def _renewed(world: World, ends: tuple[str, str], left: dict[tuple[str, str], int]) -> bool:
    """Is the IKE SA between two devices another one than when it was last looked at? Its age says so."""
    age = world.ike_age(*ends)
    before = left.get(ends)
    if age is not None:
        left[ends] = age
    return age is not None and before is not None and age < before
