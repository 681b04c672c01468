# SPDX-License-Identifier: GPL-3.0-or-later
"""A reload waits until the tunnels have ended."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, judge_ends
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._switches import ike_switch

RULE = Rule(
    id="reload-wait",
    title="A reload waits until the tunnels have ended",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="A device that reloads at once cannot take leave of its peers: each of them keeps its SAs "
    "until DPD finds out.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto isakmp reload-wait",),
    fixed_by="crypto isakmp reload-wait: a human decides, since a session that never ends holds a reload up",
)
SUBJECT = "reload after sessions"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    return ike_switch(end, config, "reload_wait", "crypto isakmp reload-wait", RULE.severity)
