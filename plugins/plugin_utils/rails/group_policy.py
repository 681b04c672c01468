# SPDX-License-Identifier: GPL-3.0-or-later
"""A hardening knows the group-policy of each end."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="group-policy",
    stage=Stage.SESSION,
    order=140,
    holds="A hardening knows the group-policy of each end",
    rationale="A group-policy that was not read, or stands on a server, may belong to users as well.",
    default="always",
    lift="Set the idle timeout where that policy stands.",
    practice=True,
)
