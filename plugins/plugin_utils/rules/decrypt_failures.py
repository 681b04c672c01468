# SPDX-License-Identifier: GPL-3.0-or-later
"""No packet fails decryption."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._statistics import judge_growth

RULE = Rule(
    id="decrypt-failures",
    title="No packet fails decryption",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="A packet that passes for genuine and cannot be decrypted points at the crypto hardware or at keys out "
    "of step. The counter is the whole device's: it explains, and accuses no tunnel.",
    reads=("show crypto ipsec stats", "show crypto ipsec sa"),
    sources=("ASA command reference, show crypto ipsec stats",),
    fixed_by="a clear makes new keys; if it grows again, the crypto hardware: a human decides",
)
SUBJECT = "decryption failures"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_growth(RULE, tunnel, SUBJECT, "inbound", "decryption_failures")
