# SPDX-License-Identifier: GPL-3.0-or-later
"""When a change is allowed: days and hours of a place, also over midnight."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, in minutes after midnight in the time zone ``zone`` (IANA name).

    ``days`` are those on which it starts, 0 (Monday) to 6. One whose end is not after its start goes on into the next
    day.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str
