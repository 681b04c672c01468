# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access list does not take all traffic."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessRule, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import judge_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import judge_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-acl-any",
    title="The crypto access list does not take all traffic",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="permit ip any any works when both ends say it, and it takes whatever leaves by that interface: traffic "
    "to the Internet, and that of every tunnel with a higher sequence.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("Cisco ASA CLI configuration guide, Configuring IPsec and ISAKMP: any in crypto access lists",),
    fixed_by="the networks meant: a human decides",
    stig=("V-239960",),
)
SUBJECT = "any to any"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, judge_lines(_all, listed, "no", Severity.WARNING))


def _all(rule: AccessRule) -> bool:
    every = rule.source.network.prefixlen == 0 and rule.destination.network.prefixlen == 0
    return rule.permit and not rule.inactive and every and not rule.source.protocol
