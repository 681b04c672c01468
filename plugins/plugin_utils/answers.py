# SPDX-License-Identifier: GPL-3.0-or-later
"""What came back for a line that was typed, and whether the device refused it.

The words of a refusal are those of the ASA command line: a caret line, then ``ERROR: % Invalid input detected``,
``ERROR: % Incomplete command``, ``ERROR: % Ambiguous command``; ``Command authorization failed`` comes from AAA.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_REFUSED = re.compile(
    r"^(ERROR:.*|Command authorization failed.*|% ?(?:Invalid|Incomplete|Ambiguous).*)$", re.MULTILINE
)
# A refusal is all that a device answers; the same words inside a long output are data (a log line, a banner).
_REFUSAL_LINES = 6


@dataclass(frozen=True)
class Answer:
    """The text between a command's echo and the prompt. ``incomplete`` says why it cannot be taken for whole."""

    command: str
    text: str
    incomplete: str = ""

    @property
    def refusal(self) -> str:
        """The line with which the device refused the command, or an empty string."""
        if self.text.count("\n") > _REFUSAL_LINES:
            return ""
        match = _REFUSED.search(self.text)
        return match[1].strip() if match else ""


@dataclass(frozen=True)
class ConfigAnswer:
    """What became of configuration lines: those taken, and the one refused with the device's reason."""

    applied: tuple[Answer, ...]
    refused: str = ""
    reason: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """``WARNING:`` lines, such as that of a crypto map entry left incomplete."""
        return tuple(
            line.strip() for each in self.applied for line in each.text.splitlines() if line.startswith("WARNING:")
        )
