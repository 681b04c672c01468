# SPDX-License-Identifier: GPL-3.0-or-later
"""What is computed once of an object that many tunnels share."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar

Owner = TypeVar("Owner")
Value = TypeVar("Value")


def once(build: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """``build`` remembered for each object, as long as that object lives.

    A configuration holds mappings and so has no hash: objects are told apart by being the same, not by being equal.
    The value must not hold its owner, which would then never go.
    """
    known: dict[int, tuple[weakref.ref[Owner], Value]] = {}

    def of(owner: Owner) -> Value:
        found = known.get(id(owner))
        # An id is used again after its object went, so the reference decides.
        if found is not None and found[0]() is owner:
            return found[1]
        key, value = id(owner), build(owner)

        def forget(gone: weakref.ref[Owner]) -> None:
            if key in known and known[key][0] is gone:
                del known[key]

        known[key] = (weakref.ref(owner, forget), value)
        return value

    return of
