# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto map entry has an access list, a peer and a transform."""

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, place, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries, virtual
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-entry-incomplete",
    title="The crypto map entry has an access list, a peer and a transform",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="The device warns once, when the line is typed, that the entry is incomplete, and then ignores "
    "the entry. So it is with an entry whose access list is gone.",
    reads=("show running-config crypto", "show running-config access-list"),
    sources=("Netspoc-Approve: WARNING: The crypto map entry is incomplete",),
    fixed_by="the missing lines: a human decides",
)
SUBJECT = "missing"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    entries = [(end, entry) for end in tunnel.ends if not virtual(end) for entry in own_entries(end)]
    for end, entry in entries:
        absent = _absent(end, entry)
        if _missing(entry) or absent:
            words = f"{end.name}: {', '.join([*_missing(entry), *absent])}"
            place_ = f"{entry.map} {entry.sequence}"
            findings.append(RULE.fails(tunnel, SUBJECT, words, where=place_, fix=[_fix(end, entry)]))
        elif reason := _unread(end, entry):
            findings.append(RULE.unknown(tunnel, SUBJECT, reason, where=str(entry)))
    yield from findings
    if not findings and entries:
        words = " ".join(f"{name}: nothing" for name in dict.fromkeys(end.name for end, _ in entries))
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif not findings:
        reason = next((why for end in tunnel.ends if (why := virtual(end))), "")
        yield RULE.not_applicable(tunnel, SUBJECT, reason or "no end has a static crypto map entry")


def _missing(entry: CryptoMapEntry) -> list[str]:
    parts = {
        "match address": entry.access_list,
        "set peer": entry.peers,
        "transform": entry.transform_sets or entry.ikev2_proposals,
    }
    return [name for name, value in parts.items() if not value]


def _absent(end: End, entry: CryptoMapEntry) -> list[str]:
    """The access list that the entry names and the device does not have, though all of its lists were read."""
    config = end.device.config
    name = entry.access_list
    return [f"access-list {name}"] if config is not None and name is not None and name in config.absent_lists else []


def _unread(end: End, entry: CryptoMapEntry) -> str:
    config, name = end.device.config, entry.access_list
    if config is None or name is None or name in config.access_lists:
        return ""
    return f"{end.name}'s access list {name} was not read"


def _fix(end: End, entry: CryptoMapEntry) -> Fix:
    transform = "set ikev1 transform-set NAME" if modern(end.device) else "set transform-set NAME"
    lines = {"match address": "match address NAME", "set peer": "set peer ADDRESS", "transform": transform}
    typed = tuple(f"crypto map {entry.map} {entry.sequence} {lines[part]}" for part in _missing(entry))
    lists = tuple(f"{each} extended permit ip LOCAL MASK REMOTE MASK" for each in _absent(end, entry))
    return Fix(end.name, typed + lists, note="fill in the names")
