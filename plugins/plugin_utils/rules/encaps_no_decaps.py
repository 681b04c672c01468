# SPDX-License-Identifier: GPL-3.0-or-later
"""What one end encrypts the other decrypts."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Lane,
    Side,
    accepted,
    comparable,
    where,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._moments import BURST, counts, elsewhen, uncounted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="encaps-no-decaps",
    title="What one end encrypts the other decrypts",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="One end encrypts and the other decrypts nothing: packets are lost on the way (ESP "
    "or UDP 4500 filtered) or refused for their SPI. Only the view of both ends can tell this from a silent host.",
    reads=("show crypto ipsec sa",),
    sources=("engineerdirect.co.uk: tunnel stops passing traffic until the SA is cleared",),
    fixed_by="clear_ipsec_sa when the SPIs differ, else the path between the two ends: a human decides",
    practice=True,
)
SUBJECT = "packets on the way"
# The two ends are not read at one instant: without a stimulus between the readings a few packets may fall between.
FEW = 5


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    judged = [lane for lane in lanes if len(lane.up) == 2 and _known(lane)]
    for lane in judged:
        for sender, receiver in lane.directions:
            if _lost(tunnel, sender, receiver) and _elsewhen(tunnel, sender, receiver):
                words = f"{counts(sender)} {counts(receiver)}: the two readings do not show the same moments"
                findings.append(RULE.unknown(tunnel, SUBJECT, words, where=str(lane)))
            elif _lost(tunnel, sender, receiver):
                findings.append(RULE.fails(tunnel, SUBJECT, _words(sender, receiver), where=str(lane)))
            elif sender.grown("pkts encaps") and receiver.grown("pkts decaps") == 0:
                words = f"{counts(sender)} {counts(receiver)}: too few packets to tell"
                findings.append(RULE.unknown(tunnel, SUBJECT, words, where=str(lane)))
    yield from findings
    if findings:
        return
    if judged:
        yield RULE.passes(tunnel, SUBJECT, "none is lost between the readings", where=where(judged))
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SAs at both ends with counters in both readings")


def _known(lane: Lane) -> bool:
    return all(side.grown("pkts encaps") is not None and side.grown("pkts decaps") is not None for side in lane.sides)


def _lost(tunnel: Tunnel, sender: Side, receiver: Side) -> bool:
    sent = sender.grown("pkts encaps") or 0
    return sent >= (1 if tunnel.stimulated else FEW) and receiver.grown("pkts decaps") == 0


def _elsewhen(tunnel: Tunnel, sender: Side, receiver: Side) -> bool:
    """All that was sent may have passed while the receiver did not count. A stimulus is sent while both do."""
    return elsewhen(sender, receiver) or (not tunnel.stimulated and BURST * uncounted(sender, receiver) >= 1)


def _words(sender: Side, receiver: Side) -> str:
    why = "lost on the way" if accepted(sender, receiver) else "refused for their SPI"
    back = sender.grown("pkts decaps")
    return (
        f"{sender.end.name}: encaps +{sender.grown('pkts encaps')} decaps +{back} {receiver.end.name}: decaps +0: {why}"
    )
