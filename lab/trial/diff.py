# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines to type between two configurations when nobody gave them: what is new first, what goes last.

A line that takes the place of another (`set pfs`, `isakmp keepalive`) is typed over it. What others refer to is made
before the reference and goes after it, because both configurations have their sections in that order. Where lines
are tried in their order, a new one is typed with its place, and one whose place changes is taken away first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher

from lab.trial.reading import Line, lines_of

# Under one line, these stand beside each other and do not replace each other.
_LISTED = frozenset(
    {"network-object", "group-object", "port-object", "service-object", "protocol-object", "icmp-object"}
)
_TWO_WORDS = frozenset({"ikev1", "ikev2", "isakmp", "ip", "protocol", "tunnel"})
# Lines of the first level of which there is one, and how many words name it.
_SINGLE = (
    ("crypto map * * set ikev1 *", 7), ("crypto map * * set ikev2 *", 7),
    ("crypto map * * set security-association * *", 8),
    ("crypto map * * set *", 6), ("crypto map * * match address", 6), ("crypto map * interface *", 5),
    ("crypto ikev2 enable *", 4), ("crypto ipsec security-association * *", 5), ("crypto ipsec transform-set *", 4),
    ("crypto ipsec ikev1 transform-set *", 5), ("crypto isakmp identity", 3), ("crypto isakmp nat-traversal", 3),
    ("hostname", 1), ("domain-name", 1), ("logging buffered", 2), ("logging buffer-size", 2), ("logging trap", 2),
    ("mtu *", 2), ("route * * * *", 5), ("sysopt connection tcpmss", 3), ("management-access", 1),
)  # fmt: skip
_CHAIN = "crypto ca certificate chain "
_PATTERNS: dict[str, list[tuple[list[str], int]]] = {}
for _pattern, _size in _SINGLE:
    _PATTERNS.setdefault(_pattern.split()[0], []).append((_pattern.split(), _size))


def commands(before: str, after: str) -> list[str]:
    """What to type in configuration mode, in order."""
    old, new = _tree(before), _tree(after)
    typed: list[str] = []
    kept = {_name(head) for head in new} - {None}
    was: dict[tuple[str, ...], list[str]] = {}
    for head in old:
        if name := _name(head):
            was.setdefault(name, []).append(head)
    places = _Places(old, new)
    for head, children in new.items():
        if family(head):
            typed += places.lines_for(head)
        elif head not in old:
            replaced = was.get(_name(head) or (), [])
            # A second `set peer` would stand beside the first.
            typed += [f"no {line}" for line in replaced if " set peer " in line]
            typed += [head, *children]
        elif children != old[head]:
            change = _certificates if head.startswith(_CHAIN) else _within
            lines = [*change(old[head], children)]
            typed += [head, *lines] if lines else []
    groups = {tuple(head.split()[:2]) for head in new}
    for head in reversed(old):
        if head not in new and _name(head) not in kept:
            typed += _gone(head, groups)
    return typed


def family(head: str) -> tuple[str, ...]:
    """Among which lines a line has a place that counts; nothing where it has none."""
    match head.split():
        case ["access-list", name, *_]:
            return "access-list", name
        case ["nat", _, "source", *_]:
            return ("nat",)
        case ["nat", _, "after-auto", "source", *_]:
            return "nat", "after-auto"
    return ()


def moved(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """The lines of both that do not stand in the same order in both; as few as explain the difference."""
    then, now = list(old), list(new)
    both = {*then} & {*now}
    then, now = ([line for line in each if line in both] for each in (then, now))
    if then == now:
        return []
    same = SequenceMatcher(None, then, now, autojunk=False).get_matching_blocks()
    kept = {line for block in same for line in now[block.b : block.b + block.size]}
    return [line for line in now if line not in kept]


class _Places:
    """The lines whose place counts, as they stand while one after the other is typed."""

    def __init__(self, old: Collection[str], new: Collection[str]) -> None:
        self._lines = families(old)
        self._stay = frozenset(new)
        self._before: dict[tuple[str, ...], str] = {}  # the line that the next one of its family stands after
        self._moved = {
            line for kind, lines in families(new).items() for line in moved(self._lines.get(kind, ()), lines)
        }

    def lines_for(self, head: str) -> list[str]:
        """What brings a line to its place, in the order of the candidate; nothing for one that stands there."""
        kind = family(head)
        lines = self._lines.setdefault(kind, [])
        before, self._before[kind] = self._before.get(kind), head
        taken = [f"no {head}"] if head in self._moved else []
        if taken:
            lines.remove(head)
        elif head in lines:
            return []
        place = lines.index(before) + 1 if before is not None else 0
        while place < len(lines) and lines[place] not in self._stay:
            place += 1
        lines.insert(place, head)
        return [*taken, _at(head, place + 1) if place + 1 < len(lines) else head]


def families(heads: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """The lines whose place counts, by what they are tried among."""
    found: dict[tuple[str, ...], list[str]] = {}
    for head in heads:
        if kind := family(head):
            found.setdefault(kind, []).append(head)
    return found


def _at(head: str, place: int) -> str:
    words = head.split()
    if words[0] == "access-list":
        return " ".join([*words[:2], "line", str(place), *words[2:]])
    at = words.index("source")
    return " ".join([*words[:at], str(place), *words[at:]])


def _within(old: list[str], new: list[str]) -> Iterator[str]:
    fresh = [line for line in new if line not in old]
    yield from fresh
    over = {_key(line) for line in fresh} - {None}
    for line in old:
        if line not in new and _key(line) not in over:
            yield line.removeprefix("no ") if line.startswith("no ") else f"no {line}"


def _certificates(old: list[str], new: list[str]) -> Iterator[str]:
    """A certificate is typed as a whole, in place of the one of its kind; the rest goes by its number."""
    was, then = _typed_whole(old), _typed_whole(new)
    for heading, rows in then.items():
        if was.get(heading) != rows:
            yield from (heading, *rows)
    kinds = {heading.split()[:-1] == ["certificate"] for heading in then}
    for heading in was:
        if heading not in then and (heading.split()[:-1] == ["certificate"]) not in kinds:
            yield f"no {heading}"


def _typed_whole(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("certificate "):
            rows = found.setdefault(line, [])
        elif found:
            rows.append(line)
    return found


def _gone(head: str, kept: Collection[tuple[str, ...]]) -> list[str]:
    """`kept` are the first two words of each line that is there afterwards."""
    words = head.split()
    if words[0] == "tunnel-group" and words[2:3] != ["type"] and tuple(words[:2]) not in kept:
        # They go with their group.
        return []
    return [head.removeprefix("no ") if words[0] == "no" else f"no {head}"]


def _tree(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines_of(text):
        _place(found, line)
    return found


def _place(found: dict[str, list[str]], line: Line) -> None:
    children = found.setdefault(line.head, [])
    if not line.top:
        children.append(line.text)


def _key(line: str) -> tuple[str, ...] | None:
    words = line.removeprefix("no ").split()
    if words[0] in _LISTED:
        return None
    if words[:2] == ["ikev2", "local-authentication"] or words[:2] == ["ikev2", "remote-authentication"]:
        return tuple(words[:2])
    return tuple(words[: 2 if words[0] in _TWO_WORDS else 1])


def _name(head: str) -> tuple[str, ...] | None:
    """What a line of which there is one is known by, else nothing."""
    words = head.split()
    for wanted, size in _PATTERNS.get(words[0], ()):
        if len(words) >= size and all(want in ("*", word) for want, word in zip(wanted, words, strict=False)):
            return tuple(words[:size])
    return None
