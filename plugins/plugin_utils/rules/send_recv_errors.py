# SPDX-License-Identifier: GPL-3.0-or-later
"""Send and receive errors do not grow."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import live_sides, unread
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="send-recv-errors",
    title="Send and receive errors do not grow",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="Errors that grow now mean packets that the SA refuses or cannot send. The absolute number is history.",
    reads=("show crypto ipsec sa",),
    fixed_by="show crypto ipsec stats and show asp drop name the reason: a human decides",
    practice=True,
)
SUBJECT = "errors"
COUNTERS = ("send errors", "recv errors")


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread(RULE, tunnel, SUBJECT)
    judged = False
    for side in live_sides(tunnel):
        grown = {counter: side.grown(counter) for counter in COUNTERS}
        judged = judged or (side.up and None not in grown.values())
        if any(grown.values()):
            words = " ".join(f"{counter} +{number or 0}" for counter, number in grown.items())
            place = str(side.entries[0].identities)
            findings.append(RULE.fails(tunnel, SUBJECT, f"{side.end.name}: {words}", where=place))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, "none between the readings")
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SAs with counters in both readings")
