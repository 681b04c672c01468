# SPDX-License-Identifier: GPL-3.0-or-later
"""What many runs came to, on the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Summary:
    """One run in short. ``again`` is the command that plays just this run."""

    title: str
    again: str
    outcomes: tuple[str, ...]
    violations: tuple[tuple[str, str], ...]
    exercised: Mapping[str, int]
    story: tuple[str, ...] = ()


@dataclass
class Total:
    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    exercised: Counter[str] = field(default_factory=Counter)
    broken: list[Summary] = field(default_factory=list)

    def add(self, summary: Summary) -> None:
        self.runs += 1
        self.outcomes.update(summary.outcomes)
        self.exercised.update(summary.exercised)
        if summary.violations:
            self.broken.append(summary)

    @property
    def violations(self) -> int:
        return sum(len(each.violations) for each in self.broken)


def lines(name: str, total: Total, invariants: Mapping[str, str], seconds: float) -> Iterator[str]:
    """The runs of one kind: outcomes, every invariant with how often it was put to the test, and what broke."""
    words = ", ".join(f"{word} {count}" for word, count in total.outcomes.most_common())
    yield f"{name}: runs {total.runs}, outcomes: {words}; violations {total.violations} ({seconds:.0f} s)"
    yield from _exercised(total, invariants)
    for each in total.broken:
        yield ""
        yield each.title
        yield from (f"  {invariant}: {what}" for invariant, what in each.violations)
        yield f"  {each.again}"
        yield from (f"    {line}" for line in each.story)


def _exercised(total: Total, invariants: Mapping[str, str]) -> Iterable[str]:
    broken = Counter(invariant for each in total.broken for invariant, _ in each.violations)
    for invariant, says in invariants.items():
        count = total.exercised[invariant]
        tried = f"tried {count:>6} times, broken {broken[invariant]}" if count else "NEVER TRIED, so nothing is proven"
        yield f"  {invariant:<11} {tried:<34} {says}"
