# SPDX-License-Identifier: GPL-3.0-or-later
"""As much arrives as was sent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, Side, comparable, where
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._moments import BURST, counts, uncounted
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
# One packet answers so many at the most: segments are acknowledged by twos, or by more where a network card joins them.
ANSWERED = 10
# Seconds that a packet may be on its way.
FLIGHT = 1.0


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
            lost = missing - _passed_by(sender, receiver, sent, limits["packets"])
            if lost * 100 > sent * limits["loss_percent"]:
                words = f"{sender.end.name}: encaps +{sent} {receiver.end.name}: decaps +{arrived}"
                words += f": at least {math.floor(lost * 100 / sent)} % are lost"
                findings.append(RULE.fails(tunnel, SUBJECT, words, where=str(lane)))
            else:
                words = f"{counts(sender)} {counts(receiver)}: not counted over the same moments, which proves no loss"
                findings.append(RULE.unknown(tunnel, SUBJECT, words, where=str(lane)))
    yield from findings
    if findings:
        return
    if judged:
        words = f"not more than {limits['loss_percent']} %"
        yield RULE.passes(tunnel, SUBJECT, words, where=where([*judged.values()]))
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, f"fewer than {limits['packets']} packets between the readings")


def _passed_by(sender: Side, receiver: Side, sent: int, few: float) -> float:
    """How many of the packets sent the receiver may not have had to count; infinite when nothing vouches for them.

    Traffic that is answered passes both ways in the same moments: where more arrives the other way than was sent
    there, the sender has counted moments that the receiver has not. So the other way must carry more than a few, and
    more than a few must be missing: messages to a log server are sent while their device is read, and not answered.
    """
    share = uncounted(sender, receiver, FLIGHT)
    if not share:
        return 0
    back, came_back = receiver.grown("pkts encaps"), sender.grown("pkts decaps")
    if back is None or came_back is None or back < few:
        return math.inf
    return max(few, BURST * sent * share, ANSWERED * (came_back - back))
