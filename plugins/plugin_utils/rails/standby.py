# SPDX-License-Identifier: GPL-3.0-or-later
"""The login is on the active unit of a failover pair, and its configuration is in step."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="standby",
    stage=Stage.SESSION,
    order=30,
    holds="The login is on the active unit of a failover pair, and its configuration is in step",
    rationale="What is cleared on the standby unit is not cleared, and its SAs are copies.",
    default="always",
    lift="Look at 'show failover' on both units. Set ansible_host to the active address, or give the inventory the "
    "other unit, too; a pair that is not in step is left alone until it says Active and Standby Ready.",
    sources=("ASA command reference, show failover",),
)
