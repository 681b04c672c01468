# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read before can be read again, whole."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="unread",
    stage=Stage.SESSION,
    order=60,
    holds="What was read before can be read again, whole",
    rationale="A clear goes by what is there now, not by what was.",
    default="always",
    lift="See what the device shows there, and run this again.",
)
