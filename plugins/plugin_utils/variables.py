# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistyped variables. Ansible lets an unknown ``-e`` name pass in silence; here it would change what a run does.

The roles' argument specs are the list of what exists, so that a variable is known as soon as it is documented.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

PREFIXES = ("tunnelmend_", "audit_", "collect_", "remediate_", "harden_", "reports_")
# These belong to this project alone; the others may be variables of somebody's own roles in the same inventory.
_OURS_EVERYWHERE = ("tunnelmend_",)
_WITHOUT_ROLE = ("tunnelmend_hosts", "tunnelmend_public_addresses")


def known_variables(roles: Path) -> frozenset[str]:
    """The names in every role's ``meta/argument_specs.yml``.

    :raises FileNotFoundError: no role has one, which would make every variable unknown.
    """
    names = set(_WITHOUT_ROLE)
    specs = sorted(roles.glob("*/meta/argument_specs.yml"))
    if not specs:
        raise FileNotFoundError(f"no argument specs under {roles}: the installation is damaged")
    for path in specs:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            names.update(entry.get("options", {}))
    return frozenset(names)


def unknown_variables(extra: Mapping[str, Any], everywhere: Iterable[str], known: Collection[str]) -> list[str]:
    """A sentence for each name that looks like one of ours and is none.

    ``extra`` are the variables given with ``-e``: each name with one of our prefixes, or almost a known name, counts.
    ``everywhere`` are all variables of a host, of which only ``tunnelmend_…`` are surely meant for us.
    """
    suspects = {name for name in extra if name not in known and _looks_ours(name, known)}
    suspects |= {name for name in everywhere if name.startswith(_OURS_EVERYWHERE) and name not in known}
    return [_sentence(name, known) for name in sorted(suspects)]


def _looks_ours(name: str, known: Collection[str]) -> bool:
    return name.startswith(PREFIXES) or bool(difflib.get_close_matches(name, known, n=1, cutoff=0.8))


def _sentence(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"the known ones are {', '.join(sorted(known))}."
    return f"There is no variable {name!r}: {hint}"
