# SPDX-License-Identifier: GPL-3.0-or-later
"""The group-policy of each end was read, and has its values (hardening only)."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="group-policy",
    stage=Stage.MOMENT,
    order=130,
    holds="The group-policy of each end was read, and has its values (hardening only)",
    rationale="Values that a server hands out are not changed by what is typed at the device.",
    default="always",
    lift="See which group-policy the tunnel has and where its values stand, and set vpn-idle-timeout there.",
)
