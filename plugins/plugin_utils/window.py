# SPDX-License-Identifier: GPL-3.0-or-later
"""When a change is allowed: days and hours of a place, also over midnight.

The clock on the wall decides, as in the mail that announced the change: an hour that the end of summer time repeats is
in a window twice, and one that its beginning skips is in none.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
_KEYS = ("days", "from", "to", "zone")
_SHORT = re.compile(r"(?P<days>\S+)\s+(?P<from>\d\S*?)\s*-\s*(?P<to>\d\S*)\s+(?P<zone>\S+)")
_EXAMPLE = "mon-fri 22:00-05:00 Europe/Berlin"
# A window of minutes may lie in the hour that is skipped, and then comes a week later.
_AHEAD = 15 * MIDNIGHT


class WindowError(ValueError):
    """A window that cannot be read; the message names the item and says what is allowed."""


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, in minutes after midnight in the time zone ``zone`` (IANA name).

    ``days`` are those on which it starts, 0 (Monday) to 6. A window whose end is not after its start goes on into the
    next day.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str

    def __str__(self) -> str:
        return f"{_days_words(self.days)} {_clock(self.start)}-{_clock(self.end)} {self.zone}"


def holds(window: Window, now: float) -> bool:
    """Whether a moment (seconds since the epoch) lies in the window; its end does not."""
    local = datetime.fromtimestamp(now, _zone(window.zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    if window.end > window.start:
        return today in window.days and window.start <= minute < window.end
    return (today in window.days and minute >= window.start) or ((today - 1) % 7 in window.days and minute < window.end)


def open_at(windows: Sequence[Window], now: float) -> bool:
    """Whether any of them is open; with none given it is always allowed."""
    return not windows or any(holds(window, now) for window in windows)


def next_opening(windows: Sequence[Window], now: float) -> tuple[float, Window] | None:
    """The next moment at which one of them is open, and which; ``None`` when none opens within two weeks."""
    # Windows and changes of the clock are at whole minutes, so walking them misses nothing.
    first = int(-(-now // 60)) * 60
    for moment in range(first, first + _AHEAD * 60, 60):
        for window in windows:
            if holds(window, moment):
                return float(moment), window
    return None


def words_of(moment: float, zone: str) -> str:
    """A moment as a clock in that zone shows it: ``Fri 2026-03-06 14:05 CET``."""
    return datetime.fromtimestamp(moment, _zone(zone)).strftime("%a %Y-%m-%d %H:%M %Z")


# --- reading what an operator wrote ----------------------------------------------------------------------------------


def read(value: object, variable: str = "remediate_window") -> tuple[Window, ...]:
    """Windows as a list of mappings (``days``, ``from``, ``to``, ``zone``), or of lines: ``mon-fri 22:00-05:00 UTC``.

    A single one needs no list, and lines may be joined by ``;``. Nothing, or an empty list, is no window.

    :raises WindowError: names the variable, the item and what is allowed.
    """
    if value is None or value == "":
        return ()
    items = value.split(";") if isinstance(value, str) else [value] if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple):
        raise WindowError(f"{variable} is {value!r}: give a list of windows, each such as {_EXAMPLE!r}")
    return tuple(_window(item, f"{variable}, item {number}") for number, item in enumerate(items, start=1))


def _window(item: object, where: str) -> Window:
    if isinstance(item, str):
        found = _SHORT.fullmatch(item.strip())
        if found is None:
            raise WindowError(
                f"{where} is {item!r}: give days, hours and a time zone, such as {_EXAMPLE!r} "
                "or 'daily 00:00-24:00 UTC'"
            )
        parts: Mapping[str, object] = found.groupdict()
    elif isinstance(item, Mapping):
        parts = item
    else:
        raise WindowError(f"{where} is {item!r}: give a mapping of {', '.join(_KEYS)}, or a line such as {_EXAMPLE!r}")
    for key in parts:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            raise WindowError(
                f"{where} has {key!r}: {f'did you mean {near[0]!r}?' if near else 'it has ' + ', '.join(_KEYS)}"
            )
    absent = [key for key in _KEYS if parts.get(key) in (None, "", [])]
    if absent:
        raise WindowError(f"{where} has no {' and no '.join(map(repr, absent))}: it needs {', '.join(_KEYS)}")
    zone = str(parts["zone"])
    _check_zone(zone, where)
    start = _minute(parts["from"], f"{where}, from")
    if start == MIDNIGHT:
        raise WindowError(f"{where}, from is 24:00: a window starts at 00:00 to 23:59")
    return Window(_days(parts["days"], where), start, _minute(parts["to"], f"{where}, to"), zone)


def _days(given: object, where: str) -> frozenset[int]:
    texts = given.split(",") if isinstance(given, str) else given if isinstance(given, list | tuple) else [given]
    return frozenset(day for text in texts for day in _range(str(text).strip().lower(), where))


def _range(text: str, where: str) -> Iterator[int]:
    if text == "daily":
        yield from range(7)
        return
    first, dash, last = text.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in DAYS:
            raise WindowError(f"{where}: {name!r} is no day: give {', '.join(DAYS)}, a range such as mon-fri, or daily")
    low, high = DAYS.index(first), DAYS.index(last if dash else first)
    # From Friday to Monday is four days.
    yield from ((low + step) % 7 for step in range((high - low) % 7 + 1))


def _minute(given: object, where: str) -> int:
    """Minutes after midnight."""
    # YAML reads an unquoted 22:00 as the number 1320, base 60, and leaves 05:00 a text.
    if isinstance(given, int) and not isinstance(given, bool) and 60 <= given <= MIDNIGHT:
        return given
    found = re.fullmatch(r"(\d\d?):(\d\d)", str(given).strip())
    if found is not None:
        hour, minute = map(int, found.groups())
        if (hour < 24 and minute < 60) or (hour, minute) == (24, 0):
            return hour * 60 + minute
    raise WindowError(f"{where} is {given!r}: give a time from '00:00' to '24:00', in quotes")


def _zone(name: str) -> tzinfo:
    # The one zone that needs no database.
    return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)


def _check_zone(name: str, where: str) -> None:
    try:
        _zone(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        if not known:
            raise WindowError(
                f"{where}: this controller has no database of time zones, so {name!r} cannot be looked up: "
                "pip install tzdata, or write the hours in UTC"
            ) from None
        by_lower = {each.lower(): each for each in known}
        near = [by_lower[each] for each in difflib.get_close_matches(name.lower(), by_lower, n=1)]
        hint = f"did you mean {near[0]}?" if near else "give an IANA name such as Europe/Berlin"
        raise WindowError(f"{where}: there is no time zone {name!r}: {hint}") from None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days_words(days: frozenset[int]) -> str:
    if len(days) == 7:
        return "daily"
    return ",".join(DAYS[day] for day in sorted(days))
