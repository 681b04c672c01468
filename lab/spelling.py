# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of interfaces as the device spells them: whoever types or writes a file may use capitals as he likes.

Source: Cisco ASA Command Reference, `nameif`: the name is not case-sensitive. A device shows its own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_ONE = (
    r"crypto map \S+ interface", r"crypto (?:isakmp|ikev1|ikev2) enable", r"isakmp enable", r"route",
    r"tunnel source interface", r"access-group \S+ (?:in|out) interface", r"mtu", r"management-access",
)  # fmt: skip
_NAMED = re.compile(
    rf"\s*(?:no )?(?:(?:{'|'.join(_ONE)}) (?P<one>\S+)"
    r"|(?:nat|static|global) \((?P<real>[^,)\s]+)(?:,(?P<mapped>[^)\s]+))?\))"
)
_NAMEIF = re.compile(r"\s+nameif (\S+)$")


def names_in(lines: Iterable[str]) -> dict[str, str]:
    """The interfaces that these lines name, each by its name in small letters."""
    found = (_NAMEIF.match(line.rstrip()) for line in lines)
    return {each[1].lower(): each[1] for each in found if each}


def names_one(line: str) -> bool:
    """Does the line name an interface?"""
    return _NAMED.match(line) is not None


def spelled(line: str, names: Mapping[str, str]) -> str:
    """The line with each interface as the device spells it; one that is unknown stays."""
    found = _NAMED.match(line)
    if found is None:
        return line
    for group in ("one", "real", "mapped"):
        name = found[group]
        if name and name.lower() in names:
            line = line[: found.start(group)] + names[name.lower()] + line[found.end(group) :]
    return line


def spelled_text(text: str) -> str:
    """A whole configuration."""
    names = names_in(text.splitlines())
    return "\n".join(spelled(line, names) for line in text.split("\n")) if names else text
