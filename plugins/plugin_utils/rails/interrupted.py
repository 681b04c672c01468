# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody has stopped the run before the first clear."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="interrupted",
    stage=Stage.SESSION,
    order=90,
    holds="Nobody has stopped the run before the first clear",
    rationale="Whoever presses Ctrl-C before anything was sent means that nothing shall be.",
    default="always",
    lift="Run it again when you are ready.",
)
