# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/parsers.md, written from the parsers, their types and the first of their cases."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import itertools
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Parser, find, load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain

CASES = Path(__file__).resolve().parents[1] / "parsers"
INTRODUCTION = """# Parsers

<!-- Generated from plugins/plugin_utils/parsers/. To change it, change a parser. -->

`{{ text | tunnelmend.asa.parse('show crypto ipsec sa') }}` reads the text of one command. The command may be
abbreviated as on the device. The answer has the same frame for every command:

| field | meaning |
| --- | --- |
| `command` | the command that the parser reads, in full |
| `value` | what the text says; its fields are below |
| `lines` | how many lines the text has |
| `unparsed` | lines that no grammar knows, each with `number` and `text` |
| `skipped` | how many lines were passed over, by reason: `blank`, `prompt or echoed command`, `log message`, ... |
| `incomplete` | why the text cannot be taken for whole, or an empty text |

Every line is in the value, in `skipped` or in `unparsed`. Where `incomplete` says something, the value must not be
trusted to be all there is.

In the tables an address or network is text such as `192.0.2.1` or `10.1.0.0/16`, a duration is in seconds, an SPI is a
number, and what the device did not print is null."""

_WORDS = {
    int: "number",
    float: "number",
    str: "text",
    bool: "true or false",
    type(None): "null",
    IPv4Address: "address",
    IPv6Address: "address",
    IPv4Network: "network",
    IPv6Network: "network",
}
_EXAMPLE_LINES = 40


def parsers_page() -> str:
    """The whole page."""
    parsers = sorted(load().values(), key=lambda parser: parser.command)
    overview = ["| Command | Releases | A collection asks for it |", "| --- | --- | --- |"]
    for parser in parsers:
        asked = f"as `{parser.sent}`" if parser.stage else "no"
        overview.append(f"| [{parser.command}](#{parser.command.replace(' ', '-')}) | {_releases(parser)} | {asked} |")
    parts = [INTRODUCTION, "\n".join(overview), *("\n".join(_section(parser)) for parser in parsers)]
    parts += ["## Types", *("\n".join(_type(kind)) for kind in _types(parsers))]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts)) + "\n"


def _releases(parser: Parser[Any]) -> str:
    since, until = (".".join(map(str, each)) if each else "" for each in (parser.since, parser.until))
    return " ".join([*([f"from {since}"] if since else []), *([f"before {until}"] if until else [])]) or "all"


def _section(parser: Parser[Any]) -> Iterator[str]:
    yield f"## {parser.command}\n"
    grammar = inspect.cleandoc(parser.grammar).splitlines()
    prose = "\n".join(grammar[1:]).strip()
    yield f"{grammar[0].replace('``', '`')}\n"
    if parser.options:
        yield f"With {', '.join(f'`{option}`' for option in parser.options)} the grammar is the same (`*`: any word)."
    if parser.aliases:
        yield f"Also read: {', '.join(f'`{alias}`' for alias in parser.aliases)}."
    if parser.options or parser.aliases:
        yield ""
    yield from _prose(prose)
    yield f"\nValue: {_words(_value_type(parser))}"
    command, value = _example(parser)
    if value is not None:
        lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
        if len(lines) > _EXAMPLE_LINES:
            lines = [*lines[:_EXAMPLE_LINES], "  ..."]
        yield f"\nExample, of `{command}`:\n\n```text"
        yield from lines
        yield "```"


def _prose(text: str) -> Iterator[str]:
    """A docstring's grammar as Markdown: what is indented is a text as a device prints it."""
    for printed, lines in itertools.groupby(_marked(text), key=lambda each: each[0]):
        block = inspect.cleandoc("\n".join(line for _, line in lines))
        if printed:
            yield f"\n```text\n{block}\n```\n"
        elif block:
            yield block.replace("``", "`").removesuffix("::").rstrip()


def _marked(text: str) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is in an indented part; a blank line goes with the one before it."""
    printed = False
    for line in text.splitlines():
        printed = line.startswith("    ") if line.strip() else printed
        yield printed, line


def _value_type(parser: Parser[Any]) -> Any:
    returned = typing.get_type_hints(parser.parse)["return"]
    return typing.get_args(returned)[0]


def _words(kind: Any) -> str:
    """A type as a person says it."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(each) for each in arguments))
    if origin in (tuple, list, frozenset, set):
        members = dict.fromkeys(_words(each) for each in arguments if each is not Ellipsis)
        return f"list of {' and '.join(members)}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {_words(arguments[0])} to {_words(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return " or ".join(f"`{plain(each)}`" for each in kind)
    if dataclasses.is_dataclass(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return _WORDS.get(kind, getattr(kind, "__name__", str(kind)))


def _types(parsers: list[Parser[Any]]) -> list[Any]:
    """Every dataclass that a value is made of, in order of name."""
    found: dict[str, Any] = {}

    def visit(kind: Any) -> None:
        for argument in typing.get_args(kind):
            visit(argument)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__name__ not in found:
            found[kind.__name__] = kind
            for hint in typing.get_type_hints(kind).values():
                visit(hint)

    for parser in parsers:
        visit(_value_type(parser))
    return [found[name] for name in sorted(found)]


def _type(kind: Any) -> Iterator[str]:
    yield f"### {kind.__name__}\n"
    documented = inspect.getdoc(kind) or ""
    if not documented.startswith(f"{kind.__name__}("):
        yield f"{documented.replace('``', '`')}\n"
    yield "| field | value |"
    yield "| --- | --- |"
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        yield f"| `{field.name}` | {_words(hints[field.name])} |"


def _example(parser: Parser[Any]) -> tuple[str, Any]:
    """The first case of a parser that is whole: its command and its value."""
    for raw in sorted((CASES / parser.command.replace(" ", "_").replace("-", "_")).glob("*.raw")):
        command = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))["command"]
        parsed = find(command).parse(raw.read_bytes().decode("utf-8"))
        if not parsed.incomplete and not parsed.unparsed and parsed.value:
            return command, plain(parsed.value)
    return "", None
