# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end accepts the SPI that the other sends on."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Lane,
    comparable,
    evidence,
    sends,
    where,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="spi-mirror-mismatch",
    title="Each end accepts the SPI that the other sends on",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="A receiver drops ESP whose SPI it does not hold (syslog 402114), while both ends show the tunnel up. "
    "Nothing passes until the SAs of both ends are cleared. DPD watches the IKE SA and does not see it.",
    reads=("show crypto ipsec sa",),
    sources=(
        "RFC 4301 section 4.1",
        "supportforums.cisco.com/discussion/10546926/spi-mismatch",
        "ASA syslog messages, 402114",
    ),
    fixed_by="clear_ipsec_sa",
    safe=True,
)
SUBJECT = "SPI mirror"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    yield from findings
    both = [lane for lane in lanes if len(lane.up) == 2]
    broken = [lane for lane in both if lane.refused]
    for lane in broken:
        yield RULE.fails(tunnel, SUBJECT, _words(lane), where=str(lane), evidence=evidence(lane), fix=clears(tunnel))
    if both and not broken:
        yield RULE.passes(tunnel, SUBJECT, "; ".join(_words(lane) for lane in both), where=where(both))
    elif not both and not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no proxy identities have SAs at both ends")


def _words(lane: Lane) -> str:
    return "; ".join(sends(sender, receiver) for sender, receiver in lane.directions)
