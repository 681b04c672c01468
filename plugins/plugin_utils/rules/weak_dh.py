# SPDX-License-Identifier: GPL-3.0-or-later
"""Diffie-Hellman groups are 15, 16, 19, 20 or 21."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import groups, judge_algorithms
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="weak-dh",
    title="Diffie-Hellman groups are 15, 16, 19, 20 or 21",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="Groups 1 and 2 are within reach of an attacker, 5 soon. Group 24 is withdrawn, whatever its number "
    "says: groups are judged by name, never by size.",
    reads=("show running-config crypto",),
    sources=("RFC 8247 section 2.4", "Cisco ASA VPN STIG V2R2"),
    fixed_by="add the new group at both ends, verify, then remove the old one at both: a human decides",
    stig=("V-239954", "V-239957"),
)
SUBJECT = "DH group"
WEAK = {
    "1": Severity.ERROR,
    "2": Severity.ERROR,
    "5": Severity.WARNING,
    "24": Severity.WARNING,
    "14": Severity.INFO,
}


def check(tunnel: Tunnel) -> Iterator[Finding]:
    return judge_algorithms(RULE, tunnel, SUBJECT, groups, WEAK)
