# SPDX-License-Identifier: GPL-3.0-or-later
"""A group for PFS is known to both releases."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="pfs",
    stage=Stage.SESSION,
    order=150,
    holds="A group for PFS is known to both releases",
    rationale="A group that one release does not know ends the tunnel at its next rekey.",
    default="always",
    lift="Choose a group by hand, or upgrade the older end first.",
    practice=True,
)
