# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends rekey after the same time."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    both_entries,
    lifetime_seconds,
    map_lines,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="lifetime-sec-mismatch",
    title="Both ends rekey after the same time",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="The lower lifetime wins (713073 to 713076), so it works. A big difference, or the shorter lifetime at "
    "an end that may not initiate, makes rekeys fail. Some set it apart on purpose, to choose who rekeys.",
    reads=("show running-config crypto",),
    sources=("ASA syslog messages, 713073 and 713075", "Cisco bugs CSCvx23833, CSCwc54984"),
    fixed_by="set security-association lifetime: a human decides",
)
SUBJECT = "IPsec lifetime"
RATIO = 4


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    seconds = {end.name: lifetime_seconds(config, entry) for end, config, entry in compared}
    words = values(tunnel, lambda end: f"{seconds[end.name]} s")
    low, high = min(seconds.values()), max(seconds.values())
    if low == high:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    mute = any(not end.initiates and seconds[end.name] == low for end, _, _ in compared)
    fix = [
        Fix(end.name, map_lines(end, f"set security-association lifetime seconds {low}"))
        for end, _, _ in compared
        if seconds[end.name] != low
    ]
    severity = Severity.WARNING if mute or high >= RATIO * low else Severity.INFO
    yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=severity, fix=fix)
