# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.chaos [--seed N]``: the remediation under chaos, in memory and through Ansible (``make chaos``).

Exit 1 when an invariant is broken or was never put to the test. ``CHAOS_RUNS``, ``CHAOS_SEED`` and
``CHAOS_ANSIBLE_RUNS`` say how many runs, from which seed on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[2] / ".collections"


def main(words: list[str]) -> int:
    # Outside Ansible and pytest nobody has put the collection on the path.
    sys.path.insert(0, str(COLLECTIONS))
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="play just this run in memory, and tell its whole story")
    parser.add_argument("--ansible-seed", type=int, help="play just this run through Ansible")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("CHAOS_RUNS") or 500))
    parser.add_argument("--first", type=int, default=int(os.environ.get("CHAOS_SEED") or 1))
    parser.add_argument("--ansible-runs", type=int, default=int(os.environ.get("CHAOS_ANSIBLE_RUNS") or 40))
    asked = parser.parse_args(words)
    if asked.seed is not None:
        return _one(asked.seed)
    if asked.ansible_seed is not None:
        return _through_ansible(asked.ansible_seed, 1)
    failed = _in_memory(asked.first, asked.runs) if asked.runs else 0
    return (_through_ansible(asked.first, asked.ansible_runs) if asked.ansible_runs else 0) or failed


def _one(seed: int) -> int:
    from tests.chaos import memory

    run = memory.seeded(seed)
    print(f"seed {seed}: {run.scenario}")
    for line in run.story:
        print(f"  {line}")
    for name, outcome in run.outcomes.items():
        print(f"{name}: {outcome.outcome} {outcome.text}")
    for invariant, what in run.verdict.violations:
        print(f"VIOLATION of {invariant}: {what}")
    return 1 if run.verdict.violations else 0


def _in_memory(first: int, runs: int) -> int:
    from tests.chaos import invariants, memory, report

    started = time.monotonic()
    total = report.Total()
    for summary in memory.many(range(first, first + runs)):
        total.add(summary)
    for line in report.lines("in memory", total, invariants.ALL, time.monotonic() - started):
        print(line, flush=True)
    return 1 if total.violations or set(invariants.ALL) - set(total.exercised) else 0


def _through_ansible(first: int, runs: int) -> int:
    from tests.chaos import over_ssh, report

    started = time.monotonic()
    total = report.Total()
    for summary in over_ssh.many(range(first, first + runs)):
        total.add(summary)
        print(f"  {summary.title}: {', '.join(summary.outcomes)}", flush=True)
    for line in report.lines("through Ansible", total, over_ssh.ALL, time.monotonic() - started):
        print(line, flush=True)
    return 1 if total.violations or (runs >= 40 and set(over_ssh.ALL) - set(total.exercised)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
