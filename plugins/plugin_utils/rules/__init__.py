# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules. This folder is the registry: every file that does not start with an underscore is one rule."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Check, Rule

__all__ = ["Check", "NoRulesError", "Rule", "load", "missing"]


class NoRulesError(RuntimeError):
    """The folder holds no rule: an audit without rules would pass everything."""


@cache
def load() -> tuple[Check, ...]:
    """Every rule of this folder, by its id."""
    checks = [Check(module.RULE, module.check) for module in _modules() if not module.RULE.missing]
    if not checks:
        raise NoRulesError(f"no rule was found in {', '.join(__path__)}: the installation is incomplete")
    return tuple(sorted(checks, key=lambda check: check.rule.id))


@cache
def missing() -> tuple[Rule, ...]:
    """The rules of the catalogue that cannot be done, by their id; each says why."""
    return tuple(sorted((module.RULE for module in _modules() if module.RULE.missing), key=lambda rule: rule.id))


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"{__name__}.{module.name}")
