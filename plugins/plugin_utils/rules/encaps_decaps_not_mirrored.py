# SPDX-License-Identifier: GPL-3.0-or-later
"""As much arrives as was sent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, Side, comparable, where
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="encaps-decaps-not-mirrored",
    title="As much arrives as was sent",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="Packets that one end encrypted and the other never decrypted were lost on the way: an overloaded line, "
    "fragments that something drops, or the anti-replay check. Users call it slow, not down.",
    reads=("show crypto ipsec sa",),
    fixed_by="the path's MTU, its load and the replay window: a human decides",
    practice=True,
    limits={"loss_percent": 2, "packets": 50},
)
SUBJECT = "loss on the way"
# Traffic comes in bursts: what passes while one end is read and the other not yet may be so much more than the mean.
BURST = 2


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    judged: dict[str, Lane] = {}
    for lane in lanes:
        for sender, receiver in lane.directions:
            sent, arrived = sender.grown("pkts encaps"), receiver.grown("pkts decaps")
            # Where nothing arrives at all, encaps-no-decaps says so.
            if not sent or not arrived or sent < limits["packets"]:
                continue
            judged[str(lane)] = lane
            missing = sent - arrived
            if missing * 100 <= sent * limits["loss_percent"]:
                continue
            words = f"{sender.end.name}: encaps +{sent} {receiver.end.name}: decaps +{arrived}"
            if missing - _between(sender, receiver, sent) > sent * limits["loss_percent"] / 100:
                words += f": {missing * 100 // sent} % are lost"
                findings.append(RULE.fails(tunnel, SUBJECT, words, where=str(lane)))
            else:
                words += ": the moments of the readings are too far apart to call it loss"
                findings.append(RULE.unknown(tunnel, SUBJECT, words, where=str(lane)))
    yield from findings
    if findings:
        return
    if judged:
        words = f"not more than {limits['loss_percent']} %"
        yield RULE.passes(tunnel, SUBJECT, words, where=where([*judged.values()]))
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, f"fewer than {limits['packets']} packets between the readings")


def _between(sender: Side, receiver: Side, sent: int) -> float:
    """How many of the packets sent may have passed the receiver before its first reading or after its last."""
    first, last = sender.end.device.readings[0], sender.end.device.readings[-1]
    early, late = receiver.end.device.readings[0], receiver.end.device.readings[-1]
    apart = max(0.0, early.finished - first.started) + max(0.0, last.finished - late.started)
    window = last.started - first.finished
    if not math.isfinite(apart) or not window > 0:
        return math.inf
    return BURST * sent * apart / window
