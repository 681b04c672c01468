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
    lift="A dark site is an outage, which no clear mends: look at the path and at the provider. If the path is known "
    "to work and ICMP is filtered, run this again with -e remediate_underlay=false.",
    variable="remediate_underlay",
    practice=True,
)
