# SPDX-License-Identifier: GPL-3.0-or-later
"""A hardening knows the one crypto map entry of each end."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="crypto-map",
    stage=Stage.SESSION,
    order=130,
    holds="A hardening knows the one crypto map entry of each end",
    rationale="Of several entries for one peer nobody can say from here which belong together.",
    default="always",
    lift="Set it by hand at both ends.",
    practice=True,
)
