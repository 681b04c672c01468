# SPDX-License-Identifier: GPL-3.0-or-later
"""The account every parser keeps: each line of a text is known, skipped for a named reason, or unparsed.

Before a grammar sees a line, this takes off what the way of the text added to it: odd carriage returns, tabs,
the prompt with the echoed command, the prompt after the output, blank lines, section headings of ``show tech``,
log messages that the terminal mixed in, and the error messages of a refused command.
"""

from __future__ import annotations

import contextlib
import gc
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, Unparsed

T = TypeVar("T")

BLANK = "blank"
PROMPT = "prompt or echoed command"
EARLIER = "earlier output of the same command"
PAGER = "pager"
CARET = "caret"
REFUSAL = "error message"
HEADING = "section heading"
LOG = "log message"

# Quantifiers are bounded, and a class never overlaps the one after it: no input makes these backtrack far.
_PROMPT = re.compile(
    r"^[ ]{0,8}(?P<host>[\w.:/+\[\]@~-]{1,80}(?:\([\w. /-]{1,64}\)){0,3}[#>]|>)"
    r"[ ]*(?P<echo>sh[a-z]{0,2}[ ][^\n]*|more[ ][^\n]*|(?:un|no[ ])?debug[ ][^\n]*)?$",
    re.MULTILINE | re.IGNORECASE,
)
_ECHO = re.compile(r"\s*(?P<echo>sh(?:o|ow)? \S.*)", re.IGNORECASE)
_PAGER = re.compile(r"^[ ]*<--- More --->[ ]*", re.MULTILINE)
_REFUSAL = re.compile(
    r"^[ ]*((?:ERROR: )?% (?:Invalid|Incomplete|Ambiguous)[^\n]*|(?:ERROR: )?Command authorization failed[^\n]*"
    r"|ERROR: Command requires[^\n]*|ERROR: %[^\n]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_CARET = re.compile(r"^[ ]*\^[ ]*$", re.MULTILINE)
_HEADING = re.compile(r"^----[^\n]*$", re.MULTILINE)
_LOG = re.compile(
    r"^[ ]{0,4}(?:(?:<\d{1,3}>)?[^%\n]{0,80}%(?:ASA|PIX|FTD)-[^\n]*"
    r"|[A-Z][a-z]{2} \d\d [\d:]{8} \[IKEv[12](?: DEBUG)?\][^\n]*)$",
    re.MULTILINE,
)


def normal(text: str) -> str:
    """The text with plain line ends and no tabs: an ASA ends lines with CR LF, CR CR LF or LF CR."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = re.sub(r"\r{2,}", "\r", text)
        text = re.sub(r"\r?\n(?:\r(?!\n))?", "\n", text).replace("\r", "\n")
    return text.expandtabs(8) if "\t" in text else text


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection within.

    A hub's SAs are some 400,000 objects and not one cycle; looking through all of them again and again took half of the
    time that reading takes.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass(frozen=True)
class Lifted:
    """What shapes took out of a text, as their matches, and the lines they left; both with the numbers of their lines.

    ``total`` is how many lines the text has.
    """

    taken: list[tuple[int, re.Match[str]]]
    left: str
    numbers: list[int]
    total: int


def lifted(text: str, shapes: Sequence[re.Pattern[str]]) -> Lifted:
    """Take what is repeated out of a normal text, in one step each.

    A shape is an expression over one or more whole lines, their ends included; the first that fits at the beginning of
    a line takes it.
    """
    taken: list[tuple[int, re.Match[str]]] = []
    left: list[str] = []
    numbers: list[int] = []
    at, number, end = 0, 1, len(text)
    while at < end:
        for shape in shapes:
            if match := shape.match(text, at):
                taken.append((number, match))
                stop = match.end()
                number += text.count("\n", at, stop)
                break
        else:
            stop = text.find("\n", at) + 1 or end
            left.append(text[at:stop])
            numbers.append(number)
            number += 1
        at = stop
    return Lifted(taken, "".join(left), numbers, number - 1)


class Account:
    """A text under its parser's hands. ``lines`` are the numbered lines that are the grammar's to know."""

    def __init__(
        self, command: str, text: str, *, indented: bool = False, log: bool = False, empty: bool = False
    ) -> None:
        """Take off what is not the grammar's.

        ``indented`` keeps leading blanks; ``log`` says that log messages are the grammar's own, ``empty`` that an empty
        text is an answer.
        """
        self.command = command
        self.incomplete = ""
        self.unparsed: list[Unparsed] = []
        self.skipped: Counter[str] = Counter()
        text = normal(text)
        raw = text.split("\n")
        if raw[-1] == "":
            raw.pop()
        self.total = len(raw)
        apart = self._apart(text, log)
        strip = str.rstrip if indented else str.strip
        self.lines = [(number, kept) for number, line in enumerate(raw, 1) if (kept := strip(line))]
        self.skip(BLANK, self.total - len(self.lines))
        if apart:
            self.skipped.update(apart[number] for number, _ in self.lines if number in apart)
            self.lines = [each for each in self.lines if each[0] not in apart]
        if indented and self.lines:
            # A document may have moved the whole text to the right.
            margin = min(len(line) - len(line.lstrip(" ")) for _, line in self.lines)
            self.lines = [(number, line[margin:]) for number, line in self.lines]
        if not self.lines and not empty and not self.incomplete:
            self.incomplete = "the output is empty"

    @classmethod
    def of_rest(cls, command: str, lifted: Lifted) -> Account:
        """The account of a text of which something was taken; only blank lines within that are still to be counted."""
        account = cls(command, lifted.left, empty=bool(lifted.taken))
        account.lines = [(lifted.numbers[number - 1], line) for number, line in account.lines]
        account.total = lifted.total
        return account

    def _apart(self, text: str, log: bool) -> dict[int, str]:
        """The numbers of the lines that no grammar should see, with the reason."""
        apart: dict[int, str] = {}
        echoes: list[tuple[int, str]] = []

        def mark(pattern: re.Pattern[str], reason: str, *signs: str, end: str = "") -> list[re.Match[str]]:
            # Looking for a sign first is what keeps a hub's output, some 20 MB, within a second.
            if signs and not any(sign in text for sign in signs):
                return []
            found = [match for match in pattern.finditer(text) if match[0].rstrip().endswith(end)]
            seen, number = 0, 1
            for match in found:
                number += text.count("\n", seen, match.start())
                seen = match.start()
                apart[number] = reason
                if reason is PROMPT and match["echo"]:
                    echoes.append((number, " ".join(match["echo"].lower().split())))
            return found

        if not log:
            mark(_LOG, LOG, "%ASA-", "%PIX-", "%FTD-", "[IKEv")
        mark(_HEADING, HEADING, "----", end="----")
        mark(_PROMPT, PROMPT)
        if mark(_CARET, CARET, "^"):
            self.incomplete = "the device refused the command"
        if refusals := mark(_REFUSAL, REFUSAL, "% ", "Command authorization", "ERROR: "):
            self.incomplete = f"the device refused the command: {refusals[0][1].strip()}"
        if mark(_PAGER, PAGER, "<---"):
            self.incomplete = "the pager (<--- More --->) was on, and lines may be missing"
        if not echoes and (first := re.search(r"\S[^\n]*", text)) and (bare := _ECHO.match(first[0])):
            number = 1 + text.count("\n", 0, first.start())
            apart[number] = PROMPT
            echoes.append((number, bare["echo"]))
        if len(echoes) > 1 and len({echo for _, echo in echoes}) == 1:
            apart |= {number: EARLIER for number in range(1, echoes[-1][0]) if number not in apart}
        if any("|" in echo for _, echo in echoes):
            self.incomplete = "the output was filtered (the echoed command has a |)"
        return apart

    def unknown(self, number: int, text: str) -> None:
        self.unparsed.append(Unparsed(number, text.strip()))

    def skip(self, reason: str, count: int = 1) -> None:
        if count:
            self.skipped[reason] += count

    def parsed(self, value: T, incomplete: str = "") -> Parsed[T]:
        """The finished account. A reason found before the grammar (pager, refusal) explains more than one after."""
        return Parsed(
            command=self.command,
            value=value,
            lines=self.total,
            unparsed=tuple(self.unparsed),
            skipped=dict(sorted(self.skipped.items())),
            incomplete=self.incomplete or incomplete,
        )
