# SPDX-License-Identifier: GPL-3.0-or-later
"""What is about to be sent can be written down first."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="journal",
    stage=Stage.SESSION,
    order=100,
    holds="What is about to be sent can be written down first",
    rationale="After a crash the journal alone tells which end was cleared.",
    default="always",
    lift="Make room on the disk, or set reports_dir to a folder that can be written.",
    variable="reports_dir",
)
