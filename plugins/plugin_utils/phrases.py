# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists, counts and times in a few words, as every message and report writes them."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 4


def listed(items: Iterable[object]) -> str:
    """The first few, and how many more; what is the same stands once."""
    known = list(dict.fromkeys(map(str, items)))
    more = len(known) - SHOWN
    return ", ".join(known[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float | None) -> str:
    """``7h 59m``, ``12m 5s`` or ``9s``: two units are enough to compare ages."""
    if seconds is None:
        return ""
    whole = int(seconds)
    parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s")]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return " ".join(f"{value}{unit}" for value, unit in parts[:2] if value or len(parts) == 1) or "0s"
