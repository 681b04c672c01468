# SPDX-License-Identifier: GPL-3.0-or-later
"""What an end can negotiate: IKE policies, transforms and groups, compared by algorithm and never by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Device,
    End,
    IkePolicy,
    IpsecProposal,
    TransformSet,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions

DEFAULT_IS_14 = Version(9, 13)
"""From here on a bare ``set pfs`` is group 14; before, group 2."""

WITHOUT_OLD = Version(9, 15)
"""The first release that lacks ``REMOVED``."""

SHA2 = Version(9, 3)
"""From here on an end is given SHA-2. 9.0 knows it for IKEv2, but the models with one core end with 9.2 and lack it."""

IKE_LIFETIME = 86400
"""The default, in seconds."""

REMOVED = {
    "encryption": frozenset({"des", "3des", "null", "aes-gmac", "aes-gmac-192", "aes-gmac-256"}),
    "integrity": frozenset({"md5"}),
    "group": frozenset({"1", "2", "24"}),
}
"""What 9.15 took away; group 5 stays for IKEv1 alone."""

# SHA-1 is no weakness here: IKEv1 on an ASA has nothing better.
_WEAK = {
    "encryption": REMOVED["encryption"],
    "integrity": REMOVED["integrity"],
    "group": frozenset({"1", "2", "5", "7", "24"}),
}
# By strength, which their numbers do not tell.
_BEST = ("21", "20", "19", "31", "16", "15", "14", "5", "24", "2", "1")
# Since when `set pfs` and an IKEv2 policy take them; 7 is gone since 8.0(4), and named by no release that is met. That
# `set pfs` took 14 with 9.0, as IKEv2 did, is from practice.
_GROUPS_FROM = {
    **dict.fromkeys(("1", "2", "5"), Version(7, 0)),
    **dict.fromkeys(("14", "19", "20", "21", "24"), Version(9, 0)),
    **dict.fromkeys(("15", "16"), Version(9, 13)),
    "31": Version(9, 16),
}
_BEFORE_8_4 = frozenset({"1", "2", "5", "7"})
_SAME = {"aes-128": "aes", "esp-aes-128": "esp-aes", "sha-1": "sha", "sha1": "sha"}


def plain(name: str) -> str:
    """One name for what releases and commands spell differently: AES without a size is AES-128."""
    short = name.removeprefix("group")
    return _SAME.get(short, short)


def weak_name(name: str) -> bool:
    """Whether an encryption or an integrity of this plain name is weak. SHA-1 is not: see above."""
    return name in _WEAK["encryption"] | _WEAK["integrity"]


def aead(name: str) -> bool:
    """Whether it brings its own integrity, so that ``integrity null`` beside it is right."""
    return name.startswith(("aes-gcm", "aes-gmac"))


def policies(config: Config, version: int) -> list[IkePolicy]:
    """In the order in which the device offers them."""
    found = [policy for policy in config.ike_policies if policy.version == version]
    return sorted(found, key=lambda policy: policy.priority)


def whole(policy: IkePolicy) -> bool:
    """Whether the device printed what a comparison needs."""
    return bool(policy.encryption and policy.group and (policy.hash or all(map(aead, policy.encryption))))


def authentication(policy: IkePolicy) -> str:
    """IKEv1's method; a policy without the line has the default."""
    return policy.authentication or "pre-share"


def algorithms_meet(a: IkePolicy, b: IkePolicy) -> bool:
    ciphers = _common(a.encryption, b.encryption)
    integrity = any(map(aead, ciphers)) or bool(_common(a.hash, b.hash))
    # A PRF that is not printed is the release's default, which both ends then share.
    prf = not a.prf or not b.prf or bool(_common(a.prf, b.prf))
    return bool(ciphers and _common(a.group, b.group) and integrity and prf)


def meet(a: IkePolicy, b: IkePolicy) -> bool:
    return algorithms_meet(a, b) and (a.version == 2 or authentication(a) == authentication(b))


def common_policies(left: Config, right: Config, version: int) -> list[tuple[IkePolicy, IkePolicy]]:
    """The pairs that agree, the one that the left end would choose first."""
    return [(p, q) for p in policies(left, version) for q in policies(right, version) if meet(p, q)]


def sound(policy: IkePolicy, other: IkePolicy | None = None) -> bool:
    """Whether it holds a combination without a weak part; with ``other``, one that both hold."""
    other = other or policy
    ciphers = _common(policy.encryption, other.encryption) - _WEAK["encryption"]
    hashes = _common(policy.hash, other.hash) - _WEAK["integrity"]
    groups = _common(policy.group, other.group) - _WEAK["group"]
    return bool(ciphers and groups and (hashes or any(map(aead, ciphers))))


def weakness(policy: IkePolicy) -> int:
    """How many of its parts are weak, those that newer releases lack counted twice."""
    parts = {"encryption": policy.encryption, "integrity": policy.hash, "group": policy.group}
    names = [(kind, plain(name)) for kind, found in parts.items() for name in found]
    return sum((name in _WEAK[kind]) + (name in REMOVED[kind]) for kind, name in names)


def better_group(a: str, b: str, *, old: bool) -> str:
    """Which of two PFS groups to keep; ``old`` when an end is of a release that has none beyond group 5."""
    known = [name for name in (a, b) if plain(name) in _BEFORE_8_4] if old else []
    return min(known or (a, b), key=lambda name: _BEST.index(plain(name)) if plain(name) in _BEST else len(_BEST))


def policy_words(policy: IkePolicy) -> str:
    read = ["/".join(names) or "?" for names in (policy.encryption, policy.hash, policy.group)]
    parts = [*read[:2], f"group {read[2]}"]
    return " ".join([*parts, *([policy.authentication] if policy.authentication else [])])


def policy_list(found: Iterable[IkePolicy]) -> str:
    return ", ".join(policy_words(policy) for policy in found) or "none"


def free_priority(config: Config, version: int, wish: int) -> int:
    """A priority near ``wish`` that no policy of this version has: typing over one would change other tunnels."""
    taken = {policy.priority for policy in policies(config, version)}
    return next(number for number in range(wish, wish + len(taken) + 1) if number not in taken)


def ike_lifetimes(tunnel: Tunnel, end: End, config: Config) -> list[float]:
    """Of the IKEv1 policies that the other end may agree to; of all of them where that is not known.

    ``lifetime none`` never ends.
    """
    mine = policies(config, 1)
    other = tunnel.other(end)
    theirs = policies(other.device.config, 1) if other is not None and other.device.config is not None else []
    usable = [policy for policy in mine if any(meet(policy, each) for each in theirs)] or mine
    return [IKE_LIFETIME if each.lifetime is None else each.lifetime or float("inf") for each in usable]


def transform_sets(config: Config, entry: CryptoMapEntry) -> list[TransformSet]:
    return [config.transform_sets[name] for name in entry.transform_sets if name in config.transform_sets]


def proposals(config: Config, entry: CryptoMapEntry) -> list[IpsecProposal]:
    return [config.ipsec_proposals[name] for name in entry.ikev2_proposals if name in config.ipsec_proposals]


def undefined(config: Config, entry: CryptoMapEntry) -> list[str]:
    """What the entry names and the configuration, as far as it was read, does not define."""
    sets = [f"transform-set {name}" for name in entry.transform_sets if name not in config.transform_sets]
    return sets + [f"ipsec-proposal {name}" for name in entry.ikev2_proposals if name not in config.ipsec_proposals]


def algorithms(transform_set: TransformSet) -> frozenset[str]:
    """What it does; ``esp-none`` says that nothing is done."""
    return frozenset(plain(each) for each in transform_set.transforms if each != "esp-none")


def proposals_meet(a: IpsecProposal, b: IpsecProposal) -> bool:
    ciphers = _common(a.encryption, b.encryption)
    return any(map(aead, ciphers)) or bool(ciphers and _common(a.integrity, b.integrity))


def proposal_words(proposal: IpsecProposal) -> str:
    return f"ikev2 {'/'.join(proposal.encryption)} {'/'.join(proposal.integrity)}".rstrip()


def pfs_group(device: Device, entry: CryptoMapEntry) -> str | None:
    """The effective group: ``None`` for no PFS, ``"default"`` where the release that decides it was not read."""
    if entry.pfs != "default":
        return entry.pfs
    if device.version is None:
        return "default"
    return "group14" if device.version >= DEFAULT_IS_14 else "group2"


def pfs_words(device: Device, entry: CryptoMapEntry) -> str:
    group = pfs_group(device, entry)
    if entry.pfs == "default" and group != "default":
        return f"{group} (default)"
    return group or "not set"


def knows_group(device: Device, group: str, versions_used: frozenset[int]) -> bool:
    """Whether ``set pfs`` takes this group on the device's release; never where the release was not read."""
    release, short = device.version, plain(group)
    if release is None or short not in _GROUPS_FROM:
        return False
    if release >= WITHOUT_OLD and (short in REMOVED["group"] or (short == "5" and 2 in versions_used)):
        return False
    return release >= _GROUPS_FROM[short]


def common_versions(a: CryptoMapEntry, b: CryptoMapEntry) -> frozenset[int]:
    return versions(a) & versions(b)


def configured(ends: Iterable[End]) -> Iterator[tuple[End, Config, CryptoMapEntry]]:
    """The ends whose configuration says what they propose for this tunnel."""
    for end in ends:
        config, entry = end.device.config, end.map_entry
        if config is not None and entry is not None and versions(entry):
            yield end, config, entry


def _common(a: Iterable[str], b: Iterable[str]) -> set[str]:
    return {plain(each) for each in a} & {plain(each) for each in b}
