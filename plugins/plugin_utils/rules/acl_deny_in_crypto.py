# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access list has no deny lines."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessRule, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import judge_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import judge_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-deny-in-crypto",
    title="The crypto access list has no deny lines",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="A deny line does not block: what it matches is tried against the next sequence, and leaves in clear "
    "when none takes it. The peer encrypts it all the same unless its list has the same line.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("Cisco ASA CLI configuration guide, Cascading ACLs in a Crypto Map Set",),
    fixed_by="narrower permit lines: a human decides",
)
SUBJECT = "deny lines"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, judge_lines(_denies, _words, "none", Severity.WARNING))


def _denies(rule: AccessRule) -> bool:
    return not rule.permit and not rule.inactive


def _words(lines: list[str]) -> str:
    return f"{counted(len(lines), 'line')}: {listed(lines)}"
