# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends can have one strong transform in common (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="transforms",
    stage=Stage.MOMENT,
    order=150,
    holds="Both ends can have one strong transform in common (hardening only)",
    rationale="A list that is changed without knowing both ends whole may leave them nothing to agree on.",
    default="always",
    lift="See why, and change the lists by hand: first the common one at both ends, then the old one off both.",
)
