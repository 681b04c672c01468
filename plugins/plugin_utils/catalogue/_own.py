# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's own rules: JMESPath expressions over the document of a tunnel.

JMESPath gives ``null`` for everything that is not there, and takes that for false. Both would turn what was not read
into a pass or a failure. So the document watches what is asked of it: an expression that touched a ``null`` is unknown,
and one that asks for a field that no document has is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jmespath
from jmespath.exceptions import ArityError, JMESPathError, LexerError, ParseError, UnknownFunctionError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._document import tunnel_document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._nodes import near
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Outcome, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
EXAMPLE = Path(__file__).with_name("tunnel.json")
# Their keys are the device's own labels.
_OPEN = ("counters",)


@dataclass
class Touched:
    """What an expression asked for and did not get: fields that were not read, and fields that no document has."""

    unread: dict[str, None] = field(default_factory=dict)
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Facts(dict[str, Any]):
    """A mapping that notes what was asked of it in vain. JMESPath asks with ``get``."""

    def __init__(self, values: Mapping[str, Any], label: str, touched: Touched) -> None:
        super().__init__(values)
        self._label, self._touched = label, touched

    def get(self, key: str, default: Any = None) -> Any:
        where = f"{self._label}.{key}" if self._label else key
        if key not in self:
            self._touched.absent[where] = tuple(self)
        elif self[key] is None:
            self._touched.unread[where] = None
        return super().get(key, default)


# JMESPath's functions know an object by the name of its type.
_Facts.__name__ = "dict"


@dataclass(frozen=True)
class Expression:
    """A compiled JMESPath expression."""

    text: str
    parsed: Any

    def of(self, document: Mapping[str, Any], *, by_name: bool = True) -> tuple[Any, Touched]:
        """:raises JMESPathError: it cannot be worked out on this document."""
        touched = Touched()
        watched = _watched(document, "", touched, by_name=by_name)
        try:
            return self.parsed.search(watched), touched
        except JMESPathError:
            raise
        except (TypeError, ValueError, AttributeError) as error:
            # The library compares a number with a text, say, in Python's own words.
            raise JMESPathError(str(error)) from None


class ExpressionError(ValueError):
    """A text that is no JMESPath expression, or that asks for what no document has."""


def expression(text: str) -> Expression:
    """:raises ExpressionError: it is none; says where, counted from 1."""
    try:
        found = Expression(text, jmespath.compile(text))
    except LexerError as error:
        raise ExpressionError(f"unexpected {error.token_value!r} at column {error.lexer_position + 1}") from None
    except ParseError as error:
        what = f"unexpected {error.token_value!r}" if error.token_value else "it ends too early"
        raise ExpressionError(f"{what} at column {error.lex_position + 1}") from None
    except JMESPathError as error:
        raise ExpressionError(str(error)) from None
    try:
        _, touched = found.of(_example(), by_name=False)
    except (UnknownFunctionError, ArityError) as error:
        raise ExpressionError(str(error)) from None
    except JMESPathError:
        # The types of an example prove nothing: what is a text there may be `false` here.
        return found
    for name, known in touched.absent.items():
        raise ExpressionError(f"a tunnel has no field {name}{near(name.rpartition('.')[2], known)}")
    return found


@dataclass(frozen=True)
class Message:
    """A text with expressions in braces."""

    text: str
    parts: tuple[Expression, ...]

    def of(self, document: Mapping[str, Any]) -> str:
        parts = iter(self.parts)

        def said(_: re.Match[str]) -> str:
            value, _touched = next(parts).of(document)
            return _said(value)

        return _PLACEHOLDER.sub(said, self.text)


def message(text: str) -> Message:
    """:raises ExpressionError: what stands in braces is no expression, or a brace stands alone."""
    if set(_PLACEHOLDER.sub("", text)) & set("{}"):
        raise ExpressionError("a brace stands alone")
    return Message(text, tuple(expression(each) for each in _PLACEHOLDER.findall(text)))


def check(rule: Rule, words: Message, test: Expression, *, failing: bool, when: Expression | None = None) -> Check:
    """A rule of the site as a check. ``failing`` says that a true ``test`` is a failure, and not the healthy state."""

    def run(tunnel: Tunnel) -> Iterator[Finding]:
        document = tunnel_document(tunnel)

        def conclude() -> Finding:
            if when is not None:
                concerned = _answer(when, document)
                if isinstance(concerned, str):
                    return rule.unknown(tunnel, rule.title, concerned)
                if not concerned:
                    return rule.not_applicable(tunnel, rule.title, "the rule's condition does not hold here")
            answer = _answer(test, document)
            if isinstance(answer, str):
                return rule.unknown(tunnel, rule.title, answer)
            if answer is failing:
                return rule.finding(Outcome.FAIL, tunnel, rule.title, words.of(document))
            return rule.passes(tunnel, rule.title, "as this site wants it")

        try:
            yield conclude()
        except JMESPathError as error:
            why = " ".join(str(error).split())
            yield rule.unknown(tunnel, rule.title, f"the rule {rule.id} could not be worked out: {why}")

    return Check(rule, run)


def _answer(asked: Expression, document: Mapping[str, Any]) -> bool | str:
    """Whether an expression is true as JMESPath has it, or why that is not known."""
    value, touched = asked.of(document)
    if touched.absent:
        return f"a tunnel has no field {', '.join(touched.absent)}"
    if touched.unread:
        return f"not read: {', '.join(touched.unread)}"
    if value is None:
        return f"the expression gives null: {asked.text}"
    return value is not False and value != "" and value != [] and value != {}


def _watched(value: Any, label: str, touched: Touched, *, by_name: bool) -> Any:
    """A document whose mappings note what is asked of them, each end ``by_name``."""
    if isinstance(value, Mapping):
        if label.rpartition(".")[2] in _OPEN:
            return dict(value)
        inner = {key: f"{label}.{key}" if label else key for key in value}
        known = {key: _watched(each, inner[key], touched, by_name=by_name) for key, each in value.items()}
        return _Facts(known, label, touched)
    if isinstance(value, list):
        names = [str(each["name"]) if label == "ends" and by_name else label for each in value]
        return [_watched(each, name, touched, by_name=by_name) for each, name in zip(value, names, strict=True)]
    if isinstance(value, str):
        # JMESPath's functions go by the name of the type, and an inventory's texts are Ansible's own kind of text.
        return str.__str__(value)
    return value


def _said(value: Any) -> str:
    if value is None:
        return "not read"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ", ".join(map(_said, value)) or "none"
    return json.dumps(value)


@cache
def _example() -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    return found
