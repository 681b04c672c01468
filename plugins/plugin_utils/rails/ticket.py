# SPDX-License-Identifier: GPL-3.0-or-later
"""The change has a ticket, where the site asks for one."""

from __future__ import annotations

import json
import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="ticket",
    stage=Stage.MOMENT,
    order=30,
    holds="The ticket (change_id) matches remediate_change_pattern as a whole, where there is one",
    rationale="What was done to production is found again under the number of its ticket.",
    default="no ticket is needed",
    lift="Give the number of the ticket with -e change_id=NUMBER.",
    variable="remediate_change_pattern",
)


def seen(situation: Situation) -> str:
    pattern, given = situation.settings.change_pattern, situation.settings.change_id
    if not pattern or re.fullmatch(pattern, given):
        return ""
    return f"{f'change_id is {json.dumps(given)}' if given else 'there is no change_id'}; it must match {pattern}"
