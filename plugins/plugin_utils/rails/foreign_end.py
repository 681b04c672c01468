# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends are ours (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="foreign-end",
    stage=Stage.MOMENT,
    order=110,
    holds="Both ends are ours (hardening only)",
    rationale="A setting that must fit at both ends does harm, or nothing, at one.",
    default="always",
    lift="Ask whoever runs the other end to set it, or give the inventory that device, too.",
)
