# SPDX-License-Identifier: GPL-3.0-or-later
"""Which transforms two crypto map entries should offer each other: one strong one first, and then no weak one.

Compared by algorithm, never by name. A definition is only ever added: other entries may use those that are there, and
a device takes down the SAs of one that is changed. Sources: ASA configuration guide, "Understanding Transform Sets" and
"Defining Crypto Maps"; command reference, ``crypto ipsec [ikev1] transform-set`` and ``crypto ipsec ikev2
ipsec-proposal``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Device,
    End,
    IpsecProposal,
    TransformSet,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    SHA2,
    aead,
    algorithms,
    plain,
    proposal_words,
    proposals_meet,
    weak_name,
)

Transform = TransformSet | IpsecProposal
Known = tuple[End, Config, CryptoMapEntry]

PREFIX = "TUNNELMEND-"
"""How the definitions begin that are made here; the rest of a name is its content."""

MOST = 11
MOST_BEFORE_8_4 = 6
"""How many names a list may have."""

_IKEV1 = TransformSet(f"{PREFIX}AES256-SHA", ("esp-aes-256", "esp-sha-hmac"))
_IKEV2 = IpsecProposal(f"{PREFIX}AES256-SHA256", ("aes-256",), ("sha-256",))
_IKEV2_BEFORE = IpsecProposal(f"{PREFIX}AES256-SHA", ("aes-256",), ("sha-1",))


@dataclass(frozen=True)
class Wanted:
    """What the list of one end and one IKE version becomes: ``before``, then ``added``, then ``left``.

    ``new`` is what must be defined first, ``None`` where the strong one is there.
    """

    version: int
    before: tuple[str, ...]
    added: tuple[str, ...]
    left: tuple[str, ...]
    new: Transform | None = None


def listed(entry: CryptoMapEntry, version: int) -> tuple[str, ...]:
    return entry.transform_sets if version == 1 else entry.ikev2_proposals


def defined(config: Config, version: int) -> Mapping[str, Transform]:
    return config.transform_sets if version == 1 else config.ipsec_proposals


def whole(transform: Transform | None) -> bool:
    """Whether the device printed what a comparison needs."""
    if isinstance(transform, IpsecProposal):
        return bool(transform.encryption and (transform.integrity or all(map(aead, transform.encryption))))
    return transform is not None and bool(transform.transforms)


def weak(transform: Transform, *, sha2: bool) -> bool:
    """Whether it holds anything weak. SHA-1 is weak only where both ends may have better (``sha2``)."""
    if isinstance(transform, TransformSet):
        names = [plain(each.removeprefix("esp-").removesuffix("-hmac")) for each in transform.transforms]
        hashed = any(each.endswith("-hmac") for each in transform.transforms)
        return not hashed or any(weak_name(each) for each in names)
    integrity = {plain(each) for each in transform.integrity}
    bare = "null" in integrity and not any(map(aead, transform.encryption))
    old = any(weak_name(plain(each)) for each in (*transform.encryption, *(integrity - {"null"})))
    return old or bare or (sha2 and "sha" in integrity)


def words(transform: Transform) -> str:
    return " ".join(transform.transforms) if isinstance(transform, TransformSet) else proposal_words(transform)


def definition(device: Device, transform: Transform) -> tuple[str, ...]:
    if isinstance(transform, IpsecProposal):
        return (
            f"crypto ipsec ikev2 ipsec-proposal {transform.name}",
            f" protocol esp encryption {' '.join(transform.encryption)}",
            f" protocol esp integrity {' '.join(transform.integrity)}",
        )
    ike = "ikev1 " if modern(device) else ""
    return (f"crypto ipsec {ike}transform-set {transform.name} {' '.join(transform.transforms)}",)


def most(device: Device) -> int:
    return MOST if modern(device) else MOST_BEFORE_8_4


def wanted(version: int, left: Known, right: Known) -> tuple[Wanted, Wanted] | None:
    """What each of the two lists becomes; ``None`` where neither holds a weak one.

    The strong one is the longest key that both lists hold already, else the best of both releases.
    """
    sha2 = version == 2 and all(end.device.version and end.device.version >= SHA2 for end, _, _ in (left, right))
    a, b = (_offered(config, entry, version) for _, config, entry in (left, right))
    if not any(weak(each, sha2=sha2) for each in (*a, *b)):
        return None
    strong = [[each for each in offered if not weak(each, sha2=sha2)] for offered in (a, b)]
    common = [(p, q) for p in strong[0] for q in strong[1] if _meet(p, q)]
    if common:
        chosen: tuple[Transform, Transform] = max(common, key=lambda pair: min(map(_bits, pair)))
    else:
        best = _IKEV1 if version == 1 else _IKEV2 if sha2 else _IKEV2_BEFORE
        chosen = _held(left[1], left[2], version, best), _held(right[1], right[2], version, best)
    one, two = ((config, entry) for _, config, entry in (left, right))
    return _wanted(version, *one, chosen[0], sha2=sha2), _wanted(version, *two, chosen[1], sha2=sha2)


def _wanted(version: int, config: Config, entry: CryptoMapEntry, chosen: Transform, *, sha2: bool) -> Wanted:
    known, before = defined(config, version), listed(entry, version)
    added = (chosen.name, *(name for name in before if name != chosen.name))
    stays = tuple(name for name in added if name == chosen.name or not weak(known[name], sha2=sha2))
    return Wanted(version, before, added, stays, None if chosen.name in known else chosen)


def _offered(config: Config, entry: CryptoMapEntry, version: int) -> list[Transform]:
    return [defined(config, version)[name] for name in listed(entry, version)]


def _meet(a: Transform, b: Transform) -> bool:
    if isinstance(a, IpsecProposal) and isinstance(b, IpsecProposal):
        return proposals_meet(a, b)
    return isinstance(a, TransformSet) and isinstance(b, TransformSet) and algorithms(a) == algorithms(b)


def _bits(transform: Transform) -> int:
    """The shortest key it may end up with."""
    names = transform.encryption if isinstance(transform, IpsecProposal) else transform.transforms[:1]
    return min(next((bits for bits in (256, 192) if str(bits) in name), 128) for name in names)


def _held(config: Config, entry: CryptoMapEntry, version: int, best: Transform) -> Transform:
    """What the device has with this content, in the entry's own list first; else the new one, by a free name."""
    known = defined(config, version)
    for name in (*listed(entry, version), *sorted(known)):
        if _same(known[name], best):
            return known[name]
    name, number = best.name, 2
    while name in known:
        name, number = f"{best.name}-{number}", number + 1
    if isinstance(best, TransformSet):
        return TransformSet(name, best.transforms)
    return IpsecProposal(name, best.encryption, best.integrity)


def _same(a: Transform, b: Transform) -> bool:
    if isinstance(a, TransformSet) and isinstance(b, TransformSet):
        return algorithms(a) == algorithms(b) and a.mode == b.mode
    if isinstance(a, IpsecProposal) and isinstance(b, IpsecProposal):
        return all(
            tuple(map(plain, mine)) == tuple(map(plain, theirs))
            for mine, theirs in ((a.encryption, b.encryption), (a.integrity, b.integrity))
        )
    return False
