# SPDX-License-Identifier: GPL-3.0-or-later
"""The logging buffer of one device: ids, severities and the two ways an ASA stamps a line.

Source of the message texts: "Cisco Secure Firewall ASA Series Syslog Messages" and captured lines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from lab.config import Config

LEVELS = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)


def level_number(word: str | None) -> int | None:
    """The number of a severity given as a number, a name or the beginning of a name."""
    if not word:
        return None
    word = word.split()[0]
    if word.isdigit():
        return int(word)
    return next((number for number, name in enumerate(LEVELS) if name.startswith(word)), None)


class Syslog:
    """Keeps the newest lines that fit the buffer, as `logging buffer-size` (default 4096 bytes) allows."""

    def __init__(self, config: Callable[[], Config], clock: Callable[[], datetime]) -> None:
        self._config = config
        self._clock = clock
        self._settings: tuple[int, int | None, bool, bool, int] = (-1, None, False, False, 4096)
        self._of: Config | None = None
        self.lines: deque[str] = deque()
        self._bytes = 0
        self.logged = 0
        # Who sees each message as it comes, whatever the buffer keeps of it: severity, number and text.
        self.watchers: list[Callable[[int, int, str], None]] = []

    def _read(self) -> tuple[int, int | None, bool, bool, int]:
        config = self._config()
        if self._of is not config or self._settings[0] != config.revision:
            enabled = config.find("logging enable") is not None or config.find("logging on") is not None
            level = level_number(config.value("logging", "buffered")) if enabled else None
            size = config.value("logging", "buffer-size")
            stamp = config.find("logging timestamp") is not None
            trace = config.find("logging debug-trace") is not None
            size = size.split()[0] if size else ""
            self._settings = (config.revision, level, stamp, trace, int(size) if size.isdigit() else 4096)
            self._of = config
        return self._settings

    def log(self, severity: int, number: int, text: str) -> None:
        self.show(severity, number, text)
        _, level, stamp, _, size = self._read()
        if level is None or severity > level:
            return
        when = self._clock().strftime("%b %d %Y %H:%M:%S: ") if stamp else ""
        line = f"{when}%ASA-{severity}-{number}: {text}"
        self.logged += 1
        self.lines.append(line)
        self._bytes += len(line) + 1
        while self._bytes > size and self.lines:
            self._bytes -= len(self.lines.popleft()) + 1

    def show(self, severity: int, number: int, text: str) -> None:
        """For a debug alone: the buffer does not get it."""
        for watcher in tuple(self.watchers):
            watcher(severity, number, text)

    def debug(self, text: str) -> None:
        """A debug line; `logging debug-trace` turns it into message 711001."""
        if self._read()[3]:
            self.log(7, 711001, text)

    def restart(self) -> None:
        """The buffer lives in memory: a reload empties it, and counting begins anew."""
        self.clear()
        self.logged = 0

    def clear(self) -> None:
        self.lines.clear()
        self._bytes = 0
