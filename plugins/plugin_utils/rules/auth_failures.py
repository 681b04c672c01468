# SPDX-License-Identifier: GPL-3.0-or-later
"""No packet fails authentication."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._statistics import judge_growth

RULE = Rule(
    id="auth-failures",
    title="No packet fails authentication",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="A packet whose hash is wrong was altered on the way, or the two ends hold different keys for one SPI. "
    "The counter is the whole device's: it explains, and accuses no tunnel.",
    reads=("show crypto ipsec stats", "show crypto ipsec sa"),
    sources=("ASA command reference, show crypto ipsec stats", "ASA syslog messages, 402120"),
    fixed_by="a clear makes new keys; if it grows again, the path or the crypto hardware: a human decides",
)
SUBJECT = "authentication failures"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_growth(RULE, tunnel, SUBJECT, "inbound", "authentication_failures")
