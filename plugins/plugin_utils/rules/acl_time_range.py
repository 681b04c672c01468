# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access list holds at every hour."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessRule, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import judge_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import judge_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-time-range",
    title="The crypto access list holds at every hour",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Outside its hours a line is no proxy identity: the tunnel comes and goes by the clock. Whether the "
    "hours are on now is in show running-config time-range, which is not read.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("ASA command reference, access-list extended and time-range",),
    fixed_by="lines without time-range: a human decides",
)
SUBJECT = "time ranges"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, judge_lines(_timed, _words, "none", Severity.WARNING))


def _timed(rule: AccessRule) -> bool:
    return rule.time_range is not None and not rule.inactive


def _words(lines: list[str]) -> str:
    return f"{counted(len(lines), 'line')}, in force or not at this hour: {listed(lines)}"
