# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tunnel does is known."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="unknown",
    stage=Stage.TUNNEL,
    order=40,
    holds="What the tunnel does is known",
    rationale="What was not read is not 'no SA': a clear on a guess interrupts a tunnel that may work.",
    default="always",
    lift="Nothing is cleared on what was not read. Audit, and see why it is unknown.",
)


def seen(situation: Situation) -> str:
    judgement, tunnel = situation.judgement, situation.tunnel
    if judgement.verdict is not Verdict.UNKNOWN:
        return ""
    # Who clears one end alone knows that nothing is known of the other.
    if situation.settings.one_sided and (not tunnel.both or any(end.ipsec is None for end in tunnel.ends)):
        return ""
    return f"{tunnel.name} is unknown: {judgement.cause}"
