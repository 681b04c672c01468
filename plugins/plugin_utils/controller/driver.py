# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a sequence (mending, hardening) over real sessions.

It asks, waits, writes the journal, and holds signals back while it must.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Configure
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import (
    Ask,
    LostError,
    Note,
    NotSentError,
    Pause,
    Shield,
)

display = Display()
T = TypeVar("T")


class Journal:
    """What is about to happen, on disk before it happens; one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, note: Note) -> None:
        entry = {"time": round(time.time(), 3), "event": note.event}
        entry |= {name: value for name in ("device", "command", "text") if (value := getattr(note, name))}
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


class _Shield:
    """Keeps the signals that end a run until it is lowered, then delivers the first that came.

    SIGHUP is what a lost terminal sends; SIGALRM is Ansible's own time-out of a task.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM)

    def __init__(self) -> None:
        self._came: int | None = None
        self._before: dict[int, Any] = {}

    def raise_(self) -> None:
        for number in self.SIGNALS:
            self._before[number] = signal.signal(number, self._keep)

    def _keep(self, number: int, _frame: FrameType | None) -> None:
        # No word on the screen from here: it goes through a queue whose lock this signal may have caught half way.
        self._came = self._came or number

    def lower(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
        if self._came is not None:
            came, self._came = self._came, None
            display.warning("interrupted: what was begun at the devices was ended first")
            os.kill(os.getpid(), came)


def drive(sequence: Generator[Any, Any, T], connections: Mapping[str, Connection], journal: Journal) -> T:
    """Run a sequence to its end over these connections."""
    shield = _Shield()
    answer: Answer | ConfigAnswer | None = None
    error: LostError | None = None
    try:
        while True:
            request = sequence.throw(error) if error else sequence.send(answer)
            answer, error = None, None
            if isinstance(request, Ask | Configure):
                connection = connections[request.device]
                try:
                    if isinstance(request, Ask):
                        if request.armed and not connection.connected:
                            ended = "the login that was armed has ended"
                            raise NotSentError(f"{request.device}: {ended}, so {request.command!r} was not sent")
                        answer = connection.run(request.command)
                    else:
                        answer = connection.configure(request.lines)
                except LostError as lost:
                    error = lost
                except AnsibleError as lost:
                    error = LostError(lost.message)
                except Exception as lost:  # whatever it is, only the sequence knows what must still be done
                    error = LostError(f"{request.device}: {type(lost).__name__}: {lost}")
            elif isinstance(request, Pause):
                display.display(f"  {time.strftime('%H:%M:%S')} waiting {request.seconds:g} s: {request.why}")
                time.sleep(request.seconds)
            elif isinstance(request, Note):
                try:
                    journal.write(request)
                except OSError as lost:
                    error = LostError(f"the journal cannot be written: {lost}")
                said = " ".join(filter(None, (request.event.replace("_", " "), request.device, request.command)))
                display.display(f"  {time.strftime('%H:%M:%S')} {said}{': ' if request.text else ''}{request.text}")
            elif isinstance(request, Shield):
                shield.raise_() if request.up else shield.lower()
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        shield.lower()
