# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto map is applied to an interface."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import entry_lines, place, unread_config
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
    applied = {
        end.name: end.device.config.crypto_map_interfaces.get(end.map_entry.map, ())
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None
    }
    words = " ".join(f"{name}: {', '.join(nameifs) or 'no interface'}" for name, nameifs in applied.items())
    missing = [end for end in tunnel.ends if end.map_entry is not None and applied.get(end.name) == ()]
    if missing:
        fix = [_fix(end, end.map_entry) for end in missing if end.map_entry is not None]
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix))
    yield from findings
    if not findings and applied:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a crypto map entry")


def _fix(end: End, entry: CryptoMapEntry) -> Fix:
    note = "name the interface to the peer"
    if entry.tunnel_interface is None:
        return Fix(end.name, (f"crypto map {entry.map} interface outside",), note=note)
    return Fix(end.name, entry_lines(entry, "tunnel source interface outside", "no shutdown"), note=note)
