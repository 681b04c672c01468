# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the product is right, in tables: by verdict, by cause, by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.accuracy.library import VERDICTS
from tests.accuracy.running import Result

COLUMNS = (*VERDICTS, "nothing")


def lines(results: Sequence[Result], *, causes_named: bool) -> Iterator[str]:
    """The whole report."""
    healthy = sum(result.case.label.verdict == "healthy" for result in results)
    yield f"{len(results)} cases, {healthy} of them healthy"
    yield ""
    yield from _verdicts(results)
    yield ""
    yield from _causes(results, causes_named=causes_named)
    yield ""
    yield from _rules(results)
    yield ""
    yield from _waiting(results)
    yield from _disagreements(results)


def _verdicts(results: Sequence[Result]) -> Iterator[str]:
    settled = [result for result in results if _settled(result)]
    seen = Counter((result.case.label.verdict, result.got.verdict) for result in settled)
    yield f"Verdicts, expected down and got across ({len(results) - len(settled)} cases wait for rules to come)"
    yield "".join([" " * 12, *(f"{column:>10}" for column in COLUMNS)])
    for expected in VERDICTS:
        yield "".join([f"{expected:<12}", *(f"{seen[expected, got] or '.':>10}" for got in COLUMNS)])


def _settled(result: Result) -> bool:
    return not result.waiting & result.case.label.own


def _causes(results: Sequence[Result], *, causes_named: bool) -> Iterator[str]:
    with_cause = [result for result in results if result.case.label.causes]
    if not causes_named:
        yield f"Causes: not yet named by the product; {len(with_cause)} cases have one"
        return
    settled = [result for result in with_cause if _settled(result)]
    right = sum(result.cause_right for result in settled)
    waiting = len(with_cause) - len(settled)
    yield f"Causes: {right} right, {len(settled) - right} wrong, {waiting} wait for rules to come"
    claimed = sum(bool(result.got.cause) for result in results if not result.case.label.causes)
    yield f"        {claimed} named where the label has none"


def _rules(results: Sequence[Result]) -> Iterator[str]:
    yield "Rules that fail, or should (at warning or worse)"
    yield f"{'':<34}{'right':>8}{'missed':>8}{'false':>8}{'to come':>9}"
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    false: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for result in results:
        right.update(result.case.label.fails & result.got.fails)
        missed.update(result.missed)
        false.update(result.wrong)
        waiting.update(result.waiting)
    for rule in sorted({*right, *missed, *false, *waiting}):
        counts = (right[rule], missed[rule], false[rule])
        yield "".join([f"{rule:<34}", *(f"{count or '.':>8}" for count in counts), f"{waiting[rule] or '.':>9}"])
    said_again = sum(
        len((result.got.fails & result.case.label.may_fail) - result.case.label.fails) for result in results
    )
    yield f"and {said_again} times a rule that says the same fact once more, which labels leave open"
    yield "".join(
        [f"{'in all':<34}", *(f"{each.total():>8}" for each in (right, missed, false)), f"{waiting.total():>9}"]
    )


def _waiting(results: Sequence[Result]) -> Iterator[str]:
    rules = sorted({rule for result in results for rule in result.waiting})
    if rules:
        yield f"Not yet judged, for the product does not have these rules: {', '.join(rules)}"
        yield ""


def _disagreements(results: Sequence[Result]) -> Iterator[str]:
    found = [result for result in results if not result.agrees]
    yield f"Disagreements: {len(found)}"
    for result in found:
        yield f"  {result.case.id}: {result.case.title}"
        for what in disagreement(result):
            yield f"      {what}"
        yield f"      rests on: {result.case.rests_on}"


def disagreement(result: Result) -> list[str]:
    """What is not as the label says, a sentence each."""
    said = list(result.others)
    if not result.verdict_right:
        said.append(f"the verdict is {result.got.verdict}, expected {result.case.label.verdict}")
    if not result.cause_right:
        expected = " or ".join(result.case.label.causes) or "none"
        said.append(f"the cause is {result.got.cause or 'nothing'}, expected {expected}")
    if result.missed:
        said.append(f"missed: {', '.join(sorted(result.missed))}")
    if result.wrong:
        said.append(f"fails falsely: {', '.join(sorted(result.wrong))}")
    return said
