# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends do NAT traversal where a NAT lies between them."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import map_lines, place, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="natt-mismatch",
    title="Both ends do NAT traversal where a NAT lies between them",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="ESP has no ports, so a NAT drops it or sends it to one host alone. With NAT traversal off at either "
    "end both stay with ESP: IKE comes up, and nothing passes.",
    reads=("show running-config crypto", "show crypto ipsec sa"),
    sources=("RFC 3947", "ASA command reference, crypto isakmp nat-traversal and crypto map set nat-t-disable"),
    fixed_by="crypto isakmp nat-traversal: a human decides",
)
SUBJECT = "NAT traversal"
FLOATED = 4500
ON_BY_DEFAULT = Version(8, 0)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    proof = _between(tunnel)
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(end, config, proof), where=place(tunnel))


def _between(tunnel: Tunnel) -> str:
    """What shows that a NAT lies between the ends, or nothing."""
    for end in tunnel.ends:
        if any(FLOATED in (entry.local_port, entry.remote_port) for entry in end.ipsec or ()):
            return f"{end.name} sends ESP in UDP {FLOATED}"
        config, other = end.device.config, tunnel.other(end)
        if config is None or other is None:
            continue
        own = [each.address for each in config.interfaces]
        named = [other.peer_address, *(other.map_entry.peers if other.map_entry is not None else ())]
        hidden = [each for each in named if each in end.device.public_addresses and each not in own]
        if hidden:
            return f"{end.name} is behind {hidden[0]}"
    return ""


def _say(end: End, config: Config, proof: str) -> Said:
    on, words = _setting(end, config)
    if on:
        return passes(words)
    if not proof:
        return not_applicable(f"{end.name}: {words}, and nothing shows a NAT between the ends")
    if on is None:
        return unknown(f"{end.name}: {words}, and {proof}")
    return fails(words, Severity.ERROR, evidence=(proof,), fix=(_fix(end),))


def _setting(end: End, config: Config) -> tuple[bool | None, str]:
    entry, settings, version = end.map_entry, config.ike_settings, end.device.version
    if entry is not None and entry.nat_t_disabled:
        return False, "off for this entry"
    if settings is None:
        return None, "NAT traversal was not read"
    if settings.nat_traversal:
        return True, f"keepalive {settings.nat_traversal} s"
    if settings.nat_traversal is None and "crypto" not in config.all_read:
        if version is None:
            return None, "not printed, and the default depends on the release"
        if version >= ON_BY_DEFAULT:
            return True, "keepalive 20 s (default)"
    if entry is not None and versions(entry) == {2}:
        # RFC 7296 detects a NAT by itself; whether the switch holds for it no published page says.
        return None, "off, which may be meant for IKEv1 alone"
    return False, "off (default)" if settings.nat_traversal is None else "off"


def _fix(end: End) -> Fix:
    if end.map_entry is not None and end.map_entry.nat_t_disabled:
        return Fix(end.name, map_lines(end, "no set nat-t-disable"), note="holds from the next IKE SA on")
    return Fix(end.name, ("crypto isakmp nat-traversal 20",), note="holds from the next IKE SA on")
