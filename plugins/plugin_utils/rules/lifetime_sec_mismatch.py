# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends rekey after the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    both_entries,
    lifetime_seconds,
    map_lines,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule, values

RULE = Rule(
    id="lifetime-sec-mismatch",
    title="Both ends rekey after the same time",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="The lower lifetime wins (713073 to 713076), so it works. A big difference, or the shorter lifetime at "
    "an end that may not initiate, makes rekeys fail. Some set it apart on purpose, to choose who rekeys.",
    reads=("show running-config crypto",),
    sources=("ASA syslog messages, 713073 and 713075", "Cisco bugs CSCvx23833, CSCwc54984"),
    fixed_by="align_lifetimes",
    safe=True,
    limits={"ratio": 4},
)
SUBJECT = "IPsec lifetime"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
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
    mute = next((each[0] for each in compared if _answers_only(*each) and seconds[each[0].name] == low), None)
    fix = [
        Fix(end.name, map_lines(end, f"set security-association lifetime seconds {low}"), safe=True)
        for end, _, _ in compared
        if seconds[end.name] != low
    ]
    if mute is not None:
        severity, why = Severity.WARNING, f"{mute.name} must rekey first and may only answer"
    elif high >= limits["ratio"] * low:
        severity, why = Severity.WARNING, f"{high // low} times apart"
    else:
        severity, why = Severity.INFO, "the lower one counts"
    yield RULE.fails(tunnel, SUBJECT, f"{words}: {why}", where=place(tunnel), severity=severity, fix=fix)


def _answers_only(end: End, config: Config, entry: CryptoMapEntry) -> bool:
    profile = config.ipsec_profiles.get(entry.profile) if entry.profile is not None else None
    return not end.initiates or (profile is not None and profile.responder_only)
