# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the tunnel is being replaced."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Outcome, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import live_sides

RAIL = Rail(
    id="transient",
    stage=Stage.TUNNEL,
    order=30,
    holds="Both readings show the same SAs",
    rationale="A rekey mends or changes what was read, and a clear would race with it. One that is due within two "
    "minutes is not refused but waited for: the plan says so.",
    default="always",
    lift="Wait two minutes and run this again.",
    practice=True,
)


def seen(situation: Situation) -> str:
    tunnel, judgement = situation.tunnel, situation.judgement
    moving = [each for each in judgement.findings if each.outcome is Outcome.TRANSIENT]
    if judgement.verdict is Verdict.UNKNOWN and moving:
        return f"{tunnel.name} is in transition ({moving[0].message})"
    changed = [side.end.name for side in live_sides(tunnel) if side.changed]
    if changed:
        return f"{tunnel.name} is in transition ({changed[0]}'s SAs changed between the readings)"
    return ""
