# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made once of something large that many tunnels share, and is forgotten with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

Owner = TypeVar("Owner")
Rest = TypeVarTuple("Rest")
Made = TypeVar("Made")


def once(make: Callable[[Owner, *Rest], Made]) -> Callable[[Owner, *Rest], Made]:
    """``make`` remembered for each first argument as long as that lives, and for the hashable rest of them.

    A configuration holds mappings and so has no hash, and hashing a routing table means to walk it: objects are told
    apart by being the same, not by being equal. What is made must not refer to its owner, which would then never go.
    """
    known: dict[int, tuple[weakref.ref[Owner], dict[Any, Made]]] = {}

    def of(owner: Owner, *rest: *Rest) -> Made:
        number = id(owner)
        found = known.get(number)
        # An id is used again after its object went, so the reference decides.
        if found is None or found[0]() is not owner:

            def forget(gone: weakref.ref[Owner]) -> None:
                if number in known and known[number][0] is gone:
                    del known[number]

            found = known[number] = (weakref.ref(owner, forget), {})
        made = found[1]
        if rest not in made:
            made[rest] = make(owner, *rest)
        return made[rest]

    return of
