# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in memory: a scenario, the run or runs that it asks for, and what the invariants say of them."""

from __future__ import annotations

import multiprocessing
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos import invariants
from tests.chaos.actor import Actor
from tests.chaos.invariants import Verdict
from tests.chaos.product import Outcome
from tests.chaos.report import Summary
from tests.chaos.scenario import Scenario, draw
from tests.chaos.world import World

# Every note is written through to the disk, which is not what is tested here.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True)
class Run:
    """One scenario played to its end. ``outcomes`` are what the runs said, in the order of their start."""

    scenario: Scenario
    outcomes: dict[str, Outcome]
    verdict: Verdict
    story: tuple[str, ...]


def play(scenario: Scenario, make: Callable[..., Any] | None = None, lease: bool = True) -> Run:
    """Play it; ``make`` puts another mender in the product's place."""
    world = World(scenario)
    world.break_it()
    world.expect(scenario.events)
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=MEMORY) as folder:
        actors = _actors(world, Path(folder), make, lease)
        starts = [0.0, scenario.second or 0.0]
        world.simulate(*((start, actor.run()) for start, actor in zip(starts, actors, strict=False)))
        if scenario.again:
            # Whatever chaos did to the devices ends here: the second run finds what is left of the first.
            for box in world.lab.boxes.values():
                box.quirks.clear()
            world.away_until.clear()
            world.swapped.clear()
            world.expect(())
            # A lease that nobody gives back may last for minutes; half of those elsewhere come when it is up.
            world.wait(900 if scenario.elsewhere and scenario.seed % 2 else 20)
            if scenario.forgets:
                actors[0].ledger.lose()
            controller = "there" if scenario.elsewhere else "here"
            after = Actor(world, "after", Path(folder), make=make, lease=lease, controller=controller)
            actors.append(after)
            world.simulate((0.0, after.run()))
        for actor in actors if lease else ():
            world.attempts[actor.name] = actor.ledger.attempts()
    outcomes = {actor.name: actor.outcome for actor in actors}
    verdict = invariants.judge(world, outcomes)
    return Run(scenario, outcomes, verdict, tuple(str(entry) for entry in world.trace.entries))


def _actors(world: World, folder: Path, make: Callable[..., Any] | None, lease: bool) -> list[Actor]:
    scenario = world.scenario
    first = Actor(
        world, "first", folder, cut=scenario.cut, full_at=scenario.full_at, lost_at=scenario.lost_at, make=make,
        lease=lease,
    )  # fmt: skip
    if scenario.second is None:
        return [first]
    return [first, Actor(world, "second", folder, make=make, lease=lease)]


def seeded(seed: int) -> Run:
    return play(draw(seed))


def summary(seed: int) -> Summary:
    try:
        run = seeded(seed)
    except Exception as error:
        # Not every exception can be handed from a process to another one, and none knows the seed.
        raise RuntimeError(f"seed {seed}: {traceback.format_exc()}") from error
    broken = run.verdict.violations
    return Summary(
        f"seed {seed}: {run.scenario}",
        f"python -m tests.chaos --seed {seed}",
        tuple(outcome.outcome for outcome in run.outcomes.values()),
        tuple(broken),
        dict(run.verdict.exercised),
        _short(run.story) if broken else (),
    )


def _short(story: tuple[str, ...]) -> tuple[str, ...]:
    """From the first mending on, without what every answer adds; the command plays it with all of it."""
    begin = next((n for n, line in enumerate(story) if " phase " in line and line.endswith("mend")), 0)
    return tuple(line[:200] for line in story[begin:] if " answered " not in line)


def many(seeds: range) -> Iterator[Summary]:
    """These runs, in order, on two processes."""
    with multiprocessing.Pool(2) as pool:
        yield from pool.imap(summary, seeds, chunksize=5)
