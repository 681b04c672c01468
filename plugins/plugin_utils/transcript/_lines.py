# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a text without what terminal and terminal program added to them."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._commands import known
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._signs import is_anchor

# Quantifiers are bounded or possessive, and a class never overlaps the one after it: nothing backtracks far.
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|[()][A-Za-z0-9]|\][^\x07\x1b\n]{0,200}\x07|[=>78])")
_MARKERS = ("<--- More --->", "--More--")
# The pager takes its marker back with carriage returns or backspaces, and goes on in the same line.
_ERASED = re.compile(
    r"(<--- More --->|--More--)[ ]{0,2}"
    r"(?:\r{1,3}[ ]{1,40}\r|[\x08]{1,40}[ ]{1,40}[\x08]{1,40}|[\x08]{1,40}|\r(?![\r\n]))"
)
_ERASED_SIGN = "\x00"
# The time that a terminal program puts in front of a line, with or without a date, bare or in brackets.
_STAMP = re.compile(
    r"[\[(]?"
    r"(?:(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(?:[A-Z][a-z]{2},?[ ])?[A-Z][a-z]{2}[ ]{1,2}\d{1,2}(?:,?[ ]\d{4})?)[T ,_]{1,3})?"
    r"\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?(?:[ ]?[AaPp][Mm])?(?:[ ]\d{4})?(?:Z|[+-]\d\d:?\d\d)?"
    r"[\])]?[:|>]?(?=[ \t]|$|(?<=[\]):|>]))"
)
_SAMPLE = 50


class Paged(enum.Enum):
    """What became of a pager's marker: a line that had one is in this state."""

    TURNED = "turned"  # the output goes on in the same line
    ALONE = "alone"  # it does not
    TYPED = "typed"  # what follows was not printed but typed


@dataclass(frozen=True)
class Cleaned:
    """Lines, and by their index what became of the pager's markers in them."""

    lines: Sequence[str]
    paged: Mapping[int, Paged]


def clean(text: str) -> Cleaned:
    """The lines as they stood on the screen."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    if _marked(text) and ("\r" in text or "\x08" in text):
        text = _ERASED.sub(rf"\g<1>{_ERASED_SIGN}", text)
    if "\r" in text:
        # As an ASA ends lines: CR LF, CR CR LF, LF CR.
        text = re.sub(r"\r{2,}", "\r", text)
        text = re.sub(r"\r?\n(?:\r(?!\n))?", "\n", text).replace("\r", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if "\x08" in text:
        lines = [_overtyped(line) if "\x08" in line else line for line in lines]
    lines = _unstamped(lines)
    return _unpaged(lines) if _marked(text) else Cleaned(lines, {})


def _marked(text: str) -> bool:
    return any(marker in text for marker in _MARKERS)


def _overtyped(line: str) -> str:
    """The line after its backspaces: what is typed over stands no more, and a blank that rubs out is none."""
    shown: list[str] = []
    at = 0
    for character in line:
        if character == "\x08":
            at = max(at - 1, 0)
        else:
            shown[at : at + 1] = [character]
            at += 1
    # `BS blank BS` moves the cursor back over the blank it wrote.
    if line.endswith("\x08"):
        del shown[at:]
    return "".join(shown)


# --- the time in front of each line ----------------------------------------------------------------------------


def _unstamped(lines: list[str]) -> list[str]:
    """The lines without the time in front of them, where it stands before nearly every one, prompts included.

    The lines of ``show logging`` begin with a time too: there the prompt around them has none.
    """
    full = [line for line in lines if line.strip()]
    if sum(_STAMP.match(line) is not None for line in full[:_SAMPLE]) * 2 <= len(full[:_SAMPLE]):
        return lines
    stamps = [_STAMP.match(line) for line in lines]
    bearing = sum(stamp is not None for stamp in stamps)
    gap = next(
        (
            len(rest) - len(rest.lstrip(" \t"))
            for line, stamp in zip(lines, stamps, strict=True)
            if stamp and is_anchor((rest := line[stamp.end() :]).lstrip(" \t"))
        ),
        None,
    )
    if gap is None or bearing * 10 < len(full) * 9:
        return lines
    return [
        line if stamp is None else _without(line[stamp.end() :], gap) for line, stamp in zip(lines, stamps, strict=True)
    ]


def _without(rest: str, gap: int) -> str:
    """What follows a stamp, without the blanks that belong to the stamp."""
    return rest[gap:] if rest[:gap].strip() == "" else rest.lstrip(" \t")


# --- the pager -------------------------------------------------------------------------------------------------


def _unpaged(lines: list[str]) -> Cleaned:
    paged: dict[int, Paged] = {}
    for index, line in enumerate(lines):
        if not _marked(line):
            lines[index] = line.replace(_ERASED_SIGN, "") if _ERASED_SIGN in line else line
            continue
        before, marker, rest = _last_marker(line)
        if not _only_markers(before):
            lines[index] = line.replace(_ERASED_SIGN, "")
            continue
        lines[index], paged[index] = _behind(marker, rest)
    return Cleaned(lines, paged)


def _last_marker(line: str) -> tuple[str, str, str]:
    marker = max(_MARKERS, key=line.rfind)
    at = line.rfind(marker)
    return line[:at], marker, line[at + len(marker) :]


def _only_markers(text: str) -> bool:
    for marker in (*_MARKERS, _ERASED_SIGN):
        text = text.replace(marker, "")
    return not text.strip()


def _behind(marker: str, rest: str) -> tuple[str, Paged]:
    """What stands behind a marker that was erased, or printed over with blanks, or not at all."""
    if rest.startswith(_ERASED_SIGN):
        return rest[1:], Paged.TURNED
    if not rest.strip():
        return "", Paged.ALONE
    # A log without control characters keeps the blanks that erased the marker, as many as it is long.
    width = len(marker)
    if rest[:width].strip() == "":
        return rest[width:], Paged.TURNED
    if rest.strip().lower() == "q":
        return "", Paged.ALONE
    return rest, Paged.TYPED if known(rest.strip()) else Paged.TURNED
