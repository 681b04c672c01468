# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto map is applied to an interface."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import place, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import virtual
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-not-applied",
    title="The crypto map is applied to an interface",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="A crypto map that is applied nowhere encrypts nothing: traffic leaves in clear or not at all.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto map interface",),
    fixed_by="crypto map interface: a human decides on which",
)
SUBJECT = "applied to"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    mapped = [
        (end, end.device.config, end.map_entry)
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None and not virtual(end)
    ]
    applied = {end.name: config.crypto_map_interfaces.get(entry.map, ()) for end, config, entry in mapped}
    words = " ".join(f"{name}: {', '.join(nameifs) or 'no interface'}" for name, nameifs in applied.items())
    missing = [(end, config, entry) for end, config, entry in mapped if not applied[end.name]]
    if missing:
        fix = [_fix(tunnel, end, config, entry) for end, config, entry in missing]
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix))
    yield from findings
    if not findings and applied:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif not findings:
        reason = next((why for end in tunnel.ends if (why := virtual(end))), "")
        yield RULE.not_applicable(tunnel, SUBJECT, reason or "no end has a crypto map entry")


def _fix(tunnel: Tunnel, end: End, config: Config, entry: CryptoMapEntry) -> Fix:
    other = tunnel.other(end)
    named = [
        each.nameif
        for each in config.interfaces
        if other is not None and each.address is not None and each.address == other.peer_address
    ]
    note = "the interface that the other end names as its peer" if any(named) else "name the interface to the peer"
    return Fix(end.name, (f"crypto map {entry.map} interface {next(filter(None, named), 'outside')}",), note=note)
