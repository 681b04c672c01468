# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: a base, what was changed in it at which device, and what must be said of the tunnel.

Every change is checked: a text that is replaced stands exactly once, a line that is added or removed was not, or was,
there, and a state that is set had another value. A case that changes nothing by accident would prove nothing.
"""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from tests.accuracy import state

HERE = pathlib.Path(__file__).parent
VERDICTS = ("healthy", "degraded", "broken", "unknown")

_CASE = {"base", "title", "rests_on", "expect", "ends", "stimulated", "foreign"}
_CHANGES = {
    "replace",
    "add",
    "remove",
    "set",
    "drop",
    "later",
    "public",
    "whole",
    "log",
    "refuse",
    "cut",
    "unreadable",
    "readings",
    "delay",
    "unsaved",
    "printed",
}
_EXPECT = {"verdict", "cause", "fails", "without", "unknown", "message", "may_fail"}


class CaseError(ValueError):
    """A case that does not do what it says."""


@dataclass(frozen=True)
class Side:
    """One device of a case: its text, what it does at both readings, and how reading it went.

    ``refuse`` and ``cut`` are commands, ``delay`` the seconds by which each reading of it comes late, ``whole`` the one
    command that read the configuration instead of its parts, and ``printed`` texts that stand for a command's own.
    """

    name: str
    config: str
    saved: str
    first: state.State
    second: state.State
    log: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    unreadable: str = ""
    readings: int = 2
    delay: tuple[float, float] = (0.0, 0.0)
    public: tuple[str, ...] = ()
    whole: str = ""
    printed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """What must be said: the verdict, the rule that is the cause, and all rules that fail at warning or worse.

    ``causes`` is empty where there is none; of several any is right, where they are two names of one fact.
    ``may_fail`` are rules that say the same fact once more, which a correct product may or may not do.
    """

    verdict: str
    causes: tuple[str, ...]
    fails: frozenset[str]
    own: frozenset[str]
    unknown: frozenset[str]
    may_fail: frozenset[str]
    message: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One labelled pair of devices."""

    id: str
    base: str
    title: str
    rests_on: str
    sides: tuple[Side, ...]
    label: Label
    foreign: tuple[str, ...]
    stimulated: bool
    technology: tuple[str, ...]
    releases: tuple[str, ...]


def load() -> tuple[Case, ...]:
    """Every case of the library, and every base as it is."""
    bases = sorted(path.parent for path in (HERE / "bases").glob("*/base.yml"))
    cases = sorted((HERE / "cases").glob("*/*.yml"))
    return (*(_untouched(path.name) for path in bases), *(_case(path) for path in cases))


@cache
def _base(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    folder = HERE / "bases" / name
    if not (folder / "base.yml").is_file():
        raise CaseError(f"there is no base {name!r}")
    base = yaml.safe_load((folder / "base.yml").read_text())
    return base, {device: (folder / f"{device}.cfg").read_text() for device in base["ends"]}


def _untouched(name: str) -> Case:
    base, _ = _base(name)
    told = {"base": name, "title": base["title"], "rests_on": base["rests_on"], "expect": {"verdict": "healthy"}}
    return build(f"bases/{name}", told)


def _case(path: pathlib.Path) -> Case:
    return build(f"{path.parent.name}/{path.stem}", yaml.safe_load(path.read_text()))


def build(name: str, told: dict[str, Any]) -> Case:
    """The case as its file tells it.

    :raises CaseError: a word is not known, or an edit does not change what it says it changes.
    """
    _known(name, told, _CASE)
    base, configs = _base(told["base"])
    for device in told.get("ends", {}):
        if device not in configs:
            raise CaseError(f"{name}: base {told['base']} has no device {device!r}")
    healthy = state.healthy(base)
    sides = []
    for device, config in configs.items():
        changes = told.get("ends", {}).get(device) or {}
        _known(f"{name}: {device}", changes, _CHANGES)
        public = tuple(base["ends"][device].get("public", ()))
        sides.append(_side(f"{name}: {device}", device, config, healthy[device], changes, public))
    return Case(
        id=name,
        base=told["base"],
        title=told["title"],
        rests_on=told["rests_on"],
        sides=tuple(sides),
        label=_label(name, told["expect"], base),
        foreign=tuple(told.get("foreign", base.get("foreign", ()))),
        stimulated=bool(told.get("stimulated", False)),
        technology=tuple(base["technology"]),
        releases=tuple(end["release"] for end in base["ends"].values()),
    )


def _label(name: str, expect: dict[str, Any], base: dict[str, Any]) -> Label:
    _known(f"{name}: expect", expect, _EXPECT)
    if expect["verdict"] not in VERDICTS:
        raise CaseError(f"{name}: {expect['verdict']!r} is no verdict")
    own = frozenset(expect.get("fails", ()))
    hygiene = frozenset(base["fails"])
    without = frozenset(expect.get("without", ()))
    if without - hygiene or own & hygiene:
        raise CaseError(f"{name}: base {sorted(hygiene)} does not fit {sorted(without | own)}")
    told = expect.get("cause", ())
    causes = (told,) if isinstance(told, str) else tuple(told)
    if causes and causes[0] not in own:
        raise CaseError(f"{name}: the cause {causes[0]!r} is not among what fails")
    return Label(
        verdict=expect["verdict"],
        causes=causes,
        fails=(hygiene - without) | own,
        own=own,
        unknown=frozenset(expect.get("unknown", ())),
        may_fail=frozenset(expect.get("may_fail", ())),
        message=tuple(expect.get("message", ())),
    )


def _side(
    where: str, device: str, config: str, healthy: state.State, changes: dict[str, Any], public: tuple[str, ...]
) -> Side:
    edited = _edited(where, config, changes)
    try:
        first = state.without(state.changed(healthy, changes.get("set", {})), changes.get("drop", ()))
        second = state.changed(first, changes.get("later", {}))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CaseError(f"{where}: {error}") from error
    late = changes.get("delay", (0.0, 0.0))
    return Side(
        name=device,
        config=edited,
        saved=config if changes.get("unsaved") else edited,
        first=first,
        second=second,
        log=tuple(changes.get("log", ())),
        refuse=tuple(changes.get("refuse", ())),
        cut=tuple(changes.get("cut", ())),
        unreadable=changes.get("unreadable", ""),
        readings=changes.get("readings", 2),
        delay=(float(late[0]), float(late[1])),
        public=tuple(changes.get("public", public)),
        whole=changes.get("whole", ""),
        printed=dict(changes.get("printed", {})),
    )


def _edited(where: str, config: str, changes: dict[str, Any]) -> str:
    for this, by in changes.get("replace", {}).items():
        if config.count(this) != 1:
            raise CaseError(f"{where}: {this!r} stands {config.count(this)} times")
        if this == by:
            raise CaseError(f"{where}: {this!r} is replaced by itself")
        config = config.replace(this, by)
    lines = config.splitlines()
    for line in changes.get("remove", ()):
        found = [number for number, each in enumerate(lines) if each.strip() == line.strip()]
        if len(found) != 1:
            raise CaseError(f"{where}: line {line!r} stands {len(found)} times")
        del lines[found[0]]
    for line in changes.get("add", ()):
        if line in lines and not line.startswith(" "):
            raise CaseError(f"{where}: line {line!r} stands there already")
        # Before the last three lines, which end every configuration.
        lines.insert(len(lines) - 3, line)
    return "\n".join(lines) + "\n"


def _known(where: str, told: dict[str, Any], words: set[str]) -> None:
    if unknown := set(told) - words:
        raise CaseError(f"{where}: unknown words {sorted(unknown)}")
