# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end tells its peer that it goes."""

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
    id="disconnect-notify",
    title="Each end tells its peer that it goes",
    severity=Severity.WARNING,
    group=Group.DPD,
    rationale="An end that reloads or is cut off by an administrator otherwise leaves without a word, and "
    "its peer keeps SAs that nobody holds any more until DPD finds out.",
    reads=("show running-config crypto",),
    sources=("ASA configuration guide, Alerting Peers Before Disconnecting",),
    fixed_by="notify_disconnect",
    safe=True,
)
SUBJECT = "notice of disconnection"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    return ike_switch(end, config, "disconnect_notify", "crypto isakmp disconnect-notify", RULE.severity, safe=True)
