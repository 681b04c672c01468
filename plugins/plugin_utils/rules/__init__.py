# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules. This folder is the registry: every file that does not start with an underscore is one rule."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Check, Rule

__all__ = ["Check", "NoRulesError", "Rule", "load"]


class NoRulesError(RuntimeError):
    """The folder holds no rule: an audit without rules would pass everything."""


@cache
def load() -> tuple[Check, ...]:
    """Every rule of this folder, by its id."""
    checks = []
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module.name}")
            checks.append(Check(loaded.RULE, loaded.check))
    if not checks:
        raise NoRulesError(f"no rule was found in {', '.join(__path__)}: the installation is incomplete")
    return tuple(sorted(checks, key=lambda check: check.rule.id))
