# SPDX-License-Identifier: GPL-3.0-or-later
"""One end may initiate and the other may answer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, modern, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="connection-type-conflict",
    title="One end may initiate and the other may answer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Two answer-only ends wait for each other for ever; two originate-only ends refuse each other.",
    reads=("show running-config all crypto map",),
    sources=("ASA command reference, crypto map set connection-type",),
    fixed_by="set connection-type: a human decides who may initiate",
)
SUBJECT = "connection type"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    types = {end.name: _type(entry) for end, _, entry in compared}
    dynamic = {end.name: f" (dynamic map {entry.dynamic_map})" for end, _, entry in compared if entry.dynamic_map}
    words = values(tunnel, lambda end: types[end.name] + dynamic.get(end.name, ""))
    one_way = set(types.values())
    if len(one_way) == 1 and one_way <= {"answer-only", "originate-only"}:
        fix = [
            Fix(
                end.name,
                map_lines(end, f"set connection-type {'bidirectional' if modern(end.device) else 'bi-directional'}"),
            )
            for end, _, entry in compared
            if entry.dynamic_map is None
        ]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)
    else:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))


def _type(entry: CryptoMapEntry) -> str:
    """A dynamic map waits to be called. Releases print bi-directional or bidirectional."""
    if entry.dynamic_map is not None:
        return "answer-only"
    return (entry.connection_type or "bidirectional").replace("bi-d", "bid")
