# SPDX-License-Identifier: GPL-3.0-or-later
"""Transform-sets, proposals, profiles and crypto maps, in the spelling of every release from 7.2 on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lab.config import Config
from lab.engine.policy.ike import lifetime
from lab.engine.policy.model import UNLIMITED, MapEntry, Profile, Proposal, Transform
from lab.engine.policy.release import Release, default_group
from lab.engine.policy.vocabulary import known

Entries = dict[str, tuple[MapEntry, ...]]


def read_transforms(config: Config, release: Release) -> dict[str, Transform]:
    """`esp-none` stands for an integrity that is not given. `mode transport` is a line of its own."""
    found: dict[str, Transform] = {}
    transport = set()
    for block in config.starting("crypto", "ipsec"):
        match [word for word in block.words if word != "ikev1"]:
            case ["crypto", "ipsec", "transform-set", name, "mode", mode]:
                transport |= {name} if mode == "transport" else set()
            case ["crypto", "ipsec", "transform-set", name, *algorithms] if algorithms and known(
                "esp", algorithms, release
            ):
                hashes = [word for word in algorithms if _is_integrity(word)]
                ciphers = [word for word in algorithms if not _is_integrity(word)]
                found[name] = Transform(name, *(ciphers[:1] or ["esp-null"]), *(hashes[:1] or ["esp-none"]))
    return {name: replace(each, mode="transport") if name in transport else each for name, each in found.items()}


def _is_integrity(word: str) -> bool:
    return word.endswith("-hmac") or word == "esp-none"


def read_proposals(config: Config, release: Release) -> dict[str, Proposal]:
    """A proposal whose lines say nothing has 3DES and SHA-1 (command reference 8.4, `protocol esp`)."""
    found = {}
    for block in config.starting("crypto", "ipsec", "ikev2", "ipsec-proposal"):
        if len(block.words) < 5 or release < (8, 4):
            continue
        lists: dict[str, tuple[str, ...]] = {
            "encryption": ("aes-256" if release >= (9, 15) else "3des",),
            "integrity": ("sha-1",),
        }
        for words in (child.split() for child in block.children):
            match words:
                case ["protocol", "esp", "encryption" | "integrity" as what, _, *_] if known(
                    f"ikev2 esp {what}", words[3:], release
                ):
                    lists[what] = tuple(words[3:])
        found[block.words[4]] = Proposal(block.words[4], lists["encryption"], lists["integrity"])
    return found


def read_lifetimes(config: Config) -> tuple[int, int]:
    """The global seconds and kilobytes of IPsec SAs."""
    seconds, kilobytes = 28800, 4608000
    for block in config.starting("crypto", "ipsec", "security-association", "lifetime"):
        changed = _lifetimes(block.words[4:])
        seconds, kilobytes = changed.get("seconds", seconds), changed.get("kilobytes", kilobytes)
    return seconds, kilobytes


def _lifetimes(words: list[str]) -> dict[str, Any]:
    """`seconds 3600 kilobytes unlimited`, either or both."""
    found: dict[str, Any] = {}
    for what, value in zip(words[::2], words[1::2], strict=False):
        number = UNLIMITED if (what, value) == ("kilobytes", "unlimited") else lifetime(value)
        if what in ("seconds", "kilobytes") and number:
            found[what] = number
    return found


def read_profiles(config: Config, release: Release) -> dict[str, Profile]:
    """VPN CLI guide since 9.7, "Virtual Tunnel Interface"."""
    found = {}
    for block in config.starting("crypto", "ipsec", "profile"):
        if len(block.words) < 4:
            continue
        profile = Profile(block.words[3])
        for words in (child.split() for child in block.children):
            match words:
                case ["set", "ikev1", "transform-set", *names]:
                    profile = replace(profile, transforms=tuple(names))
                case ["set", "ikev2", "ipsec-proposal", *names]:
                    profile = replace(profile, proposals=tuple(names))
                case ["set", "pfs", *group]:
                    profile = replace(profile, pfs=_group(group, release) or profile.pfs)
                case ["set", "security-association", "lifetime", *pairs]:
                    profile = replace(profile, **_lifetimes(pairs))
                case ["set", "trustpoint", name, *_]:
                    profile = replace(profile, trustpoint=name)
                case ["responder-only"]:
                    profile = replace(profile, responder_only=True)
        found[profile.name] = profile
    return found


def _group(words: list[str], release: Release) -> str:
    """The number of a PFS group, the default one without words; "" for one that the release refuses."""
    number = words[0].removeprefix("group") if words else default_group(release)
    return number if known("pfs", [number], release) else ""


def read_maps(config: Config, names: dict[str, str], release: Release, kind: str = "map") -> Entries:
    """`kind` is `map` or `dynamic-map`. Entries stand in order of their numbers."""
    entries: dict[tuple[str, int], MapEntry] = {}
    for words in (block.words for block in config.starting("crypto", kind)):
        if len(words) >= 5 and words[3].isdigit():
            key = words[2], int(words[3])
            entries[key] = _read(entries.get(key, MapEntry(*key)), words[4:], names, release)
    return _by_name(entries.values())


def _by_name(entries: Iterable[MapEntry]) -> Entries:
    maps: dict[str, list[MapEntry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.name, entry.sequence)):
        maps.setdefault(entry.name, []).append(entry)
    return {name: tuple(found) for name, found in maps.items()}


def _read(entry: MapEntry, words: list[str], names: dict[str, str], release: Release) -> MapEntry:
    """What one line adds to its entry."""
    match words:
        case ["match", "address", acl]:
            return replace(entry, acl=acl)
        case ["set", "peer", *peers]:
            return replace(entry, peers=tuple(dict.fromkeys(names.get(peer, peer) for peer in peers)))
        case ["set", "transform-set", *sets] | ["set", "ikev1", "transform-set", *sets]:
            return replace(entry, transforms=tuple(sets))
        case ["set", "ikev2", "ipsec-proposal", *proposals]:
            return replace(entry, proposals=tuple(proposals))
        case ["set", "ikev2", "mode", mode]:
            return replace(entry, ikev2_mode=mode)
        case ["set", "pfs", *group]:
            return replace(entry, pfs=_group(group, release) or entry.pfs)
        case ["set", "security-association", "lifetime", *pairs]:
            return replace(entry, **_lifetimes(pairs))
        case ["set", "connection-type", kind]:
            return replace(entry, connection_type=kind.replace("bi-", "bi"))
        case ["set", "nat-t-disable"]:
            return replace(entry, nat_t_disable=True)
        case ["set", "reverse-route", *_]:
            return replace(entry, reverse_route=True)
        case ["set", "trustpoint", name, *_]:
            return replace(entry, trustpoint=name)
        case ["set", "phase1-mode", mode, *group] | ["set", "ikev1", "phase1-mode", mode, *group]:
            # Group 2 where none is named: command reference, `crypto map set phase1-mode`.
            wanted = group[0].removeprefix("group") if group else "2"
            return replace(entry, aggressive=mode == "aggressive", aggressive_group=wanted if mode != "main" else "")
        case ["ipsec-isakmp", "dynamic", name]:
            return replace(entry, dynamic=name)
    return entry
