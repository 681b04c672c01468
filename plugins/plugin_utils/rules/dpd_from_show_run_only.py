# SPDX-License-Identifier: GPL-3.0-or-later
"""The keepalive was read from the device, defaults included."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Origin, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-from-show-run-only",
    title="The keepalive was read from the device, defaults included",
    severity=Severity.INFO,
    group=Group.DATA,
    rationale="`show running-config` hides a default. A site-to-site group without a keepalive line has DPD 10/2 by "
    "default; that is assumed here, neither passed in silence nor failed.",
    reads=("show running-config all tunnel-group",),
    sources=("networkerworld.blogspot.com/2020/01/ikev1-keepalive-dpd.html",),
    fixed_by="collect `show running-config all tunnel-group`",
)
SUBJECT = "keepalive"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    words = " ".join(f"{end.name}: {keepalive}" for end, keepalive in known)
    if any(keepalive.origin is Origin.ASSUMED for _, keepalive in known):
        yield RULE.unknown(tunnel, SUBJECT, f"{words}: read without `all`")
    elif known and not findings:
        yield RULE.passes(tunnel, SUBJECT, words)
