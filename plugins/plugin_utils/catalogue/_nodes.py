# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML read piece by piece with the line of every piece, and everything that is wrong with it at once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import yaml


class CatalogueError(ValueError):
    """A catalogue that cannot be used; ``mistakes`` has a sentence for each, with its line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class Reader:
    """Reads nodes and keeps what is wrong with them. ``path`` is how a reader of the file names a piece."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._mistakes: list[tuple[int, str]] = []

    def wrong(self, node: yaml.Node, text: str) -> None:
        self._mistakes.append((line_of(node), text))

    def finish(self) -> None:
        """:raises CatalogueError: something was wrong."""
        if self._mistakes:
            told = dict.fromkeys(f"{self.name} line {line}: {text}" for line, text in sorted(self._mistakes))
            raise CatalogueError(tuple(told))

    def root(self, text: str) -> yaml.Node | None:
        """The file's one document, or ``None`` when it is empty.

        :raises CatalogueError: it is no YAML.
        """
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark is not None else 1
            words = ", ".join(filter(None, (error.context, error.problem)))
            raise CatalogueError([f"{self.name} line {line}: this is no YAML: {words}"]) from None
        except yaml.YAMLError as error:
            raise CatalogueError([f"{self.name}: this is no YAML: {' '.join(str(error).split())}"]) from None

    def mapping(self, node: yaml.Node, path: str, known: Collection[str] = ()) -> dict[str, yaml.Node]:
        """A mapping's values by key. With ``known``, any other key is wrong."""
        if not isinstance(node, yaml.MappingNode):
            if self.value(node) is not None:
                self.wrong(node, f"{path or 'the file'} must be a mapping, not {said(node)}")
            return {}
        found: dict[str, yaml.Node] = {}
        lines: dict[str, int] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                self.wrong(key_node, f"{path or 'the file'} has a key that is no word: {said(key_node)}")
            elif key in found:
                self.wrong(key_node, f"{_join(path, key)} stands twice: first on line {lines[key]}")
            elif known and key not in known:
                self.wrong(key_node, f"{_join(path, key)} is not known{near(key, known)}")
            else:
                found[key], lines[key] = value, line_of(key_node)
        return found

    def sequence(self, node: yaml.Node, path: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if self.value(node) is not None:
            self.wrong(node, f"{path} must be a list, not {said(node)}")
        return []

    def value(self, node: yaml.Node) -> Any:
        """What a scalar means in YAML; a list or mapping is no scalar, and given back as its node."""
        if not isinstance(node, yaml.ScalarNode):
            return node
        try:
            return yaml.constructor.SafeConstructor().construct_document(node)
        except (yaml.YAMLError, ValueError):
            # An unknown tag, or a date that no calendar has: whoever wants a type says that it is not this.
            return node

    def text(self, node: yaml.Node, path: str) -> str:
        """A text that is not empty, in one line."""
        value = self.value(node)
        words = " ".join(value.split()) if isinstance(value, str) else ""
        if not words:
            self.wrong(node, f"{path} must be a text, not {said(node)}")
        return words

    def texts(self, node: yaml.Node, path: str) -> tuple[str, ...]:
        return tuple(self.text(each, f"{path}[{index}]") for index, each in enumerate(self.sequence(node, path)))

    def truth(self, node: yaml.Node, path: str) -> bool | None:
        value = self.value(node)
        if isinstance(value, bool):
            return value
        self.wrong(node, f"{path} must be true or false, not {said(node)}")
        return None

    def number(self, node: yaml.Node, path: str) -> int | None:
        value = self.value(node)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.wrong(node, f"{path} must be a number, not {said(node)}")
        return None

    def day(self, node: yaml.Node, path: str) -> date | None:
        value = self.value(node)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(node, f"{path} must be a day such as 2026-12-31, not {said(node)}")
            return None

    def choice(self, node: yaml.Node, path: str, choices: Sequence[str]) -> str:
        value = self.value(node)
        if isinstance(value, str) and value in choices:
            return value
        self.wrong(node, f"{path} must be one of {', '.join(choices)}, not {said(node)}")
        return ""


def line_of(node: yaml.Node) -> int:
    """Counted from 1, as editors do."""
    return int(node.start_mark.line) + 1


def said(node: yaml.Node) -> str:
    """What stands there, for a sentence that says it should not."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return repr(node.value) if node.value else "nothing"


def near(name: str, known: Iterable[str]) -> str:
    """The names that were perhaps meant, or all there are when these are few."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3)
    if close:
        return f": did you mean {' or '.join(close)}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
