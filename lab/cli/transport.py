# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session asks of whoever carries its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Write:
    data: bytes


@dataclass(frozen=True)
class Pause:
    """Wait before doing anything else."""

    seconds: float


@dataclass(frozen=True)
class Hang:
    """Never say anything again, but keep the connection."""


@dataclass(frozen=True)
class Close:
    pass


@dataclass(frozen=True)
class Die:
    """Break the connection without a word."""


Action = Write | Pause | Hang | Close | Die


def joined(actions: Iterable[Action]) -> list[Action]:
    """The same, neighbouring writes as one."""
    found: list[Action] = []
    for action in actions:
        last = found[-1] if found else None
        if isinstance(action, Write) and isinstance(last, Write):
            found[-1] = Write(last.data + action.data)
        else:
            found.append(action)
    return found
