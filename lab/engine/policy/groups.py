# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnel-groups and group-policies in effect, after what they inherit (CLI guide, "Connection Profiles")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lab.config import Config
from lab.engine.policy.model import GroupPolicy, Keepalive, TunnelGroup
from lab.engine.policy.release import Release, default_protocols

DEFAULT_L2L = "DefaultL2LGroup"
DEFAULT_POLICY = "DfltGrpPolicy"


def read_keepalive(lines: Iterable[str], default: Keepalive) -> Keepalive:
    """The last line that can be read wins; `default` where there is none."""
    for words in (line.split() for line in lines):
        match words:
            case ["isakmp", "keepalive", "disable"]:
                default = Keepalive(enabled=False)
            case ["isakmp", "keepalive", "threshold", "infinite", *_]:
                default = Keepalive(threshold=None)
            case ["isakmp", "keepalive", "threshold", threshold, *rest] if threshold.isdigit():
                retry = int(rest[1]) if rest[:1] == ["retry"] and len(rest) > 1 and rest[1].isdigit() else 2
                default = Keepalive(threshold=int(threshold), retry=retry)
    return default


def read_group_policies(config: Config, release: Release) -> dict[str, GroupPolicy]:
    default = GroupPolicy(DEFAULT_POLICY, default_protocols(release))
    default = _policy(config, default, default, release)
    found = {DEFAULT_POLICY: default}
    for block in config.starting("group-policy"):
        if len(block.words) > 1 and block.words[1] not in found:
            found[block.words[1]] = _policy(config, replace(default, name=block.words[1]), default, release)
    return found


def _policy(config: Config, policy: GroupPolicy, default: GroupPolicy, release: Release) -> GroupPolicy:
    for block in config.starting("group-policy", policy.name, "attributes"):
        for words in (child.split() for child in block.children):
            match words:
                case ["vpn-tunnel-protocol", *protocols] if protocols:
                    policy = replace(policy, protocols=_protocols(protocols, release))
                case ["vpn-idle-timeout", value]:
                    policy = replace(policy, idle_seconds=_minutes(value, policy.idle_seconds))
                case ["vpn-session-timeout", value]:
                    policy = replace(policy, session_seconds=_minutes(value, policy.session_seconds))
                case ["vpn-filter", "none"]:
                    policy = replace(policy, filter="")
                case ["vpn-filter", "value", name]:
                    policy = replace(policy, filter=name)
    return policy


def _minutes(word: str, before: int | None) -> int | None:
    return None if word == "none" else int(word) * 60 if word.isdigit() and int(word) else before


def _protocols(words: list[str], release: Release) -> frozenset[str]:
    """8.4 splits `IPSec` into `ikev1` and `ikev2` ("Migration from 8.3 to 8.4")."""
    lower = {word.lower() for word in words}
    if release < (8, 4) and "ipsec" in lower:
        lower = lower - {"ipsec"} | {"ikev1"}
    return frozenset(lower)


def read_groups(config: Config, names: dict[str, str], release: Release) -> tuple[dict[str, TunnelGroup], TunnelGroup]:
    """The tunnel-groups, under the address they stand for where they have one, and DefaultL2LGroup.

    DefaultL2LGroup is there without a line; of what it says, L2L groups inherit keepalive, peer-id-validate and
    group-policy, never a key.
    """
    policies = read_group_policies(config, release)
    fallback = TunnelGroup(DEFAULT_L2L, "ipsec-l2l", None, Keepalive(), policy=policies[DEFAULT_POLICY])
    fallback = _group(config, fallback, policies, release)
    heritage = replace(
        TunnelGroup("", "", None, fallback.keepalive),
        peer_id_validate=fallback.peer_id_validate,
        policy=fallback.policy,
    )
    found = {}
    for words in (block.words for block in config.starting("tunnel-group")):
        if len(words) < 4 or words[2] != "type":
            continue
        base = fallback if words[1] == DEFAULT_L2L else replace(heritage, name=words[1], type=words[3])
        found[names.get(words[1], words[1])] = _group(config, base, policies, release)
    return found, fallback


def _group(config: Config, group: TunnelGroup, policies: dict[str, GroupPolicy], release: Release) -> TunnelGroup:
    for block in config.starting("tunnel-group", group.name, "general-attributes"):
        for child in block.children:
            words = child.split()
            if words[0] == "default-group-policy" and words[-1] in policies:
                group = replace(group, policy=policies[words[-1]])
    for block in config.starting("tunnel-group", group.name, "ipsec-attributes"):
        for child in block.children:
            group = _attribute(group, child.split(), release)
        group = replace(group, keepalive=read_keepalive(block.children, group.keepalive))
    return group


def _attribute(group: TunnelGroup, words: list[str], release: Release) -> TunnelGroup:
    legacy = release < (8, 4)
    match words:
        case ["pre-shared-key", *key] if legacy and key:
            return replace(group, key=key[-1])
        case ["ikev1", "pre-shared-key", *key] if not legacy and key:
            return replace(group, key=key[-1])
        case ["trust-point", name] if legacy:
            return replace(group, trustpoint=name)
        case ["ikev1", "trust-point", name] if not legacy:
            return replace(group, trustpoint=name)
        case ["ikev2", "local-authentication", "pre-shared-key", *key] if key:
            return replace(group, local_key=" ".join(key))
        case ["ikev2", "remote-authentication", "pre-shared-key", *key] if key:
            return replace(group, remote_key=" ".join(key))
        case ["ikev2", "local-authentication", "certificate", name, *_]:
            return replace(group, local_trustpoint=name)
        case ["ikev2", "remote-authentication", "certificate", *_]:
            return replace(group, remote_certificate=True)
        case ["peer-id-validate", kind]:
            return replace(group, peer_id_validate=kind)
    return group
