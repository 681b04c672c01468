# SPDX-License-Identifier: GPL-3.0-or-later
"""The rails. This folder is the registry: every file that does not start with an underscore is one rail."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from functools import cache

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._past import open_attempt, shadow_words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import (
    Check,
    Past,
    Rail,
    RefusedError,
    Situation,
    Stage,
)

__all__ = [
    "ASKED_AGAIN",
    "Check",
    "NoRailsError",
    "Past",
    "Rail",
    "RefusedError",
    "Situation",
    "Stage",
    "find",
    "load",
    "message",
    "open_attempt",
    "refusals",
    "refused",
    "shadow_words",
]

#: Asked before a session is opened; the rails of the third stage are asked in it.
BEFORE = (Stage.TUNNEL, Stage.MOMENT)
#: Asked once more right before the clears: minutes may have passed since, and somebody may have stopped them.
ASKED_AGAIN = ("kill-switch", "window")


class NoRailsError(RuntimeError):
    """The folder holds no rail: without rails everything would be cleared."""


@cache
def load() -> tuple[Check, ...]:
    """Every rail of this folder, in the order in which they are asked."""
    modules = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    if not modules:
        raise NoRailsError(f"no rail was found in {', '.join(__path__)}: the installation is incomplete")
    checks = [Check(module.RAIL, getattr(module, "seen", None)) for module in modules]
    return tuple(sorted(checks, key=lambda check: (check.rail.stage, check.rail.order)))


def find(gate: str) -> Rail:
    """The rail of that id.

    :raises LookupError: there is none.
    """
    for check in load():
        if check.rail.id == gate:
            return check.rail
    raise LookupError(f"there is no rail {gate!r}")


def message(gate: str, seen: str, tunnel: str = "NAME") -> str:
    """A refusal in the one grammar of all of them: what was seen, and how to lift it.

    :raises LookupError: there is no such rail.
    """
    return f"{seen.rstrip('.')}. {find(gate).lift.replace('{tunnel}', tunnel)}"


def refused(gate: str, seen: str, tunnel: str = "NAME") -> RefusedError:
    """The refusal of a rail that has no test of its own.

    :raises LookupError: there is no such rail.
    """
    return RefusedError(gate, message(gate, seen, tunnel))


def refusals(situation: Situation, stages: Stage | Collection[Stage] = BEFORE) -> tuple[RefusedError, ...]:
    """Every rail of these stages that refuses, in the order of the rails: the first is the one to tell."""
    asked = (stages,) if isinstance(stages, Stage) else stages
    return tuple(
        refused(check.rail.id, seen, situation.tunnel.name)
        for check in load()
        if check.rail.stage in asked and (seen := check.refuses(situation))
    )
