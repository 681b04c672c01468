# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transcript is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Lines that belong together: a command's output, or what belongs to no command.

    ``command`` is as it was typed, empty when the part is no command's output. ``text`` is the output without prompt
    and echo, or all of a part without a command. ``line`` is the number of the first line, that of the prompt, counted
    from 1, and ``lines`` how many the part takes. ``hostname``, ``context`` and ``unit`` (``pri`` or ``sec``) are
    those of the prompt, empty where there is none. ``section`` says that ``show tech-support`` printed it, and
    ``idle`` that there is nothing in it but blank lines and prompts at which nothing was typed.

    ``incomplete`` says why the output cannot be taken for whole, ``doubtful`` why it is not certain that the part
    begins, ends or is named like this.
    """

    line: int
    lines: int
    text: str
    command: str = ""
    hostname: str = ""
    context: str = ""
    unit: str = ""
    section: bool = False
    idle: bool = False
    incomplete: str = ""
    doubtful: str = ""

    @property
    def trouble(self) -> str:
        """Why not to take this for the whole output of its command, or nothing."""
        return "; ".join(filter(None, (self.incomplete, self.doubtful)))


@dataclass(frozen=True)
class Transcript:
    """The parts of a text, in order. ``lines`` is how many lines it has."""

    lines: int
    parts: tuple[Part, ...]

    @property
    def outputs(self) -> tuple[Part, ...]:
        """The parts that are a command's output."""
        return tuple(part for part in self.parts if part.command)
