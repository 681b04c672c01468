# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has one crypto map entry for the other (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="crypto-map",
    stage=Stage.MOMENT,
    order=120,
    holds="Each end has one crypto map entry for the other (hardening only)",
    rationale="Which of several entries a tunnel uses is for a person to say, and without one there is nothing to set.",
    default="always",
    lift="Give each end one crypto map entry for the other, or set it by hand.",
)
