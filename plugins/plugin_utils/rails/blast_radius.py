# SPDX-License-Identifier: GPL-3.0-or-later
"""Few tunnels are cleared, in this run and in a day."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="blast-radius",
    stage=Stage.MOMENT,
    order=50,
    holds="Few tunnels are cleared, in this run and in 24 hours",
    rationale="Many tunnels that break at once have one cause, and it is not in each of them.",
    default="1 in a run, 10 in 24 hours",
    lift="Look for what they have in common first. Then raise remediate_max_tunnels (one run) or "
    "remediate_max_per_day (all runs).",
    variable="remediate_max_tunnels, remediate_max_per_day",
)


def seen(situation: Situation) -> str:
    settings, today = situation.settings, situation.past.acted_today
    if situation.acted >= settings.max_tunnels:
        return f"this run has acted on {counted(situation.acted, 'tunnel')}, and {settings.max_tunnels} is its limit"
    return too_many(today, settings.max_per_day) if today >= settings.max_per_day else ""


def too_many(today: int, most: int) -> str:
    """What is seen where so many runs, of all tunnels, have cleared something in a day or are about to."""
    return f"{counted(today, 'attempt')} in the last 24 hours, over all tunnels, and {most} is the limit"
