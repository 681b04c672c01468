# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto map is applied to an interface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Interface,
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
    mapped = [
        (end, end.device.config, end.map_entry)
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None
    ]
    applied = {end.name: config.crypto_map_interfaces.get(entry.map, ()) for end, config, entry in mapped}
    words = " ".join(f"{end.name}: {_words(applied[end.name], config, entry)}" for end, config, entry in mapped)
    missing = [(end, config, entry) for end, config, entry in mapped if not applied[end.name]]
    if missing:
        fix = [_fix(tunnel, end, config, entry) for end, config, entry in missing]
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix))
    yield from findings
    if not findings and applied:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a crypto map entry")


def _words(nameifs: Sequence[str], config: Config, entry: CryptoMapEntry) -> str:
    off = " (shut down)" if (interface := _interface(config, entry)) is not None and interface.shutdown else ""
    return ", ".join(nameifs) or f"no interface{off}"


def _interface(config: Config, entry: CryptoMapEntry) -> Interface | None:
    """The virtual tunnel interface that the entry stands for."""
    return next((each for each in config.interfaces if each.name == entry.tunnel_interface), None)


def _fix(tunnel: Tunnel, end: End, config: Config, entry: CryptoMapEntry) -> Fix:
    other = tunnel.other(end)
    named = [
        each.nameif
        for each in config.interfaces
        if other is not None and each.address is not None and each.address == other.peer_address
    ]
    outside = next(filter(None, named), "outside")
    note = "the interface that the other end names as its peer" if any(named) else "name the interface to the peer"
    if entry.tunnel_interface is None:
        return Fix(end.name, (f"crypto map {entry.map} interface {outside}",), note=note)
    interface = _interface(config, entry)
    lines = [] if interface is None or not interface.shutdown else ["no shutdown"]
    if interface is not None and interface.tunnel_source is not None:
        return Fix(end.name, entry_lines(entry, *lines))
    return Fix(end.name, entry_lines(entry, f"tunnel source interface {outside}", *lines), note=note)
