# SPDX-License-Identifier: GPL-3.0-or-later
"""A dead peer is noticed within a minute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalive_fix, keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="dpd-too-slow",
    title="A dead peer is noticed within a minute",
    severity=Severity.WARNING,
    group=Group.DPD,
    rationale="Detection takes the threshold and three retries: 16 seconds with the default of a site-to-site group, "
    "five minutes with that of a remote-access group.",
    reads=("show running-config all tunnel-group",),
    sources=("RFC 3706", "blog.williampeters.com: Dead Peer Detection on ASA"),
    fixed_by="enable_dpd",
    safe=True,
    limits={"seconds": 60},
)
SUBJECT = "DPD detection"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    timed = [(end, seconds) for end, keepalive in known if (seconds := keepalive.detection_seconds) is not None]
    slow = [end for end, seconds in timed if seconds > limits["seconds"]]
    words = " ".join(f"{end.name}: {seconds} s" for end, seconds in timed)
    if slow:
        yield RULE.fails(tunnel, SUBJECT, words, fix=[keepalive_fix(end) for end in slow])
    elif timed and not findings:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end asks: see dpd-disabled and dpd-infinite-both")
