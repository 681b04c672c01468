# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.accuracy [WORD ...]``: every case, or those whose id holds a word, through the product."""

from __future__ import annotations

import sys
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[2] / ".collections"


def main(words: list[str]) -> int:
    # Outside Ansible and pytest nobody has put the collection on the path.
    sys.path.insert(0, str(COLLECTIONS))
    from tests.accuracy import library, report, running

    cases = [case for case in library.load() if not words or any(word in case.id for word in words)]
    if not cases:
        print(f"no case has {' or '.join(words)} in its id")
        return 2
    outcomes = [running.run(case) for case in cases]
    known = running.known_rules()
    named = any(outcome.cause for outcome in outcomes)
    results = [
        running.compare(case, outcome, known, causes_named=named) for case, outcome in zip(cases, outcomes, strict=True)
    ]
    for line in report.lines(results, causes_named=named):
        print(line)
    if words:
        for result in results:
            print(f"\n{result.case.id}")
            for message in result.got.messages:
                print(f"  {message}")
    return 0 if all(result.agrees for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
