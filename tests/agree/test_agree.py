# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of `make agree`: every settled case, and some pairs that no case names."""

from __future__ import annotations

import pytest

from tests.agree import cases, predictions, running
from tests.agree.draw import draw

#: Seeds far from those that `make agree` begins with.
SEEDS = range(90_000, 90_060)


@pytest.mark.parametrize("case", cases.load(), ids=lambda case: case.name)
def test_a_settled_disagreement_stays_settled(case: cases.Case) -> None:
    assert cases.check(case) == []
    assert case.source


@pytest.mark.parametrize("first", range(SEEDS.start, SEEDS.stop, 15))
def test_rules_and_lab_say_the_same(first: int) -> None:
    told = [running.summarised(draw(seed), small=False) for seed in range(first, first + 15)]
    assert [(one.seed, one.signature, one.smallest) for one in told if one.differences] == []
    assert sum(one.observed for one in told) > 15


def test_one_seed_is_one_pair() -> None:
    assert draw(7) == draw(7)
    assert len({str(draw(seed)) for seed in range(200)}) > 150


def test_a_rule_is_predicted_or_has_a_reason() -> None:
    assert not set(predictions.WITHOUT) & set(predictions.TABLE)
    assert set(predictions.UNSHOWN) <= set(predictions.TABLE)
