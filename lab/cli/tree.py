# SPDX-License-Identifier: GPL-3.0-or-later
"""The command grammar: patterns become a tree, and a typed line becomes a command or the error an ASA prints.

A pattern is words, `<type>` arguments, `[optional]` groups and `a|b` alternatives, e.g.
`show crypto ipsec sa [peer <ip>] [detail]`. Any unambiguous beginning of a word will do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address
from typing import Any

AMBIGUOUS = 'ERROR: % Ambiguous command:  "{line}"'
INCOMPLETE = "ERROR: % Incomplete command"
INVALID = "ERROR: % Invalid input detected at '^' marker."


@dataclass(frozen=True)
class Command:
    """What a full line leads to. `level` 1 is open to user EXEC; `submode` names a configuration submode."""

    handler: Callable[..., Any]
    level: int = 15
    trains: tuple[str, ...] = ("legacy", "modern")
    key: int | None = None
    submode: str = ""


@dataclass(frozen=True)
class Ask:
    """A handler's answer that is a question: the reply goes to `then`."""

    question: str
    then: Callable[[str], Any]
    secret: bool = False
    single: bool = False


@dataclass
class Node:
    words: dict[str, Node] = field(default_factory=dict)
    arguments: dict[str, Node] = field(default_factory=dict)
    command: Command | None = None


@dataclass(frozen=True)
class Match:
    command: Command
    words: tuple[str, ...]
    args: dict[str, str]

    def __contains__(self, word: str) -> bool:
        return word in self.words


@dataclass(frozen=True)
class Failure:
    """`column` counts from the beginning of the typed line; None = no caret. `words` is what was understood."""

    message: str
    column: int | None = None
    words: tuple[str, ...] = ()

    def lines(self, prompt: str) -> list[str]:
        caret = [] if self.column is None else [" " * (len(prompt) + self.column) + "^"]
        return [*caret, self.message]


def _is_ip(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


_TYPES: dict[str, Callable[[str], bool]] = {
    "ip": _is_ip,
    "number": str.isdigit,
    "spi": lambda text: re.fullmatch(r"(0x)?[0-9A-Fa-f]{1,10}", text) is not None,
    "word": lambda text: True,
    "rest": lambda text: True,
    "threshold": lambda text: text.isdigit() and 10 <= int(text) <= 3600,
    "seconds": lambda text: text.isdigit() and 120 <= int(text) <= 214783647,
    "kilobytes": lambda text: text.isdigit() and 10 <= int(text) <= 2147483647,
    "retry": lambda text: text.isdigit() and 2 <= int(text) <= 10,
}


def expand(pattern: str) -> list[list[str]]:
    """Every sequence of words that a pattern stands for."""
    tokens = re.findall(r"\[|\]|[^\s\[\]]+", pattern)

    def sequence(index: int, depth: int) -> tuple[list[list[str]], int]:
        found: list[list[str]] = [[]]
        while index < len(tokens):
            token = tokens[index]
            if token == "]":
                return found, index + 1
            if token == "[":
                inner, index = sequence(index + 1, depth + 1)
                found = [before + after for before in found for after in ([], *inner)]
                continue
            found = [[*before, word] for before in found for word in token.split("|")]
            index += 1
        return found, index

    return sequence(0, 0)[0]


class Tree:
    """All commands of one mode and one train."""

    def __init__(self) -> None:
        self.root = Node()

    def add(self, pattern: str, command: Command) -> None:
        for words in expand(pattern):
            node = self.root
            for word in words:
                if word.startswith("<"):
                    node = node.arguments.setdefault(word[1:-1], Node())
                else:
                    node = node.words.setdefault(word, Node())
            node.command = command

    def parse(self, line: str) -> Match | Failure:
        node = self.root
        words: list[str] = []
        args: dict[str, str] = {}
        for found in re.finditer(r"\S+", line):
            token = found.group()
            word = self._keyword(node, token)
            if isinstance(word, list):
                return Failure(AMBIGUOUS.format(line=line.strip()))
            if word is not None:
                node = node.words[word]
                words.append(word)
            elif kind := next((kind for kind in node.arguments if self._fits(kind, token)), None):
                node = node.arguments[kind]
                if kind.endswith("rest"):
                    words.append(line[found.start() :].rstrip())
                    args[kind] = words[-1]
                    break
                args[kind] = token
                words.append(token)
            else:
                return Failure(INVALID, found.start(), tuple(words))
        if node.command is None:
            return Failure(INCOMPLETE, None, tuple(words))
        return Match(node.command, tuple(words), args)

    @staticmethod
    def _keyword(node: Node, token: str) -> str | list[str] | None:
        if token in node.words:
            return token
        found = [word for word in node.words if word.startswith(token.lower())]
        if len(found) > 1:
            return found
        return found[0] if found else None

    @staticmethod
    def _fits(kind: str, token: str) -> bool:
        """An argument is `type` or `name:type`."""
        return _TYPES[kind.rpartition(":")[2]](token)

    def completions(self, line: str) -> list[str] | None:
        """What may stand next, for `?`: words, `<type>` arguments, `<cr>`. None where the line so far means nothing."""
        node = self.root
        tokens = line.split()
        last = "" if line.endswith(" ") or not tokens else tokens.pop()
        for token in tokens:
            word = self._keyword(node, token)
            kind = next((kind for kind in node.arguments if self._fits(kind, token)), None)
            if isinstance(word, str):
                node = node.words[word]
            elif kind and not word:
                node = node.arguments[kind]
            else:
                return None
        found = sorted(word for word in node.words if word.startswith(last.lower()))
        if last:
            return found or None
        found += [f"<{kind.rpartition(':')[2]}>" for kind in node.arguments]
        return [*found, "<cr>"] if node.command else found


class Registry:
    """Where the command modules put what they offer; trees are made from it per train."""

    def __init__(self) -> None:
        self._entries: list[tuple[str, str, Command]] = []

    def exec(
        self, *patterns: str, level: int = 15, trains: tuple[str, ...] = ("legacy", "modern")
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            for pattern in patterns:
                self._entries.append(("exec", pattern, Command(handler, level, trains)))
            return handler

        return register

    def config(
        self, mode: str, pattern: str, handler: Callable[..., Any], key: int | None = None,
        submode: str = "", trains: tuple[str, ...] = ("legacy", "modern"),
    ) -> None:  # fmt: skip
        self._entries.append((mode, pattern, Command(handler, 15, trains, key, submode)))

    def tree(self, mode: str, train: str, level: int = 15) -> Tree:
        tree = Tree()
        for where, pattern, command in self._entries:
            if where == mode and train in command.trains and command.level <= level:
                tree.add(pattern, command)
        return tree


registry = Registry()


@lru_cache
def tree_of(mode: str, train: str, level: int = 15) -> Tree:
    """The tree of a mode; built once, when all command modules have registered."""
    return registry.tree(mode, train, level)
