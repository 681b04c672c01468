# SPDX-License-Identifier: GPL-3.0-or-later
"""What many pairs came to: counts, the disagreements by kind, and how far the rules were put to the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.agree import predictions
from tests.agree.running import Summary


@dataclass
class Total:
    pairs: int = 0
    observed: int = 0
    failed: int = 0
    fails: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    excepted: Counter[str] = field(default_factory=Counter)
    differing: dict[str, list[Summary]] = field(default_factory=dict)

    def add(self, one: Summary) -> None:
        self.pairs += 1
        self.observed += one.observed
        self.failed += one.failed
        self.fails.update(one.fails)
        self.shown.update(one.shown)
        self.withheld.update(one.withheld)
        self.excepted.update(one.excepted)
        if one.differences:
            self.differing.setdefault(one.signature, []).append(one)

    @property
    def disagreements(self) -> int:
        return sum(map(len, self.differing.values()))


def progress(total: Total, seconds: float) -> str:
    return (
        f"  {total.pairs} pairs, {total.pairs / max(seconds, 0.001):.1f}/s: {total.failed} of {total.observed} "
        f"observations failed, {total.disagreements} pairs disagree"
    )


def lines(total: Total, seconds: float) -> Iterator[str]:
    yield f"{total.pairs} pairs in {seconds:.0f} s, {total.pairs / max(seconds, 0.001):.1f} pairs/s"
    yield f"{total.observed} observations in the lab, {total.failed} of them failures"
    yield f"{total.pairs - total.disagreements} pairs agree, {total.disagreements} disagree"
    for signature, found in sorted(total.differing.items(), key=lambda item: -len(item[1])):
        yield f"\n{len(found)} x {signature}"
        yield from (f"  {line}" for line in story(min(found, key=lambda each: len(each.lines))))
        yield f"  seeds: {', '.join(str(each.seed) for each in found[:12])}"
    yield ""
    yield from coverage(total)


def story(one: Summary) -> Iterator[str]:
    """One disagreement: the pair, the lines, what the rule says and what the lab did."""
    yield f"{one.smallest}  (python -m tests.agree --seed {one.seed})"
    yield from (f"  {line}" for line in one.lines)
    for each in one.differences:
        yield f"  {each.kind}: {each.observable}" + (f" - {each.rules[0]}: {each.message}" if each.rules else "")
    yield "  lab: " + ", ".join(f"{name} {'yes' if good else 'NO'}" for name, good in one.facts)
    yield from (f"  {line}" for line in one.log)


def coverage(total: Total) -> Iterator[str]:
    yield "rule                          fails  shown by the lab"
    for rule in sorted(predictions.TABLE):
        yield f"{rule:30}{total.fails[rule]:5}{total.shown[rule]:7}{_mark(rule, total)}"
    yield ""
    yield "rules that were left open where the lab failed: " + (
        ", ".join(f"{rule} {count}" for rule, count in total.withheld.most_common()) or "none"
    )
    yield "explained exceptions:"
    known = [*predictions.EXCEPTIONS.items(), *predictions.OVERSTATED.items()]
    whys = {title: told[2] for title, told in known}
    for title, why in whys.items():
        yield f"  {total.excepted[title]} x {title}: {why}"
    yield "no consequence in the lab:"
    yield from (f"  {rule}: {why}" for rule, why in sorted(predictions.WITHOUT.items()))


def _mark(rule: str, total: Total) -> str:
    if total.shown[rule]:
        return ""
    return f"  {predictions.UNSHOWN[rule]}" if rule in predictions.UNSHOWN else "  NEVER SHOWN"


def unshown(total: Total, rules: Iterable[str] = ()) -> list[str]:
    """Rules that demand a failure and were never seen to be right."""
    wanted = set(rules) or set(predictions.TABLE)
    return sorted(rule for rule in wanted if not total.shown[rule] and rule not in predictions.UNSHOWN)
