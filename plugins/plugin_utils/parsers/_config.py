# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as blocks: a line with the sub-lines that belong to it.

``show running-config`` indents sub-lines by one blank. Web pages and tickets lose that, so a sub-line may also stand
at the margin: a part of the configuration says with which words its blocks begin, and what begins otherwise
follows the block before it. The ``all`` form prints negated defaults (``no crypto map M 10 set tfc-packets``), which
are configuration like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

T = TypeVar("T")

COMMENT = "comment or separator"

# A long line that a page wrapped before its last mask: nothing of the ASA begins with one.
_MASK = re.compile(r"255\.(?:\d{1,3}\.){2}\d{1,3}")


@dataclass
class Block:
    """A top line and its sub-lines, with numbers. ``words`` are the top line's."""

    number: int
    text: str
    words: list[str]
    children: list[tuple[int, str]] = field(default_factory=list)

    def wraps(self, line: str) -> bool:
        """Take a line that is the rest of a wrapped one, if it is; whether it was."""
        if self.children or not _MASK.fullmatch(line):
            return False
        self.text += f" {line}"
        self.words.append(line)
        return True


def words(text: str) -> frozenset[str]:
    """The words of a list that is easier to read as text."""
    return frozenset(text.split())


def is_comment(line: str) -> bool:
    return line.startswith(("!", ":")) or line in ("exit", "exit-address-family")


def blocks(account: Account, begins: Callable[[list[str]], bool]) -> list[Block]:
    """The account's lines as blocks. ``begins`` says whether a line's words begin one."""
    found: list[Block] = []
    for number, raw in account.lines:
        line = raw.strip()
        if is_comment(line):
            account.skip(COMMENT)
            continue
        words = line.split()
        if begins(words):
            found.append(Block(number, line, words))
        elif found:
            if not found[-1].wraps(line):
                found[-1].children.append((number, line))
        else:
            account.unknown(number, line)
    return found


def affirmed(words: list[str]) -> list[str]:
    """The words without a ``no`` before them."""
    return words[1:] if words[0] == "no" and len(words) > 1 else words


def begins_with(*keywords: str) -> Callable[[list[str]], bool]:
    """Whether a line begins with one of these keywords of one or two words, or with ``no`` and then one of them."""
    wanted = frozenset(keywords)

    def begins(words: list[str]) -> bool:
        words = affirmed(words)
        return words[0] in wanted or " ".join(words[:2]) in wanted

    return begins


def part(
    command: str,
    text: str,
    keywords: Sequence[str],
    read: Callable[[list[Block], Account], T],
    *,
    empty: bool = True,
    begins: Callable[[list[str]], bool] | None = None,
) -> Parsed[T]:
    """One part of the configuration. ``empty`` says that printing nothing is how a device says there is none.

    ``begins`` is for a part whose blocks are not told by their first words alone.
    """
    account = Account(command, text, indented=True, empty=empty)
    value = read(blocks(account, begins or begins_with(*keywords)), account)
    return account.parsed(value)
