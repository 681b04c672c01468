# SPDX-License-Identifier: GPL-3.0-or-later
"""No peer is given up for a moment of loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives, said
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="dpd-too-fast",
    title="No peer is given up for a moment of loss",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="With a threshold below that of the default, a line that loses packets for seconds costs the tunnel and "
    "a new negotiation, again and again.",
    reads=("show running-config all tunnel-group",),
    sources=("RFC 3706",),
    fixed_by="isakmp keepalive threshold 10 retry 2, if the line loses packets: a human decides",
    practice=True,
    limits={"threshold": 10},
)
SUBJECT = "DPD threshold"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    asking = [keepalive for _, keepalive in known if keepalive.asks]
    words = " ".join(said(end, keepalive) for end, keepalive in known)
    if any(each.threshold is not None and each.threshold < limits["threshold"] for each in asking):
        yield RULE.fails(tunnel, SUBJECT, words)
    elif findings:
        return
    elif asking:
        yield RULE.passes(tunnel, SUBJECT, words)
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: no end asks")
