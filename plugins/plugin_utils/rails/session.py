# SPDX-License-Identifier: GPL-3.0-or-later
"""A session to each end stands before the first clear."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="session",
    stage=Stage.SESSION,
    order=10,
    holds="A session to each end stands before the first clear",
    rationale="An end that is cleared while the other is out of reach is cleared alone.",
    default="always",
    lift="See why there is no session to it, and run this again.",
)
