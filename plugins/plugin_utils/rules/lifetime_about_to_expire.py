# SPDX-License-Identifier: GPL-3.0-or-later
"""No SA is about to be replaced."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import live_sides, unread
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="lifetime-about-to-expire",
    title="No SA is about to be replaced",
    severity=Severity.INFO,
    group=Group.LIVE,
    rationale="A rekey within two minutes mends or changes what was read. Let it happen and audit again: a clear now "
    "would race with it.",
    reads=("show crypto ipsec sa",),
    fixed_by="wait",
    practice=True,
)
SUBJECT = "time left"
SOON = 120


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread(RULE, tunnel, SUBJECT)
    left = {
        end.name: min(
            (side.seconds_left for side in live_sides(tunnel) if side.end is end and side.seconds_left is not None),
            default=None,
        )
        for end in tunnel.ends
    }
    words = " ".join(f"{name}: {'no SA' if seconds is None else f'{seconds} s'}" for name, seconds in left.items())
    known = [seconds for seconds in left.values() if seconds is not None]
    if known and min(known) < SOON:
        findings.append(RULE.transient(tunnel, SUBJECT, words))
    yield from findings
    if not findings and known:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA at any end")
