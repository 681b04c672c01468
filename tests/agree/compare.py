# SPDX-License-Identifier: GPL-3.0-or-later
"""Where rules and lab differ on a pair, and the smallest pair that differs in the same way."""

from __future__ import annotations

from dataclasses import dataclass

from tests.agree import predictions, verdicts, witness
from tests.agree.draw import Drawing
from tests.agree.spec import Pair

#: Below this an SA is replaced so soon that nobody waits for DPD.
LONG = 1800


@dataclass(frozen=True)
class Difference:
    """``kind`` is ``not shown`` (a rule demands a failure, the lab has none) or ``not said`` (the reverse)."""

    kind: str
    observable: str
    rules: tuple[str, ...] = ()
    #: What the rule says.
    message: str = ""

    @property
    def signature(self) -> str:
        ends = self.observable.partition(":")[0]
        return f"{self.kind}: {ends}" + (f" by {', '.join(self.rules)}" if self.rules else "")


@dataclass(frozen=True)
class Outcome:
    """One pair through both. ``shown`` are rules that demanded a failure which the lab showed."""

    drawing: Drawing
    seen: witness.Seen
    said: verdicts.Said
    differences: tuple[Difference, ...]
    shown: frozenset[str]
    fails: frozenset[str]
    withheld: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()


def run(drawing: Drawing) -> Outcome:
    pair = drawing.pair()
    seen = witness.watch(pair, drawing.seed)
    said = verdicts.judged(drawing.pair(), drawing.seed)
    return compare(drawing, pair, seen, said)


def compare(drawing: Drawing, pair: Pair, seen: witness.Seen, said: verdicts.Said) -> Outcome:
    found: list[Difference] = []
    shown: set[str] = set()
    excepted: set[str] = set()
    explained: set[str] = set()
    for finding in (*said.failing(), *(each for each in said.findings if str(each.outcome) == "pass")):
        prediction = predictions.predicted(finding)
        explained |= prediction.explains
        due = [name for name in sorted(prediction.demands) if _due(name, prediction.demands, pair, seen)]
        missing = [name for name in due if not _failed(name, seen)]
        if missing and (title := predictions.overstated(finding, pair, seen.failures)):
            excepted.add(title)
            missing = due = []
        found += [Difference("not shown", name, (finding.rule,), finding.message) for name in missing]
        if due and not missing:
            shown.add(finding.rule)
    if said.error:
        explained |= predictions.UP
    withheld: set[str] = set()
    for name in sorted(seen.failures - explained):
        open_ = sorted({each.rule for each in said.open() if name in predictions.withheld(each)})
        if open_:
            withheld |= set(open_)
        elif exception := predictions.excepted(name, pair):
            excepted.add(exception)
        else:
            found.append(Difference("not said", name))
    return Outcome(drawing, seen, said, tuple(found), frozenset(shown), frozenset(f.rule for f in said.failing()),
                   frozenset(withheld), frozenset(excepted))  # fmt: skip


def _due(name: str, demands: frozenset[str], pair: Pair, seen: witness.Seen) -> bool:
    """Was it put to the test at all? What never came up cannot fail to recover."""
    others = [end for end in pair.ends if not name.endswith(end.name)]
    if any(end.kind == "vti" for end in pair.ends):
        # A tunnel interface starts by itself: the other end's start counts for this one, and nobody waits to be asked.
        alone = name.startswith("up:") and not all(f"up:{end.name}" in demands for end in others)
        if alone or name.startswith("recovery"):
            return False
    if name.startswith("recovery"):
        short = [end.seconds or end.global_seconds or 28800 for end in pair.ends]
        short += [int(policy.lifetime or 86400) for end in pair.ends
                  for policy in (*end.policies.values(), *end.policies2.values())]  # fmt: skip
        return name in seen.facts and min(short) > LONG
    return name in seen.facts or not name.startswith("rekey")


def _failed(name: str, seen: witness.Seen) -> bool:
    kind, _, end = name.partition(":")
    if kind == "traffic":
        return not (seen.facts.get(f"up:{end}", False) and seen.facts.get(name, False))
    return not seen.facts.get(name, True)


def minimal(outcome: Outcome) -> Outcome:
    """Features are left out one by one as long as one difference of the same signature stays."""
    wanted = {each.signature for each in outcome.differences}
    best, smaller = outcome, True
    while smaller:
        smaller = False
        features = best.drawing.features
        for place in range(len(features)):
            tried = run(best.drawing.having(features[:place] + features[place + 1 :]))
            if wanted & {each.signature for each in tried.differences}:
                best, smaller = tried, True
                break
    return best
