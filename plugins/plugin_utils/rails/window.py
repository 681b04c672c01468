# SPDX-License-Identifier: GPL-3.0-or-later
"""Now is a time at which the site allows a clear."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import next_opening, open_at, words_of

RAIL = Rail(
    id="window",
    stage=Stage.MOMENT,
    order=40,
    holds="Now is a time at which the site allows a clear",
    rationale="A clear interrupts every connection through the tunnel for seconds.",
    default="always",
    lift="Wait for it; in an incident, with the agreement of whoever set it, -e remediate_window=''.",
    variable="remediate_window",
)


def seen(situation: Situation) -> str:
    windows, now = situation.settings.windows, situation.now
    if open_at(windows, now):
        return ""
    opening = next_opening(windows, now)
    if opening is None:
        return f"it is {words_of(now, windows[0].zone)}, and none of the windows opens within two weeks"
    moment, window = opening
    return (
        f"it is {words_of(now, window.zone)}, outside the windows for changes; the next one opens "
        f"{words_of(moment, window.zone)}, in {duration(moment - now)} ({window})"
    )
