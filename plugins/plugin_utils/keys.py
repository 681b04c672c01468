# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two devices hold the same pre-shared key, and nothing else about it.

The texts are what ``more system:running-config`` prints, the one command that shows keys in clear. Neither they nor
anything derived from a key leaves this module: each call draws a key of its own, compares HMAC-SHA256 digests in
constant time and forgets both. No message, exception or ``repr`` holds a key, its length or a digest.

What is compared crosswise, as the ends use it::

    tunnel-group 198.51.100.2 ipsec-attributes
     pre-shared-key K | ikev1 pre-shared-key K                    equal at both ends
     ikev2 local-authentication pre-shared-key K                  equal to the peer's remote one
     ikev2 remote-authentication pre-shared-key K                 equal to the peer's local one
"""

from __future__ import annotations

import enum
import hmac
import secrets
from dataclasses import dataclass, field

_KINDS = {
    ("pre-shared-key",): "ikev1",
    ("ikev1", "pre-shared-key"): "ikev1",
    ("ikev2", "local-authentication", "pre-shared-key"): "ikev2 local",
    ("ikev2", "remote-authentication", "pre-shared-key"): "ikev2 remote",
}
_CROSSWISE = {1: (("ikev1", "ikev1"),), 2: (("ikev2 local", "ikev2 remote"), ("ikev2 remote", "ikev2 local"))}


class Comparison(enum.Enum):
    """What can be said of two keys. ``UNVERIFIABLE``: a side shows none, or not in clear."""

    EQUAL = "equal"
    UNEQUAL = "unequal"
    UNVERIFIABLE = "unverifiable"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class _Key:
    """A key as typed, or ``None`` for one that is masked, encrypted or in hexadecimal."""

    value: bytes | None = field(repr=False)

    def __repr__(self) -> str:
        return "_Key(*****)"


def compare(
    left_text: str, right_text: str, *, left_group: str = "", right_group: str = "", version: int | None = None
) -> Comparison:
    """Compare the keys of one tunnel.

    ``left_group`` and ``right_group`` name each side's tunnel-group; without a name the text must hold the keys of
    one group alone. ``version`` is 1 or 2 for one IKE version, and ``None`` for those that both sides have keys of.
    One unequal pair of a version is enough for ``UNEQUAL``; ``EQUAL`` takes that every pair is. Versions that come out
    unlike are ``UNVERIFIABLE``.
    """
    left, right = _keys(left_text, left_group), _keys(right_text, right_group)
    asked = (1, 2) if version is None else (version,)
    versions = [each for each in asked if version is not None or (_mentions(left, each) and _mentions(right, each))]
    said = [_of_version(left, right, each) for each in versions]
    if len(set(said)) != 1:
        # One version's keys are equal and the other's are not: which of them is in use is not known here.
        return Comparison.UNVERIFIABLE
    return said[0]


def _of_version(left: dict[str, _Key], right: dict[str, _Key], version: int) -> Comparison:
    said = [_same(left.get(mine), right.get(theirs)) for mine, theirs in _CROSSWISE[version]]
    if Comparison.UNEQUAL in said:
        return Comparison.UNEQUAL
    return Comparison.UNVERIFIABLE if Comparison.UNVERIFIABLE in said else Comparison.EQUAL


def _mentions(keys: dict[str, _Key], version: int) -> bool:
    return any(mine in keys for mine, _ in _CROSSWISE[version])


def _same(a: _Key | None, b: _Key | None) -> Comparison:
    if a is None or b is None or a.value is None or b.value is None:
        return Comparison.UNVERIFIABLE
    once = secrets.token_bytes(32)
    digests = [hmac.digest(once, each, "sha256") for each in (a.value, b.value)]
    return Comparison.EQUAL if hmac.compare_digest(*digests) else Comparison.UNEQUAL


def _keys(text: str, group: str) -> dict[str, _Key]:
    """The keys of a tunnel-group by kind; none when no name is given and several groups have keys."""
    found: dict[str, dict[str, _Key]] = {}
    current = ""
    for line in text.splitlines():
        words = line.split()
        if not line.startswith(" "):
            inside = len(words) == 3 and words[0] == "tunnel-group" and words[2] == "ipsec-attributes"
            current = words[1] if inside else ""
        elif current:
            for start, kind in _KINDS.items():
                if tuple(words[: len(start)]) == start and len(words) > len(start):
                    found.setdefault(current, {})[kind] = _Key(_clear(words[len(start) :]))
    if group:
        return found.get(group, {})
    return next(iter(found.values())) if len(found) == 1 else {}


def _clear(words: list[str]) -> bytes | None:
    """The key, when it is printed in clear: ``hex ...``, ``8 ...`` and asterisks are not."""
    value = words[-1]
    if len(words) > 1 and words[:-1] != ["0"]:
        return None
    return None if set(value) == {"*"} else value.encode("utf-8", "surrogatepass")
