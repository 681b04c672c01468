# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows around an output: prompts, echoes, questions, line ends."""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

# A hostname has letters, digits and hyphens; `prompt` can add domain, priority, state and context around slashes.
ASA_PROMPT = re.compile(rb"[A-Za-z0-9][\w.\-/]*[>#]")
FTD_PROMPT = re.compile(rb">")
SHELL_PROMPT = re.compile(rb".*[$%]|.*[\w.-]+@.*#")
PASSWORD_PROMPT = re.compile(rb"[Pp]assword: ?\Z")
PASSWORD_QUESTION = re.compile(rb"(?i).*password[^:]*:")
MORE = b"<--- More --->"
# Colours, and the bracketed paste that bash turns on and off around each line.
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
# The fewest columns that `terminal width` takes.
_NARROWEST = 40


def printable(data: bytes | bytearray) -> str:
    """Text for messages and files; bytes that are no UTF-8 stay visible as escapes."""
    return data.decode("utf-8", "backslashreplace")


def may_be_prompt(line: bytes) -> bool:
    kinds = (ASA_PROMPT, FTD_PROMPT, SHELL_PROMPT)
    return line.endswith(MORE) or any(kind.fullmatch(line) for kind in kinds)


def lines(data: bytes) -> list[bytes]:
    """The lines that are not empty, stripped."""
    pieces = re.split(rb"[\r\n]+", _CONTROL.sub(b"", data))
    return [line for line in map(bytes.strip, pieces) if line]


def echo(line: bytes) -> re.Pattern[bytes]:
    """A line as it comes back; a narrow terminal breaks it anywhere."""
    return re.compile(rb"(?: ?[\r\n]+)?".join(re.escape(line[at : at + 1]) for at in range(len(line))) + rb"[ \r]*\n")


def is_scrolled_echo(first: bytes, wanted: bytes, prompt: bytes) -> bool:
    """A command longer than the columns comes back in pieces between ``$`` and backspaces; its end is still whole."""
    scrolls = len(prompt) + len(wanted) >= _NARROWEST and re.search(rb"[$\x08]", first)
    again = prompt_at_end(prompt, b"[>#]")
    pieces = [piece.strip() for piece in re.split(rb"[$\r\x08]+", first)]
    pieces = [piece for piece in pieces if piece and not again.match(piece)]
    return bool(scrolls and pieces and all(each in wanted for each in pieces) and pieces[-1].endswith(wanted[-12:]))


def holds_echo(text: str, prompt: bytes, line: str) -> bool:
    """Whether a command was typed at a prompt within its own output: the echo in front of it was no echo."""
    again = rf"^{re.escape(printable(prompt))}(\(config[\w-]*\))?[>#] ?{re.escape(line)}$"
    return line in text and re.search(again, text, re.MULTILINE) is not None


def prompt_at_end(name: bytes, last: bytes) -> re.Pattern[bytes]:
    """The prompt, alone on the last line. Group 1 is the configuration mode, if any."""
    return re.compile(rb"(?:^|[\r\n])" + re.escape(name) + rb"(\(config[\w-]*\))?" + last + rb" ?\Z")


def require_one_line(line: str) -> None:
    # A line break is a second command that nobody reads, `?` and a tabulator make the device complete the line.
    if not line.strip() or re.search(r"[\x00-\x1f\x7f?]", line):
        raise ValueError(f"one plain command line is sent at a time, got {mask(line)!r}")


def clean(data: bytes | bytearray) -> str:
    """An output as text with plain newlines; the ASA ends lines with CR LF and sprinkles odd CRs."""
    text = printable(data).strip("\r").replace("\r\n", "\n")
    if "\r" in text:
        # Runs of CR first: tried from each of its CRs, a long one would take quadratic time.
        text = re.sub(r"\r?\n\r?", "\n", re.sub(r"\r+", "\r", text)).replace("\r", "\n")
    return text.rstrip("\n") + "\n" if text and not text.isspace() else ""
