# SPDX-License-Identifier: GPL-3.0-or-later
"""No other tunnel changes (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="shared",
    stage=Stage.SESSION,
    order=120,
    holds="No other tunnel changes (hardening only)",
    rationale="Some settings are lines of the whole device, or of an object that other tunnels use.",
    default="always",
    lift="If that is meant, add -e harden_shared=true; else leave it out of harden_settings.",
    variable="harden_shared",
)
