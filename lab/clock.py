# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual time: an event queue that is run up to a moment, and a clock that maps wall time onto it."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from dataclasses import dataclass

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> float:
    """Seconds in `15h`, `90s`, `10m`, `2d` or `1h30m`; a bare number is seconds."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"not a duration: {text!r} (write 90s, 10m, 15h or 2d)")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def duration(seconds: float) -> str:
    """`14h:24m:35s`, with days in front when there are any."""
    whole = int(seconds)
    days, rest = divmod(whole, 86400)
    text = f"{rest // 3600}h:{rest % 3600 // 60:02d}m:{rest % 60:02d}s"
    return f"{days}d {text}" if days else text


@dataclass(eq=False)
class Timer:
    """A pending event; cancel it by calling `cancel`."""

    when: float
    order: int
    action: Callable[[], None] | None

    def cancel(self) -> None:
        self.action = None


class Scheduler:
    """Runs actions in order of (time, insertion), so that a run is a function of its seed alone."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue: list[tuple[float, int, Timer]] = []  # tuples compare faster than timers
        self._count = 0

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        self._count += 1
        timer = Timer(max(when, self.now), self._count, action)
        heapq.heappush(self._queue, (timer.when, timer.order, timer))
        return timer

    def after(self, delay: float, action: Callable[[], None]) -> Timer:
        return self.at(self.now + delay, action)

    def run_until(self, when: float) -> None:
        while self._queue and self._queue[0][0] <= when:
            timer = heapq.heappop(self._queue)[2]
            if timer.action is None:
                continue
            self.now = timer.when
            timer.action()
        self.now = max(self.now, when)


class WallClock:
    """Virtual time = wall time times rate + everything that was advanced by hand."""

    def __init__(self, scheduler: Scheduler, wall: Callable[[], float], rate: float = 1.0) -> None:
        self.scheduler = scheduler
        self._wall = wall
        self._rate = rate
        self._origin = wall()
        self._base = scheduler.now

    def catch_up(self) -> None:
        self.scheduler.run_until(self._base + (self._wall() - self._origin) * self._rate)

    def advance(self, seconds: float) -> None:
        self.catch_up()
        self._base += seconds
        self.scheduler.run_until(self.scheduler.now + seconds)
