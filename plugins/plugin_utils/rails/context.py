# SPDX-License-Identifier: GPL-3.0-or-later
"""The login is in the security context that the tunnel lives in."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="context",
    stage=Stage.SESSION,
    order=50,
    holds="The login is in a security context where the audit was in one",
    rationale="In another context the same peer may be another tunnel, and the system space has none.",
    default="always",
    lift="Set ansible_asa_context for the host, or reach the context by its own address, and audit again.",
    practice=True,
)
