# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends notice a dead peer equally fast."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalive_fix, keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import about
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names

RULE = Rule(
    id="dpd-asymmetric",
    title="Both ends notice a dead peer equally fast",
    severity=Severity.WARNING,
    group=Group.DPD,
    rationale="The slow end keeps encrypting to a peer that the fast end would have given up long ago, so the outage "
    "depends on which end lost its state.",
    reads=("show running-config all tunnel-group", "show logging"),
    sources=("RFC 3706", "ASA syslog messages, 713122"),
    fixed_by="enable_dpd",
    safe=True,
)
SUBJECT = "DPD detection"
TIMES = 2


def check(tunnel: Tunnel) -> Iterator[Finding]:
    refused = [(end, line) for end in tunnel.ends for line in about(end) if line.message_id == 713122]
    proof = [f"{end.name}: {line.text}" for end, line in refused]
    told = f"{names(list({end.name: end for end, _ in refused}.values()))} logged that the peer offered no DPD"
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        # The line may be old, and what is to be mended is the peer's.
        yield RULE.fails(tunnel, SUBJECT, told, severity=Severity.INFO, evidence=proof) if refused else alone
        return
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    if findings:
        return
    timed = [(seconds, end) for end, keepalive in known if (seconds := keepalive.detection_seconds) is not None]
    words = " ".join(f"{end.name}: {keepalive}" for end, keepalive in known)
    if len(timed) < 2:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: not both ends ask{f', and {told}' if refused else ''}")
        return
    words = " ".join(f"{end.name}: {seconds} s" for seconds, end in timed)
    slow = max(timed, key=lambda each: each[0])
    if slow[0] >= TIMES * min(seconds for seconds, _ in timed):
        yield RULE.fails(tunnel, SUBJECT, words, fix=[keepalive_fix(slow[1])])
    elif refused:
        # Both ends offer it today. The line may be older than that, and so may the IKE SA.
        yield RULE.fails(tunnel, SUBJECT, f"{words}, but {told}", severity=Severity.INFO, evidence=proof)
    else:
        yield RULE.passes(tunnel, SUBJECT, words)
