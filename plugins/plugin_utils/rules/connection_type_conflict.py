# SPDX-License-Identifier: GPL-3.0-or-later
"""One end may initiate and the other may answer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    absent,
    map_lines,
    modern,
    no_entry,
    place,
    unread_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="connection-type-conflict",
    title="One end may initiate and the other may answer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Two ends that only answer wait for each other for ever; two originate-only ends refuse each other. An "
    "end with a dynamic map can only answer, whatever its type says.",
    reads=("show running-config all crypto map",),
    sources=("ASA command reference, crypto map set connection-type",),
    fixed_by="set connection-type: a human decides who may initiate",
)
SUBJECT = "connection type"
ANSWER, ORIGINATE, BOTH = "answer-only", "originate-only", "bidirectional"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    if tunnel.foreign and not findings and (only := tunnel.ends[0]).map_entry is not None and _type(only) == ORIGINATE:
        words = f"{only.name}: {_words(only)}"
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=Severity.WARNING, fix=_fix(only))
        return
    if not tunnel.both:
        alone = absent(RULE, tunnel, SUBJECT)
        yield alone or RULE.unknown(tunnel, SUBJECT, tunnel.missing)
        return
    if findings:
        yield from findings
        return
    nameless = next((end for end in tunnel.ends if end.map_entry is None), None)
    if nameless is not None:
        reason = no_entry(nameless)
        yield RULE.not_applicable(tunnel, SUBJECT, reason)
        return
    words = values(tunnel, _words)
    types = {_type(end) for end in tunnel.ends}
    if len(types) == 1 and types <= {ANSWER, ORIGINATE}:
        fix = [fix for end in tunnel.ends for fix in _fix(end)]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)
    else:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))


def _type(end: End) -> str:
    entry, config = end.map_entry, end.device.config
    if entry is None or entry.dynamic_map is not None:
        return ANSWER
    if entry.tunnel_interface is not None:
        profile = config.ipsec_profiles.get(entry.profile or "") if config is not None else None
        return ANSWER if profile is not None and profile.responder_only else BOTH
    # Releases print bi-directional or bidirectional.
    return (entry.connection_type or BOTH).replace("bi-d", "bid")


def _words(end: End) -> str:
    entry = end.map_entry
    if entry is not None and entry.dynamic_map is not None:
        return f"{ANSWER} (dynamic map {entry.dynamic_map})"
    if entry is not None and entry.tunnel_interface is not None:
        return f"{'responder-only' if _type(end) == ANSWER else BOTH} ({entry.tunnel_interface})"
    return _type(end) + (" (default)" if entry is not None and entry.connection_type is None else "")


def _fix(end: End) -> list[Fix]:
    entry = end.map_entry
    if entry is None or entry.dynamic_map is not None:
        return []
    return [Fix(end.name, map_lines(end, f"set connection-type {BOTH if modern(end.device) else 'bi-directional'}"))]
