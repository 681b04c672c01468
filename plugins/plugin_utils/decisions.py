# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: every decision to act, or not to, is one line of JSON in ``decisions.jsonl``, and is never changed.

Who asked, for which tunnel, what was decided, by which gate, and how it ended. Refusals are in it too: that nothing was
done is what is asked for later.
"""

from __future__ import annotations

import contextlib
import enum
import fcntl
import getpass
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

NAME = "decisions.jsonl"


class DecisionError(Exception):
    """The log cannot be written; the message names it and says what to do."""


class Decided(enum.Enum):
    """What was decided: a plan was made, the run was refused, it acted, or it would have acted if it might."""

    PLANNED = "planned"
    REFUSED = "refused"
    ACTED = "acted"
    SHADOW = "shadow"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Decision:
    """One decision. ``time`` is in seconds since the epoch; ``gate`` is the rail that refused, if one did.

    ``outcome`` is a word of the report, and is empty while nothing has come of it yet.
    """

    time: float
    run: str
    controller: str
    tunnel: str
    decision: Decided
    gate: str = ""
    outcome: str = ""
    text: str = ""
    user: str = ""
    change_id: str = ""


def operator() -> str:
    """Who runs this; a user that has no name, as in a container, by number."""
    try:
        return getpass.getuser()
    # Since Python 3.13 it is an OSError.
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def record(path: Path, decision: Decision) -> None:
    """Append a decision; it is on disk when this returns. ``user`` is the operator unless another is given.

    :raises DecisionError: it could not be written. Before an act this must end the run.
    """
    line = json.dumps(
        {
            "time": _moment(decision.time),
            "run": decision.run,
            "controller": decision.controller,
            "user": decision.user or operator(),
            "change_id": mask(decision.change_id),
            "tunnel": decision.tunnel,
            "decision": decision.decision.value,
            "gate": decision.gate,
            "outcome": decision.outcome,
            "text": mask(decision.text),
        }
    )
    try:
        _append(path, line.encode("ascii"))
    except OSError as error:
        raise DecisionError(
            f"The decision could not be written to {path}: {error.strerror or error}. Let it be a file of the user who "
            "runs this, on a disk with room."
        ) from None


def record_after(path: Path, decision: Decision) -> str:
    """As :func:`record`, once something was done: what went wrong is returned, as a warning, and is never raised."""
    try:
        record(path, decision)
    except DecisionError as error:
        return f"{error} Missing in it: {decision.tunnel}, {decision.decision} {decision.outcome}".rstrip() + "."
    return ""


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        # What a full disk or a power cut left half written must not spoil the next line as well.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = (b"\n" if torn else b"") + line + b"\n"
        written = os.write(descriptor, data)
        if written != len(data):
            os.ftruncate(descriptor, size)
            raise OSError("no room for the whole line")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if size == 0:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A new file is on disk when its name is too; not every file system lets a folder be asked."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _moment(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000)) + f".{milliseconds % 1000:03d}Z"
