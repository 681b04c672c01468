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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import permitted, without_line
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    entry_lines,
    modern,
    place,
    unread_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries
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
    entries = [(end, entry) for end in tunnel.ends for entry in _entries(end)]
    for end, entry in entries:
        if missing := [*_missing(entry), *_gone(end, entry)]:
            words = f"{end.name}: {', '.join(missing)}"
            findings.append(RULE.fails(tunnel, SUBJECT, words, where=str(entry), fix=[_fix(end, entry)]))
        elif reason := _unread(end, entry):
            findings.append(RULE.unknown(tunnel, SUBJECT, reason, where=str(entry)))
    yield from findings
    if not findings and entries:
        words = " ".join(f"{name}: nothing" for name in dict.fromkeys(end.name for end, _ in entries))
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a static crypto map entry")


def _entries(end: End) -> tuple[CryptoMapEntry, ...]:
    """The static ones, or the template of a dynamic map."""
    entry = end.map_entry
    template = (entry,) if entry is not None and entry.dynamic_sequence is not None else ()
    return (*template, *own_entries(end))


def _missing(entry: CryptoMapEntry) -> list[str]:
    parts: dict[str, object] = {"transform": entry.transform_sets or entry.ikev2_proposals}
    if entry.tunnel_interface is not None:
        parts = {"tunnel destination": entry.peers, "tunnel protection": entry.profile}
        if entry.profile is not None:
            parts["transform"] = entry.transform_sets or entry.ikev2_proposals
    elif entry.dynamic_map is None:
        parts = {"match address": entry.access_list, "set peer": entry.peers, **parts}
    return [name for name, value in parts.items() if not value]


def _unread(end: End, entry: CryptoMapEntry) -> str:
    config, name = end.device.config, entry.access_list
    if config is None or name is None or name in config.access_lists or _gone(end, entry):
        return ""
    return f"{end.name}'s access list {name} was not read"


def _gone(end: End, entry: CryptoMapEntry) -> list[str]:
    """The access list, when the device has no line of it."""
    config, name = end.device.config, entry.access_list
    if config is None or name is None:
        return []
    if without_line(end, config, name):
        return [f"access list {name}"]
    found = config.access_lists.get(name)
    # Lines that are switched off or deny propose nothing. A template without a list is no list.
    idle = found is not None and not found.unresolved and not permitted(config, name)
    return [f"a line that permits in access list {name}"] if idle else []


def _fix(end: End, entry: CryptoMapEntry) -> Fix:
    lines = {
        "match address": "match address NAME",
        "set peer": "set peer ADDRESS",
        "transform": "set ikev1 transform-set NAME" if modern(end.device) else "set transform-set NAME",
        "tunnel destination": "tunnel destination ADDRESS",
        "tunnel protection": "tunnel protection ipsec profile NAME",
    }
    typed = entry_lines(entry, *(lines[part] for part in _missing(entry)))
    if not _gone(end, entry):
        return Fix(end.name, typed, note="fill in the names")
    first = f"access-list {entry.access_list} extended permit ip NETWORK MASK NETWORK MASK"
    return Fix(end.name, (first, *typed), note="fill in the networks")
