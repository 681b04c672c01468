# SPDX-License-Identifier: GPL-3.0-or-later
"""Work by all cores: the same answers in the same order, the same error, and no child left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.spread import spread


def children() -> str:
    """The processes that this one has started, the dead that nobody asked for among them."""
    return "".join(each.read_text() for each in Path("/proc/self/task").glob("*/children"))


def squared(number: int) -> int:
    return number * number


@pytest.mark.parametrize("processes", [1, 2, 3, 7, 40])
def test_answers_come_in_the_order_of_the_items(processes: int) -> None:
    assert spread(squared, range(23), processes, worth_it=1) == [number * number for number in range(23)]


def test_the_work_is_done_by_several_processes() -> None:
    assert len(set(spread(lambda _: os.getpid(), range(6), 3, worth_it=1))) == 3


def test_little_work_is_done_here() -> None:
    assert set(spread(lambda _: os.getpid(), range(99), 3)) == {os.getpid()}


def test_nothing_to_do() -> None:
    assert spread(squared, [], 2) == []


@pytest.mark.parametrize("bad", [0, 11])
def test_an_error_is_raised_as_it_is_wherever_it_happened(bad: int) -> None:
    def work(number: int) -> int:
        if number == bad:
            raise LookupError(f"no answer to {number}")
        return number

    before = children()
    with pytest.raises(LookupError, match=f"^no answer to {bad}$"):
        spread(work, range(12), 2, worth_it=1)
    assert children() == before


def test_the_share_of_a_child_that_died_is_done_here() -> None:
    parent = os.getpid()

    def work(number: int) -> int:
        if number == 9 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert spread(work, range(12), 2, worth_it=1) == list(range(12))


def test_answers_larger_than_a_pipe_holds_arrive() -> None:
    assert [len(each) for each in spread(lambda n: "x" * 300_000, range(8), 4, worth_it=1)] == [300_000] * 8


def test_judging_by_several_processes_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils import judge
    from tests.build import at_branch, at_hq, branch, hq

    devices = [hq(at_hq()), branch(at_branch())]
    alone = judge.judge_all(devices)
    monkeypatch.setattr(judge, "spread", lambda work, items: spread(work, [*items] * 2, 2, worth_it=1)[1:])
    (again,) = judge.judge_all(devices)
    assert alone[0].findings == again.findings
    assert (alone[0].verdict, alone[0].cause) == (again.verdict, again.cause)
    assert again.tunnel.name == "hq-branch"


def test_where_no_more_processes_are_allowed_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert spread(squared, range(9), 3, worth_it=1) == [number * number for number in range(9)]


class TwoWordsError(Exception):
    """An error that pickle can write and not make again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def test_an_error_that_cannot_travel_is_raised_as_it_is() -> None:
    def work(number: int) -> int:
        if number == 11:
            raise TwoWordsError("no", "answer")
        return number

    before = children()
    with pytest.raises(TwoWordsError, match=r"^no answer$"):
        spread(work, range(12), 3, worth_it=1)
    assert children() == before
