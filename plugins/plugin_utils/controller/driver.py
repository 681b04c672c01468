# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a mending over real sessions: asks, waits, writes the journal, and holds signals back while it must."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import (
    Ask,
    LostError,
    Mending,
    Note,
    Pause,
    Result,
    Shield,
)

display = Display()


class Journal:
    """What is about to happen, on disk before it happens; one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, note: Note) -> None:
        entry = {"time": round(time.time(), 3), "event": note.event}
        entry |= {name: value for name in ("device", "command", "text") if (value := getattr(note, name))}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


class _Shield:
    """Keeps SIGINT and SIGTERM until it is lowered, then delivers the first that came."""

    def __init__(self) -> None:
        self._came: int | None = None
        self._before: dict[int, Any] = {}

    def raise_(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._keep)

    def _keep(self, number: int, _frame: FrameType | None) -> None:
        self._came = self._came or number
        display.warning("interrupted between the two clears: the second one is sent first")

    def lower(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
        if self._came is not None:
            came, self._came = self._came, None
            os.kill(os.getpid(), came)


def drive(mending: Mending, connections: Mapping[str, Connection], journal: Journal) -> Result:
    """Run it to its end over these connections."""
    shield = _Shield()
    answer: Answer | None = None
    error: LostError | None = None
    try:
        while True:
            request = mending.throw(error) if error else mending.send(answer)
            answer, error = None, None
            if isinstance(request, Ask):
                try:
                    answer = connections[request.device].run(request.command)
                except AnsibleError as lost:
                    error = LostError(lost.message)
            elif isinstance(request, Pause):
                display.display(f"  {time.strftime('%H:%M:%S')} waiting {request.seconds:g} s: {request.why}")
                time.sleep(request.seconds)
            elif isinstance(request, Note):
                journal.write(request)
                said = " ".join(filter(None, (request.event.replace("_", " "), request.device, request.command)))
                display.display(f"  {time.strftime('%H:%M:%S')} {said}{': ' if request.text else ''}{request.text}")
            elif isinstance(request, Shield):
                shield.raise_() if request.up else shield.lower()
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        shield.lower()
