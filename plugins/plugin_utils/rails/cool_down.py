# SPDX-License-Identifier: GPL-3.0-or-later
"""Between two attempts on one tunnel there is a pause, longer each time."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import words_of

RAIL = Rail(
    id="cool-down",
    stage=Stage.MOMENT,
    order=70,
    holds="The last failed attempt on this tunnel was long enough ago",
    rationale="A clear every few seconds keeps a tunnel down that would have come up by itself.",
    default="600 s, doubled with each failure, at most 3600 s",
    lift="Wait and look for the cause meanwhile, or try at once with -e remediate_cool_down=0.",
    variable="remediate_cool_down, remediate_cool_down_max",
    practice=True,
)


def seen(situation: Situation) -> str:
    failures, now = situation.past.failures, situation.now
    if not failures:
        return ""
    until = failures[0] + pause(len(failures), situation.settings)
    if now >= until:
        return ""
    return (
        f"the last attempt on {situation.tunnel.name} failed or did not last ({words_of(failures[0], 'UTC')}, number "
        f"{len(failures)} in a row); the next is allowed at {words_of(until, 'UTC')}, in {duration(until - now)}"
    )


def pause(failures: int, settings: Settings) -> float:
    """Seconds to wait after so many failures in a row."""
    # Twice as long each time, without a power that no clock could show.
    doubled = settings.cool_down * 2 ** min(failures - 1, 30)
    return float(min(doubled, settings.cool_down_max))
