# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that was saved still holds."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="plan-changed",
    stage=Stage.MOMENT,
    order=80,
    holds="A plan that was saved still holds",
    rationale="A plan that somebody approved is a promise about this tunnel in this state, and about no other.",
    default="always",
    lift="Make a new plan with --check, and have that one approved.",
)
