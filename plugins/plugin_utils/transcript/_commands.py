# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command that was typed is, as far as splitting needs to know."""

from __future__ import annotations

import functools

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find


@functools.lru_cache(maxsize=4096)
def known(command: str) -> str:
    """The command in full words if a parser reads its output, else nothing."""
    try:
        return find(command).command
    except ParseError:
        return ""


def words_of(command: str) -> frozenset[str]:
    """The words, in full, that the command which a parser reads may be made of."""
    if not known(command):
        return frozenset()
    parser = find(command)
    spellings = (parser.command, *parser.aliases, *parser.options)
    return frozenset(word for spelling in spellings for word in spelling.split())


def is_tech_support(command: str) -> bool:
    """``show tech-support`` in any abbreviation and with any argument, unless its output went elsewhere."""
    return "|" not in command and _begins(command, ("show", 2), ("tech-support", 3))


def is_read(command: str) -> bool:
    return bool(known(command)) or is_tech_support(command)


def is_crash_info(command: str) -> bool:
    return _begins(command, ("show", 2), ("crashinfo", 3))


def completed(command: str, following: str) -> bool:
    """Whether the second line is the first one, completed or continued at the prompt (tabulator, ``?``)."""
    words, more = command.lower().split(), following.lower().split()
    return words != more and len(words) <= len(more) and all(map(str.startswith, more, words))


def _begins(command: str, *names: tuple[str, int]) -> bool:
    """Whether the words of a command are these, each abbreviated to no less than so many letters."""
    words = command.lower().split()
    return len(words) >= len(names) and all(
        len(word) >= least and name.startswith(word) for word, (name, least) in zip(words, names, strict=False)
    )
