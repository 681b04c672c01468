# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end answers on the path below the tunnel."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="underlay",
    stage=Stage.SESSION,
    order=70,
    holds="The other end answers on the path below the tunnel",
    rationale="When a whole site is dark a clear mends nothing, and takes away what would have come back by itself.",
    default="a ping of the outside address of the other end, from each end",
    lift="Look at the line and at the site. Where pings are dropped on purpose: -e remediate_underlay=false.",
    variable="remediate_underlay",
    practice=True,
)
