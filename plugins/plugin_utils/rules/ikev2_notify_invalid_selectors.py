# SPDX-License-Identifier: GPL-3.0-or-later
"""An end says so when a packet does not fit its SA."""

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    judge_ends,
    not_applicable,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._switches import ike_switch

RULE = Rule(
    id="ikev2-notify-invalid-selectors",
    title="An end says so when a packet does not fit its SA",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="Off, packets that do not fit the selectors of their SA are dropped without a word, and only "
    "the receiver's counters tell of a list that differs.",
    reads=("show running-config crypto",),
    sources=(
        "ASA command reference, crypto ikev2 notify",
        "RFC 7296, section 3.10.1",
    ),
    fixed_by="crypto ikev2 notify invalid-selectors: a human decides",
)
SUBJECT = "notice of invalid selectors"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    if end.map_entry is None or 2 not in versions(end.map_entry):
        return not_applicable(f"{end.name} negotiates no IKEv2 here")
    return ike_switch(end, config, "notify_invalid_selectors", "crypto ikev2 notify invalid-selectors", RULE.severity)
