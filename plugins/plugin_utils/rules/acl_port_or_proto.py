# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access list names whole networks, not ports or protocols."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessRule, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import judge_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import judge_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-port-or-proto",
    title="The crypto access list names whole networks, not ports or protocols",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Each line of ports makes SAs of its own, and an answer from another port leaves in clear. Other vendors "
    "refuse such proxy identities; a vpn-filter limits ports without changing what is encrypted.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("Cisco ASA CLI configuration guide, Configuring IPsec and ISAKMP: crypto access lists",),
    fixed_by="permit ip lines and a vpn-filter: a human decides",
    practice=True,
)
SUBJECT = "ports or protocols"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, judge_lines(_narrow, _words, "none", Severity.WARNING))


def _narrow(rule: AccessRule) -> bool:
    sides = (rule.source, rule.destination)
    ported = any(side.protocol or side.port_low or side.port_high for side in sides)
    return rule.permit and not rule.inactive and ported


def _words(lines: list[str]) -> str:
    return f"{counted(len(lines), 'line')}: {listed(lines)}"
