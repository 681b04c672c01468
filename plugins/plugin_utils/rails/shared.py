# SPDX-License-Identifier: GPL-3.0-or-later
"""A hardening changes no tunnel but the one that is named."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="shared",
    stage=Stage.SESSION,
    order=120,
    holds="A hardening changes no tunnel but the one that is named",
    rationale="A line of the whole device, a dynamic map or a profile belongs to tunnels that nobody has looked at.",
    default="refused",
    lift="Look at these tunnels too; where the change is right for all of them, -e harden_shared=true.",
    variable="harden_shared",
    practice=True,
)
