# SPDX-License-Identifier: GPL-3.0-or-later
"""The first end takes its clear."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="refused",
    stage=Stage.SESSION,
    order=110,
    holds="The first end takes its clear",
    rationale="An end that refuses its clear still has its SAs; clearing the other would leave it alone with them.",
    default="always",
    lift="See why it was not taken (the device's answer, what this user may type there), and run this again.",
)
