# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody has typed the name of the tunnel that is to be cleared."""

from __future__ import annotations

import json

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="confirmation",
    stage=Stage.MOMENT,
    order=20,
    holds="Somebody has typed the name of the tunnel that is to be cleared",
    rationale="Whoever lets a run clear knows what it clears.",
    default="asked at the terminal; without one nothing is cleared",
    lift="Run it again with -e confirm={tunnel}.",
    variable="confirm",
)


def seen(situation: Situation) -> str:
    confirm, tunnel = situation.settings.confirm, situation.tunnel
    try:
        find([tunnel], confirm)
    except UnknownTunnelError:
        said = f"confirm is {json.dumps(confirm)}" if confirm else "nobody confirmed"
        return f"{said}; the plan is for {tunnel.name}. Nothing was sent"
    return ""
