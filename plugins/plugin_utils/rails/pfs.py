# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends know a PFS group that is in use (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="pfs",
    stage=Stage.MOMENT,
    order=140,
    holds="Both ends know a PFS group that is in use (hardening only)",
    rationale="A weaker group is no hardening, and one that a release lacks is refused there.",
    default="always",
    lift="Choose a group that both releases have, or upgrade the older one, and set it by hand at both ends.",
)
