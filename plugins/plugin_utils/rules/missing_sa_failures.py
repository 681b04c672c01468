# SPDX-License-Identifier: GPL-3.0-or-later
"""No packet arrives for an SA that is missing."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._statistics import judge_growth

RULE = Rule(
    id="missing-sa-failures",
    title="No packet arrives for an SA that is missing",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="Somebody sends on an SA that this device no longer has: the peer of a mismatch, or any other. The "
    "counter is the whole device's: it explains, and accuses no tunnel.",
    reads=("show crypto ipsec stats", "show crypto ipsec sa"),
    sources=("community.cisco.com ta-p/3132242", "Cisco bug CSCsd48512"),
    fixed_by="spi-mirror-mismatch and sa-one-sided name the tunnel: clear it at both ends",
)
SUBJECT = "missing SAs"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_growth(RULE, tunnel, SUBJECT, "totals", "missing_sa_failures")
