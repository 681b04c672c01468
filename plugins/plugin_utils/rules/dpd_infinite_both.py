# SPDX-License-Identifier: GPL-3.0-or-later
"""At least one end asks whether the peer is alive."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalive_fix, keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-infinite-both",
    title="At least one end asks whether the peer is alive",
    severity=Severity.CRITICAL,
    group=Group.DPD,
    rationale="`threshold infinite` answers and never asks. With it on both ends nobody asks, and a dead peer is never "
    "noticed.",
    reads=("show running-config all tunnel-group",),
    sources=("RFC 3706", "blog.williampeters.com: Dead Peer Detection on ASA"),
    fixed_by="enable_dpd",
    safe=True,
)
SUBJECT = "who asks"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    if findings:
        return
    words = " ".join(f"{end.name}: {keepalive}" for end, keepalive in known)
    if all(keepalive.infinite for _, keepalive in known):
        yield RULE.fails(tunnel, SUBJECT, words, fix=[keepalive_fix(end) for end, _ in known])
    elif any(keepalive.disabled for _, keepalive in known):
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: see dpd-disabled")
    else:
        yield RULE.passes(tunnel, SUBJECT, words)
