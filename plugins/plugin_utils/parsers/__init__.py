# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASA's commands, one file each: this folder is the registry.

A module here whose name has no leading underscore defines ``PARSER``; nothing else needs to know about it.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import (
    ParseError,
    Parser,
    Stage,
    UnknownCommandError,
)

__all__ = ["ParseError", "Parser", "Stage", "UnknownCommandError", "commands", "find", "load", "spelling"]


@functools.cache
def load() -> dict[str, Parser[Any]]:
    """Every parser by its command. A folder without parsers is an error: nothing would ever be read."""
    parsers: dict[str, Parser[Any]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        parser: Parser[Any] = importlib.import_module(f"{__name__}.{module.name}").PARSER
        if parser.command in parsers:
            raise ParseError(f"two parsers read '{parser.command}', the second in {module.name}.py")
        parsers[parser.command] = parser
    if not parsers:
        raise ParseError(f"no parser in {list(__path__)}: the installation is damaged, install the collection again")
    return parsers


def find(command: str) -> Parser[Any]:
    """The parser that reads this command, which may be abbreviated as on the device and carry arguments."""
    if "|" in command:
        raise ParseError(
            f"'{command}' is filtered, and what was left out cannot be told from what is not there: "
            f"read the whole output of '{command.partition('|')[0].strip()}'"
        )
    words = command.lower().split()
    found = [(score, parser) for parser in load().values() if (score := _score(parser, words)) is not None]
    best = max((score for score, _ in found), default=(0, 0))
    winners = [parser for score, parser in found if score == best]
    if len(winners) == 1:
        return winners[0]
    if winners:
        names = ", ".join(f"'{parser.command}'" for parser in winners)
        raise UnknownCommandError(f"'{command}' is ambiguous between {names}: write the words in full")
    near = difflib.get_close_matches(" ".join(words), load(), n=5, cutoff=0.4) or sorted(load())
    raise UnknownCommandError(f"no parser reads '{command}'; the nearest are {', '.join(map(repr, near))}")


def spelling(command: str) -> str:
    """A command in full words and without its options: of its parser's spellings the one that it is written in."""
    parser, words = find(command), command.lower().split()
    scores = {
        each: _score(dataclasses.replace(parser, command=each, aliases=()), words) or (0, 0)
        for each in (parser.command, *parser.aliases)
    }
    return max(scores, key=scores.__getitem__)


def commands(stage: Stage, version: Version | None = None) -> tuple[str, ...]:
    """What to send to a device of this release at this stage, in order."""
    chosen = [parser for parser in load().values() if parser.stage is stage and parser.suits(version)]
    in_order = sorted(chosen, key=lambda parser: (parser.rank, parser.command))
    return tuple(command for parser in in_order for command in parser.commands(version))


def _score(parser: Parser[Any], words: Sequence[str]) -> tuple[int, int] | None:
    """How well a command fits: words of the command matched, then words typed in full."""
    scores = []
    for spelling in (parser.command, *parser.aliases):
        names = spelling.split()
        rest = list(words)
        # `all` may follow running-config and asks for the defaults too; the grammar is the same.
        if names[1:2] == ["running-config"] and rest[2:3] == ["all"]:
            del rest[2]
        head, tail = rest[: len(names)], rest[len(names) :]
        if len(head) == len(names) and all(map(str.startswith, names, head)) and _fits(parser.options, tail):
            scores.append((len(names), sum(map(str.__eq__, names, head))))
    return max(scores, default=None)


def _fits(options: Sequence[str], words: Sequence[str]) -> bool:
    """Whether arguments are made of the options this grammar keeps."""
    if not words:
        return True
    for option in options:
        names = option.split()
        head, tail = words[: len(names)], words[len(names) :]
        if len(head) == len(names) and all(
            name == "*" or name.startswith(word) for name, word in zip(names, head, strict=True)
        ):
            return _fits(options, tail)
    return False
