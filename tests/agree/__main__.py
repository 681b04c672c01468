# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.agree [--seed N]``: the audit's rules beside the lab, on random pairs (``make agree``).

Exit 1 when rules and lab disagree on a pair or on a named case, or when a rule that says "fails" was never seen to be
right. ``AGREE_PAIRS`` and ``AGREE_SEED`` say how many pairs, from which seed on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[2] / ".collections"
#: Fewer pairs than these cannot be expected to meet every rule.
ENOUGH = 1000


def main(words: list[str]) -> int:
    # Outside Ansible and pytest nobody has put the collection on the path.
    sys.path.insert(0, str(COLLECTIONS))
    parser = argparse.ArgumentParser(prog="python -m tests.agree", description=__doc__)
    parser.add_argument("--seed", type=int, help="run just this pair, and tell its whole story")
    parser.add_argument("--pairs", type=int, default=int(os.environ.get("AGREE_PAIRS") or 2000))
    parser.add_argument("--first", type=int, default=int(os.environ.get("AGREE_SEED") or 1))
    asked = parser.parse_args(words)
    return _one(asked.seed) if asked.seed is not None else _many(asked.first, asked.pairs)


def _one(seed: int) -> int:
    from tests.agree import compare, draw, grammar, predictions, report, running

    drawing = draw.draw(seed)
    print(f"seed {seed}: {drawing}")
    for name, text in grammar.texts(drawing.pair()).items():
        print(f"--- {name}\n{text}")
    outcome = compare.run(drawing)
    for finding in outcome.said.failing():
        if finding.rule in predictions.TABLE:
            print(f"{finding.severity} {finding.rule}: {finding.message}")
    for name, good in sorted(outcome.seen.facts.items()):
        print(f"lab: {name} {'yes' if good else 'NO'}")
    for where, lines in outcome.seen.log.items():
        print(*(f"  {where}: {line}" for line in lines), sep="\n")
    if outcome.differences:
        print("they disagree; the smallest pair that does:")
        print(*report.story(running.summarised(drawing)), sep="\n")
    return 1 if outcome.differences else 0


def _many(first: int, pairs: int) -> int:
    from tests.agree import cases, report, running

    started = time.monotonic()
    broken = 0
    for case in cases.load():
        wrong = cases.check(case)
        broken += bool(wrong)
        print(f"case {case.name}: {'as settled' if not wrong else '; '.join(wrong)}", flush=True)
    total = report.Total()
    for number, one in enumerate(running.many(range(first, first + pairs)), 1):
        if one.differences and one.signature not in total.differing:
            print(f"  new: seed {one.seed}: {one.signature}: {one.smallest}", flush=True)
        total.add(one)
        if number % 100 == 0:
            print(report.progress(total, time.monotonic() - started), flush=True)
    for line in report.lines(total, time.monotonic() - started):
        print(line)
    missing = report.unshown(total) if pairs >= ENOUGH else []
    return 1 if total.differing or broken or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
