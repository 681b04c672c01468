# SPDX-License-Identifier: GPL-3.0-or-later
"""No other run is at work on this tunnel."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="locked",
    stage=Stage.MOMENT,
    order=90,
    holds="No other run is at work on this tunnel",
    rationale="Two runs would each clear what the other has just built.",
    default="always",
    lift="Wait for it to end.",
)
