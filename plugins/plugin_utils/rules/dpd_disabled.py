# SPDX-License-Identifier: GPL-3.0-or-later
"""Dead peer detection is on at both ends."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import ikev2, keepalive_fix, keepalives, said
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-disabled",
    title="Dead peer detection is on at both ends",
    severity=Severity.CRITICAL,
    group=Group.DPD,
    rationale="An end with `isakmp keepalive disable` does not even negotiate DPD, so IKEv1 has none in either "
    "direction: a peer that lost its SAs is never noticed.",
    reads=("show running-config all tunnel-group",),
    sources=(
        "RFC 3706",
        "RFC 7296 section 2.4",
        "blog.williampeters.com: Dead Peer Detection on ASA",
        "ASA syslog messages, 713117 and 713122",
    ),
    fixed_by="enable_dpd",
    safe=True,
)
SUBJECT = "DPD"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    disabled = [end for end, keepalive in known if keepalive.disabled]
    words = " ".join(said(end, keepalive) for end, keepalive in known)
    if disabled:
        # In IKEv2 an answer is mandatory (RFC 7296 section 2.4), so one end that asks is enough.
        asked = len(known) < 2 or any(keepalive.asks for _, keepalive in known)
        severity = Severity.WARNING if ikev2(tunnel) and asked else Severity.CRITICAL
        yield RULE.fails(tunnel, SUBJECT, words, severity=severity, fix=[keepalive_fix(end) for end in disabled])
    elif known and not findings:
        yield RULE.passes(tunnel, SUBJECT, words)
