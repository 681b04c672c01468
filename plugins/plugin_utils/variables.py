# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that are mistyped, missing or hold what is not allowed, told before anything is sent to a device.

Ansible lets an unknown ``-e`` name pass in silence, and looks at a role's values only when it comes to that role, which
is after the devices were read. The roles' argument specs are the list of what exists and of what is allowed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import enable_dpd

Options = Mapping[str, Mapping[str, Any]]

PREFIXES = ("tunnelmend_", "audit_", "collect_", "remediate_", "harden_", "gate_", "reports_")
# These belong to this project alone; the others may be variables of somebody's own roles in the same inventory.
_OURS_EVERYWHERE = ("tunnelmend_",)
_WITHOUT_ROLE = ("tunnelmend_hosts", "tunnelmend_public_addresses")

ALL_BROKEN = "all-broken"
"""Instead of a tunnel's name, to mend: every tunnel that is broken, one after the other."""

# What an argument spec has no word for: the least value, and the greatest where there is one.
_LIMITS: dict[str, tuple[int, int | None]] = {
    "collect_interval": (0, None),
    "reports_keep": (0, None),
    "gate_max_outage": (0, None),
    "gate_max_recovery": (0, None),
    **{settings.variable(name): (least, None) for name, least in settings.LIMITS.items()},
    "harden_dpd_threshold": (enable_dpd.THRESHOLD[0], enable_dpd.THRESHOLD[-1]),
    "harden_dpd_retry": (enable_dpd.RETRY[0], enable_dpd.RETRY[-1]),
}
# What both Ansible's arguments and its filter `bool` read alike: the filter takes "y" and "t" for false.
_BOOLEANS = frozenset(("yes", "on", "true", "1", "no", "off", "false", "0"))


def role_options(roles: Path) -> dict[str, Options]:
    """The options in every role's ``meta/argument_specs.yml``, by role.

    :raises FileNotFoundError: no role has one, which would make every variable unknown.
    """
    specs = sorted(roles.glob("*/meta/argument_specs.yml"))
    if not specs:
        raise FileNotFoundError(f"no argument specs under {roles}: the installation is damaged")
    found: dict[str, Options] = {}
    for path in specs:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values()
        found[path.parts[-3]] = {name: spec for entry in entries for name, spec in entry.get("options", {}).items()}
    return found


def known_variables(options: Mapping[str, Options]) -> frozenset[str]:
    """Every variable that some role documents, and those that belong to none."""
    return frozenset(_WITHOUT_ROLE).union(*options.values())


def unknown_variables(extra: Mapping[str, Any], everywhere: Iterable[str], known: Collection[str]) -> list[str]:
    """A sentence for each name that looks like one of ours and is none.

    ``extra`` are the variables given with ``-e``: each name with one of our prefixes, or almost a known name, counts.
    ``everywhere`` are all variables of a host, of which only ``tunnelmend_…`` are surely meant for us.
    """
    suspects = {name for name in extra if name not in known and _looks_ours(name, known)}
    suspects |= {name for name in everywhere if name.startswith(_OURS_EVERYWHERE) and name not in known}
    return [_sentence(name, known) for name in sorted(suspects)]


def refusal_of_value(name: str, value: object, option: Mapping[str, Any]) -> str:
    """Say which value a variable may not have and what it may, or return an empty string when it may.

    Nothing (``None``) is what an option without a value has, and is left to whoever requires it.
    """
    if value is None:
        return ""
    allowed = _allowed(name, value, option)
    return f"{name} is {value!r}: give {allowed}." if allowed else ""


def refusal_of_tunnel(name: object, devices: Collection[str]) -> str:
    """Say why no tunnel of these devices can have that name, or return an empty string when one may.

    Names are looked up once the tunnels are known; until then all that is sure is that one of the ends is in it.
    """
    where = "The names are those of the audit's table"
    if name is None or name == "":
        return f"tunnel is missing: give -e tunnel=NAME. {where}."
    text = str(name)
    if any(text.startswith(f"{device}-") or f"-{device}" in text for device in devices):
        return ""
    return f"tunnel is {text!r}: a tunnel is named by its two ends, and no device of this run is one of them. {where}."


def refusal_of_confirm(confirm: object, tunnel: object) -> str:
    """Say that what was confirmed cannot be the tunnel that is meant, or return an empty string when it may be.

    Names are looked up once the tunnels are known; until then it is enough that both have the same parts.
    """
    given, meant = (str(each or "").strip() for each in (confirm, tunnel))
    if not given or not meant or _parts(given) & _parts(meant):
        return ""
    return (
        f"confirm is {given!r}, and tunnel is {meant!r}: to confirm, type the name of the tunnel that is to be cleared."
    )


def _parts(name: str) -> set[tuple[str, ...]]:
    """The parts of a name in no order, with and without the suffix that may set it apart."""
    return {tuple(sorted(each.split("-"))) for each in (name, name.partition(":")[0])}


def _allowed(name: str, value: object, option: Mapping[str, Any]) -> str:
    """What the variable may be when it is not that."""
    if (choices := option.get("choices")) and option.get("type") == "list":
        # As Ansible takes `-e name=one,two` for a list.
        given = [each.strip() for each in value.split(",")] if isinstance(value, str) else value
        fits = isinstance(given, list) and given and all(each in choices for each in given)
        return "" if fits else f"one or more of {', '.join(map(str, choices))}"
    if choices:
        return "" if value in choices else f"one of {', '.join(map(str, choices))}"
    if option.get("type") == "bool":
        return "" if str(value).strip().lower() in _BOOLEANS else "true or false"
    if option.get("type") == "int":
        least, most = _LIMITS.get(name, (None, None))
        number = _number(value)
        fits = number is not None and (least is None or number >= least) and (most is None or number <= most)
        return "" if fits else f"a whole number{_between(least, most)}"
    return ""


def _number(value: object) -> int | None:
    whole = not isinstance(value, bool) and re.fullmatch(r"\s*[+-]?\d+\s*", str(value))
    return int(str(value)) if whole else None


def _between(least: int | None, most: int | None) -> str:
    if least is None:
        return ""
    return f" from {least} on" if most is None else f" from {least} to {most}"


def _looks_ours(name: str, known: Collection[str]) -> bool:
    return name.startswith(PREFIXES) or bool(difflib.get_close_matches(name, known, n=1, cutoff=0.8))


def _sentence(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"the known ones are {', '.join(sorted(known))}."
    return f"There is no variable {name!r}: {hint}"
