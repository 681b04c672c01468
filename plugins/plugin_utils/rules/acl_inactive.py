# SPDX-License-Identifier: GPL-3.0-or-later
"""No line of the crypto access list is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessRule, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import judge_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import judge_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-inactive",
    title="No line of the crypto access list is switched off",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="An inactive line reads like traffic that is protected, and is not: the peer's counterpart is refused.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("ASA command reference, access-list extended",),
    fixed_by="the line without inactive, or no line: a human decides",
)
SUBJECT = "inactive lines"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, judge_lines(_off, _words, "none", Severity.WARNING))


def _off(rule: AccessRule) -> bool:
    return rule.inactive


def _words(lines: list[str]) -> str:
    return f"{counted(len(lines), 'line')}: {listed(lines)}"
