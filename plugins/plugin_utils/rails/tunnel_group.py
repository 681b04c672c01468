# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has a tunnel-group of its own for the other (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="tunnel-group",
    stage=Stage.MOMENT,
    order=100,
    holds="Each end has a tunnel-group of its own for the other (hardening only)",
    rationale="The dead peer detection of a default group is that of every peer that falls into it.",
    default="always",
    lift="Give the other end a tunnel-group of its own first.",
)
