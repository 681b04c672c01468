# SPDX-License-Identifier: GPL-3.0-or-later
"""What is worked out once of an object that many tunnels share, and goes with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

About = TypeVar("About")
More = TypeVarTuple("More")
Answer = TypeVar("Answer")


def once(function: Callable[[About, *More], Answer]) -> Callable[[About, *More], Answer]:
    """Ask ``function`` once an object, and once for each further (hashable) argument.

    The answer stays with the object, which must be a frozen dataclass: it never changes. To look it up by value would
    not do, since a configuration holds mappings and has no hash, and hashing a routing table means to walk it.
    """
    key = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def asked(about: About, *more: *More) -> Answer:
        known: dict[Any, Answer] = about.__dict__.setdefault(key, {})
        if more not in known:
            known[more] = function(about, *more)
        return known[more]

    return asked
