# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel has not come back broken after several attempts in a row."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import words_of

RAIL = Rail(
    id="three-strikes",
    stage=Stage.MOMENT,
    order=60,
    holds="The attempts before this one did not fail again and again",
    rationale="A tunnel that dies again after each clear has a cause that a clear does not reach; one more attempt "
    "only destroys evidence of it.",
    default="3 attempts in a row",
    lift="Escalate: send Cisco's support the reports folders of these attempts and a show tech-support of both ends, "
    "taken before any reload. Raise remediate_max_attempts once the cause is known.",
    variable="remediate_max_attempts",
    practice=True,
)


def seen(situation: Situation) -> str:
    failures = situation.past.failures
    if len(failures) < situation.settings.max_attempts:
        return ""
    many = f"{len(failures)} attempts in a row" if len(failures) > 1 else "an attempt"
    last = words_of(failures[0], "UTC")
    tunnel = situation.tunnel.name
    return f"{many} on {tunnel} failed or did not last, the last at {last}: a clear does not reach the cause"
