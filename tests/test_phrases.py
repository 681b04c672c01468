# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists, counts and times, as every message and report writes them."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, duration, listed


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], ""),
        (["a", "b", "a"], "a, b"),
        ("abcd", "a, b, c, d"),
        ("abcdef", "a, b, c, d and 2 more"),
        ([1, 2], "1, 2"),
    ],
)
def test_a_list_is_its_first_few_and_how_many_more(items: list[object], words: str) -> None:
    assert listed(items) == words


def test_one_is_no_plural() -> None:
    assert [counted(number, "line") for number in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "0s"), (9.7, "9s"), (600, "10m"), (725, "12m 5s"), (3600, "1h"), (93600, "1d 2h"), (86405, "1d")],
)
def test_a_time_is_its_two_largest_units(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
