# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends rekey after the same volume."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    both_entries,
    lifetime_kilobytes,
    map_lines,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="lifetime-kb-mismatch",
    title="Both ends rekey after the same volume",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="With one end unlimited only the other counts, and only it can start the rekey by volume.",
    reads=("show running-config crypto",),
    fixed_by="align_lifetimes",
    safe=True,
    practice=True,
)
SUBJECT = "IPsec volume"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    volume = {end.name: lifetime_kilobytes(config, entry) for end, config, entry in compared}
    words = values(tunnel, lambda end: f"{volume[end.name]} kB" if volume[end.name] else "unlimited")
    if len(set(volume.values())) == 1:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    severity = Severity.INFO if all(volume.values()) else Severity.WARNING
    low = min(each for each in volume.values() if each)
    fix = [
        Fix(end.name, map_lines(end, f"set security-association lifetime kilobytes {low}"), safe=True)
        for end, _, _ in compared
        if volume[end.name] != low
    ]
    yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=severity, fix=fix)
