# SPDX-License-Identifier: GPL-3.0-or-later
"""The short version of ``make chaos`` in memory: always the same runs, so that a failure is the change's, no luck."""

from __future__ import annotations

import pytest

from tests.chaos import memory, report, truths
from tests.chaos.report import Summary, Total

RUNS = 60


@pytest.mark.parametrize("first", range(1, RUNS, 10))
def test_no_invariant_breaks(first: int) -> None:
    for seed in range(first, first + 10):
        run = memory.seeded(seed)
        assert run.verdict.violations == [], f"seed {seed}: {run.scenario}\n" + "\n".join(run.story)


def test_the_report_names_the_seed_its_story_and_what_was_never_tried() -> None:
    total = Total()
    total.add(Summary("seed 1: calm", "again 1", ("healed",), (), {"once": 2}))
    total.add(Summary("seed 2: storm", "again 2", ("killed", "healed"), (("once", "twice"),), {"once": 1}, ("a", "b")))
    assert list(report.lines("in memory", total, {"once": "never twice", "gap": "soon"}, 3.0)) == [
        "in memory: runs 2, outcomes: healed 2, killed 1; violations 1 (3 s)",
        "  once        tried      3 times, broken 1       never twice",
        "  gap         NEVER TRIED, so nothing is proven  soon",
        "",
        "seed 2: storm",
        "  once: twice",
        "  again 2",
        "    a",
        "    b",
    ]
    assert set(truths.TRUTHS) >= {"healed", "aborted_gate", "half_cleared", "unfinished"}
