# SPDX-License-Identifier: GPL-3.0-or-later
"""No packet fails the anti-replay check."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._statistics import judge_growth

RULE = Rule(
    id="replay-failures",
    title="No packet fails the anti-replay check",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="Packets that arrive out of order by more than the window are dropped, mostly after quality of service "
    "reordered them on the way. The counter is the whole device's: it explains, and accuses no tunnel.",
    reads=("show crypto ipsec stats", "show crypto ipsec sa"),
    sources=("ASA command reference, show crypto ipsec stats", "ASA syslog messages, 402119"),
    fixed_by="crypto ipsec security-association replay window-size 1024 at both ends, never replay disable: "
    "a human decides",
)
SUBJECT = "replay failures"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_growth(RULE, tunnel, SUBJECT, "inbound", "replay_failures")
