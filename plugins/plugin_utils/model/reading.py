# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device answered: outputs of one login, and a parsed text with an account of every line."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

# Bounds of a moment that nobody wrote down. They hold it for sure, so that what is proven with them is true, and that
# two moments were close, or in some order, never is.
EARLIEST = -math.inf
LATEST = math.inf


@dataclass(frozen=True)
class Unparsed:
    """A line that no rule of the grammar knows. ``number`` counts from 1 in the text that was given."""

    number: int
    text: str


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A command's output as a value, with an account of every line.

    ``lines`` is the number of lines in the text, ``unparsed`` those nobody knows, ``skipped`` counts those left
    out on purpose by reason. ``incomplete`` says why the text cannot be taken for whole (cut off, pager in the
    middle, no end); it is empty when the text is whole.
    """

    command: str
    value: T
    lines: int
    unparsed: tuple[Unparsed, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    incomplete: str = ""


class OutputStatus(enum.Enum):
    """What became of a command that was sent."""

    READ = "read"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"
    NOT_SENT = "not_sent"


@dataclass(frozen=True)
class Output:
    """What one command answered in one login. ``detail`` says why, when ``status`` is not ``READ``.

    ``started`` and ``finished`` bound the moment, with ``EARLIEST`` and ``LATEST`` when it is unknown.
    """

    command: str
    text: str
    started: float
    finished: float
    status: OutputStatus = OutputStatus.READ
    detail: str = ""


@dataclass(frozen=True)
class Snapshot:
    """All that was read from one device in one login. ``error`` is set when the device could not be read at all."""

    device: str
    started: float
    finished: float
    outputs: tuple[Output, ...] = ()
    error: str = ""

    def output(self, command: str) -> Output | None:
        """The answer to exactly this command, or ``None`` when it was not asked."""
        return next((output for output in self.outputs if output.command == command), None)
