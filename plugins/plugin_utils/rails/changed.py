# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends still show the SAs that the plan was made for."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="changed",
    stage=Stage.SESSION,
    order=80,
    holds="Both ends still show the SAs that the plan was made for",
    rationale="What has renegotiated meanwhile may be mended, and a clear would break it again.",
    default="always",
    lift="Audit again.",
)
