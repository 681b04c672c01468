# SPDX-License-Identifier: GPL-3.0-or-later
"""Disagreements that were settled: each a pair, what the lab must show and the rules must say, and the source.

``cases/*.yml``: ``title``, ``settled`` (what was changed: ``rule``, ``lab`` or ``both``, or ``neither``), ``source``,
``kind``, ``versions``, ``releases``, ``features`` (rows of name, end, value), ``lab`` (observables by name), ``says``
(severity by rule, ``none`` for a rule that must not fail).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.agree.compare import run
from tests.agree.draw import Drawing
from tests.agree.features import KINDS, Feature

HERE = Path(__file__).parent / "cases"
KEYS = {"title", "settled", "source", "kind", "versions", "releases", "features", "lab", "says"}


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    source: str
    drawing: Drawing
    lab: dict[str, bool]
    says: dict[str, str]


def load() -> tuple[Case, ...]:
    return tuple(read(path.stem, yaml.safe_load(path.read_text())) for path in sorted(HERE.glob("*.yml")))


def read(name: str, told: dict[str, Any]) -> Case:
    """:raises ValueError: a key or a feature is not known, or one is missing."""
    if set(told) != KEYS:
        raise ValueError(f"{name}: keys {sorted(set(told) ^ KEYS)}")
    features = tuple(Feature(each, end, value) for each, end, value in told["features"])
    if strange := [each.name for each in features if each.name not in KINDS]:
        raise ValueError(f"{name}: no feature {strange[0]!r}")
    releases = (told["releases"][0], told["releases"][1])
    drawing = Drawing(1, told["kind"], tuple(told["versions"]), releases, features)
    return Case(name, told["title"], told["source"], drawing, told["lab"], told["says"])


def check(case: Case) -> list[str]:
    """Where it is no longer as settled."""
    return list(_wrong(case))


def _wrong(case: Case) -> Iterator[str]:
    outcome = run(case.drawing)
    for name, wanted in case.lab.items():
        got = outcome.seen.facts.get(name)
        if got is not wanted:
            yield f"{name} is {got} in the lab"
    worst: dict[str, str] = {}
    for finding in sorted(outcome.said.failing(), key=lambda each: each.severity):
        worst[finding.rule] = str(finding.severity)
    for rule, severity in case.says.items():
        if worst.get(rule, "none") != severity:
            yield f"{rule} says {worst.get(rule, 'none')}"
    for difference in outcome.differences:
        yield f"{difference.signature} ({difference.observable})"
