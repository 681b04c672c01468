# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on many items by all cores: children are forked, do their share and send back what they found.

A fork shares everything that was read without copying it, so that only answers travel. Python's own pools start
threads and children that outlive a call, which a worker of Ansible must not have.
"""

from __future__ import annotations

import contextlib
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

    Answers are pickled. A child that fails or dies leaves its share to this process, where an exception of ``work`` is
    raised as it is.
    """
    count = processes or len(os.sched_getaffinity(0))
    if count < 2 or len(items) < worth_it:
        return [work(item) for item in items]
    size = -(-len(items) // count)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    children: list[tuple[int, int]] = []
    told: list[tuple[bool, Any]] = []
    answers: list[Answer] = []
    try:
        with contextlib.suppress(OSError):
            # No more processes are allowed: the shares without a child are done here.
            for share in shares[1:]:
                children.append(_start(work, share))
        answers += [work(item) for item in shares[0]]
    finally:
        told += [_ended(*child) for child in children]
    told += [(False, None)] * (len(shares) - 1 - len(told))
    for share, (done, found) in zip(shares[1:], told, strict=True):
        # What a child did not say, because it failed or was ended, is worked out here, where its error is the real one.
        answers += found if done else [work(item) for item in share]
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
            pickle.dump([work(item) for item in share], pipe, protocol=5)
    finally:
        os._exit(0)


def _ended(child: int, reading: int) -> tuple[bool, Any]:
    """Whether a child told all, and what."""
    try:
        with os.fdopen(reading, "rb") as pipe:
            return True, pickle.load(pipe)
    except Exception:  # cut off, or of a class that cannot be made again: the share is done here
        return False, None
    finally:
        os.waitpid(child, 0)
