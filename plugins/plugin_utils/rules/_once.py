# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made once of something large that was read, and forgotten with it.

A configuration holds mappings and so has no hash, and hashing a routing table means to walk it: both are known by their
identity while they live.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

_KNOWN: dict[int, tuple[weakref.ref[Any], dict[Hashable, Any]]] = {}


def once(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gave the first time it was asked for this owner and key. It must not refer to the owner."""
    number = id(owner)

    def forget(_: weakref.ref[Any]) -> None:
        _KNOWN.pop(number, None)

    known = _KNOWN.get(number)
    if known is None or known[0]() is not owner:
        known = _KNOWN[number] = (weakref.ref(owner, forget), {})
    if key not in known[1]:
        known[1][key] = make()
    found: T = known[1][key]
    return found
