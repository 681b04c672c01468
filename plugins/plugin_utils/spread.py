# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on many items by all cores: children are forked, do their share and send back what they found.

A fork shares everything that was read without copying it, so that only answers travel. Python's own pools start
threads and children that outlive a call, which a worker of Ansible must not have.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORTH_IT = 1000
"""Fewer items are done before a child has begun."""


def spread(
    work: Callable[[Item], Answer], items: Sequence[Item], processes: int | None = None, worth_it: int = WORTH_IT
) -> list[Answer]:
    """``[work(item) for item in items]``, by as many processes as there are cores to use.

    Answers are pickled. An exception of ``work`` is raised here as it is, the first by the items' order. A child that
    dies leaves its share to this process.
    """
    count = processes or len(os.sched_getaffinity(0))
    if count < 2 or len(items) < worth_it:
        return [work(item) for item in items]
    size = -(-len(items) // count)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    children = [_start(work, share) for share in shares[1:]]
    answers: list[Answer] = []
    try:
        answers += [work(item) for item in shares[0]]
    finally:
        told = [_ended(*child) for child in children]
    for share, (done, found) in zip(shares[1:], told, strict=True):
        if not done:
            # Its memory was taken from it, or somebody ended it: what it did not say is worked out again.
            answers += [work(item) for item in share]
        elif isinstance(found, BaseException):
            raise found
        else:
            answers += found
    return answers


def _start(work: Callable[[Item], Answer], share: Sequence[Item]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    # From here on nothing of the parent's may run: no handler at exit, no exception that climbs up its stack.
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            try:
                pickle.dump([work(item) for item in share], pipe, protocol=5)
            except BaseException as error:
                pickle.dump(error, pipe, protocol=5)
    finally:
        os._exit(0)


def _ended(child: int, reading: int) -> tuple[bool, Any]:
    """Whether a child told all, and what."""
    try:
        with os.fdopen(reading, "rb") as pipe:
            return True, pickle.load(pipe)
    except (EOFError, pickle.UnpicklingError):
        return False, None
    finally:
        os.waitpid(child, 0)
