# SPDX-License-Identifier: GPL-3.0-or-later
"""IKE policies and what is set once per device, in the spelling of 7.0 (`isakmp …`), 7.2 to 8.3 and since 8.4."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lab.config import Block, Config
from lab.engine.policy.model import UNLIMITED, Ike2Policy, IkePolicy, IkeSettings
from lab.engine.policy.release import (
    Release,
    default_encryption,
    default_group,
    default_ike_policy,
    default_nat_traversal,
    fallback_ike_policies,
)
from lab.engine.policy.vocabulary import known


def crypto_lines(config: Config) -> list[tuple[list[str], Block]]:
    """Every `crypto` line; 7.0's `isakmp …` counts as `crypto isakmp …`."""
    return [
        (["crypto", *block.words] if block.words[0] == "isakmp" else block.words, block)
        for block in config.blocks
        if block.words[0] in ("crypto", "isakmp")
    ]


def lifetime(word: str) -> int | None:
    return UNLIMITED if word == "none" else int(word) if word.isdigit() and int(word) else None


def read_ike_policies(config: Config, release: Release) -> tuple[IkePolicy, ...]:
    """In order of priority. A line whose value the release does not know is refused, so the default goes."""
    ike = "isakmp" if release < (8, 4) else "ikev1"
    found: dict[int, IkePolicy] = {}
    for words, block in crypto_lines(config):
        if words[1:3] != [ike, "policy"] or not words[3:4] or not words[3].isdigit():
            continue
        number = int(words[3])
        policy = found.get(number, default_ike_policy(number, release))
        # 7.0 writes each value in a line of its own.
        for values in [words[4:], *(child.split() for child in block.children)]:
            match values:
                case ["authentication" | "encryption" | "hash" | "group" as what, value] if known(
                    f"ikev1 {what}", [value], release
                ):
                    changed: dict[str, Any] = {what: value}
                    policy = replace(policy, **changed)
                case ["lifetime", *_, value]:
                    policy = replace(policy, lifetime=lifetime(value) or policy.lifetime)
        found[number] = policy
    return tuple(found[number] for number in sorted(found)) or fallback_ike_policies(release)


def read_ike2_policies(config: Config, release: Release) -> tuple[Ike2Policy, ...]:
    """In order of priority; each line is a list in order of preference (VPN CLI guide, "Configure IKE Policies")."""
    found = []
    for block in config.starting("crypto", "ikev2", "policy"):
        if not block.words[3:4] or not block.words[3].isdigit() or release < (8, 4):
            continue
        lists: dict[str, tuple[str, ...]] = {
            "encryption": (default_encryption(release),), "integrity": ("sha",), "group": (default_group(release),),
            "prf": ("sha",),
        }  # fmt: skip
        seconds = 86400
        for words in (child.split() for child in block.children):
            match words:
                case ["encryption" | "integrity" | "group" | "prf" as what, _, *_] if known(
                    f"ikev2 {what}", words[1:], release
                ):
                    lists[what] = tuple(words[1:])
                case ["lifetime", "seconds", value]:
                    seconds = lifetime(value) or seconds
        found.append(
            Ike2Policy(
                int(block.words[3]), lists["encryption"], lists["integrity"], lists["group"], lists["prf"], seconds
            )
        )
    return tuple(sorted(found, key=lambda policy: policy.priority))


def read_enabled(config: Config, version: int, release: Release) -> frozenset[str]:
    """The interfaces that speak this version of IKE."""
    word = "ikev2" if version == 2 else "isakmp" if release < (8, 4) else "ikev1"
    if version == 2 and release < (8, 4):
        return frozenset()
    return frozenset(words[3] for words, _ in crypto_lines(config) if words[1:3] == [word, "enable"] and len(words) > 3)


def read_settings(config: Config, release: Release) -> IkeSettings:
    found = IkeSettings(nat_traversal=default_nat_traversal(release))
    for block in config.blocks:
        words = block.words
        off = words[0] == "no"
        words = words[1:] if off else words
        match ["crypto", *words] if words[:1] == ["isakmp"] else words:
            case ["crypto", "isakmp", "identity", "key-id", key]:
                found = replace(found, identity="key-id", key_id=key)
            case ["crypto", "isakmp", "identity", kind]:
                found = replace(found, identity=kind)
            case ["crypto", "isakmp" | "ikev1", "am-disable"]:
                found = replace(found, aggressive_mode=off)
            case ["crypto", "isakmp", "nat-traversal", *seconds]:
                value = int(seconds[0]) if seconds and seconds[0].isdigit() else 20
                found = replace(found, nat_traversal=None if off else value)
            case ["crypto", "isakmp", "disconnect-notify"]:
                found = replace(found, disconnect_notify=not off)
            case ["crypto", "ikev2", "notify", "invalid-selectors"]:
                found = replace(found, notify_invalid_selectors=not off)
    return found
