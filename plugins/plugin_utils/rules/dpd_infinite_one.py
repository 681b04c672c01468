# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends ask whether the peer is alive."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-infinite-one",
    title="Both ends ask whether the peer is alive",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="`threshold infinite` at one end, mostly the hub, is a legal design: the other end asks. It is worth "
    "knowing that the hub notices nothing by itself.",
    reads=("show running-config all tunnel-group",),
    sources=("RFC 3706",),
    fixed_by="nothing: it is a choice",
    practice=True,
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
    infinite = [end for end, keepalive in known if keepalive.infinite]
    if len(infinite) == 2:
        yield RULE.not_applicable(tunnel, SUBJECT, "both are infinite: see dpd-infinite-both")
    elif any(keepalive.disabled for _, keepalive in known):
        yield RULE.not_applicable(tunnel, SUBJECT, "DPD is disabled: see dpd-disabled")
    elif infinite:
        yield RULE.fails(tunnel, SUBJECT, words)
    else:
        yield RULE.passes(tunnel, SUBJECT, words)
