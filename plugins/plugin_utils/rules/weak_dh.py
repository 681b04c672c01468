# SPDX-License-Identifier: GPL-3.0-or-later
"""Diffie-Hellman groups are 15, 16, 19, 20, 21 or 31."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import groups, judge_algorithms
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="weak-dh",
    title="Diffie-Hellman groups are 15, 16, 19, 20, 21 or 31",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="Groups 1 and 2 are within reach of an attacker, 5 soon. Group 24 is withdrawn, whatever its number "
    "says: groups are judged by name, never by size. Group 14 is below what the STIG asks, and no more than that.",
    reads=("show running-config crypto",),
    sources=("RFC 8247 section 2.4", "Cisco ASA VPN STIG V2R2"),
    fixed_by="add the new group at both ends, verify, then remove the old one at both: a human decides",
    stig=("CASA-VN-000210", "V-239957"),
    limits={"allow_14": False, "allow_15": True},
)
SUBJECT = "DH group"
WEAK = {
    "1": Severity.ERROR,
    "2": Severity.ERROR,
    "7": Severity.ERROR,
    "5": Severity.WARNING,
    "24": Severity.WARNING,
    "14": Severity.INFO,
    "15": Severity.INFO,
}


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    weak = {name: severity for name, severity in WEAK.items() if not limits.get(f"allow_{name}", False)}
    return judge_algorithms(RULE, tunnel, SUBJECT, groups, weak)
