# SPDX-License-Identifier: GPL-3.0-or-later
"""Many pairs on two processes; what differs is made small where it was found."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.agree.compare import Difference, minimal, run
from tests.agree.draw import Drawing, draw
from tests.agree.grammar import texts


@dataclass(frozen=True)
class Summary:
    """What is left of a pair once it ran. ``differences`` are those of the smallest pair that still has them."""

    seed: int
    fails: frozenset[str]
    shown: frozenset[str]
    withheld: frozenset[str]
    excepted: frozenset[str]
    observed: int
    failed: int
    differences: tuple[Difference, ...] = ()
    drawing: str = ""
    smallest: str = ""
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, bool], ...] = ()
    log: tuple[str, ...] = ()

    features: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """Kinds of difference, and what the smallest pair is made of: one cause mostly has one signature."""
        kinds = "; ".join(sorted({each.signature for each in self.differences}))
        return f"{kinds} ({', '.join(self.features) or 'the base'})"


def summary(seed: int) -> Summary:
    try:
        return summarised(draw(seed))
    except Exception as error:
        # Not every exception can be handed from a process to another one, and none knows the seed.
        raise RuntimeError(f"seed {seed}: {draw(seed)}: {traceback.format_exc()}") from error


def summarised(drawing: Drawing, *, small: bool = True) -> Summary:
    outcome = run(drawing)
    facts = outcome.seen.facts
    told = Summary(
        drawing.seed, outcome.fails, outcome.shown, outcome.withheld, outcome.excepted, len(facts),
        len(outcome.seen.failures),
    )  # fmt: skip
    if not outcome.differences:
        return told
    least = minimal(outcome) if small else outcome
    log = [f"{where}: {line}" for where, lines in least.seen.log.items() for line in lines[-4:]]
    return replace(
        told, differences=least.differences, drawing=str(drawing), features=_made_of(least.drawing),
        smallest=str(least.drawing), lines=tuple(changed(least.drawing)),
        facts=tuple(sorted(least.seen.facts.items())), log=tuple(log),
    )  # fmt: skip


def _made_of(drawing: Drawing) -> tuple[str, ...]:
    ike = "+".join(map(str, drawing.versions))
    return (f"{drawing.kind} IKEv{ike}", *sorted({feature.name for feature in drawing.features}))


def changed(drawing: Drawing) -> Iterator[str]:
    """The lines by which a pair differs from its base."""
    after, before = texts(drawing.pair()), texts(drawing.having(()).pair())
    for name in after:
        old, new = before[name].splitlines(), after[name].splitlines()
        yield from (f"{name}: - {line}" for line in old if line not in new)
        yield from (f"{name}: + {line}" for line in new if line not in old)


def many(seeds: Iterable[int], processes: int = 2) -> Iterator[Summary]:
    """These pairs, as they are done."""
    with multiprocessing.Pool(processes) as pool:
        yield from pool.imap_unordered(summary, seeds, chunksize=4)
