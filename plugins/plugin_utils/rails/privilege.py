# SPDX-License-Identifier: GPL-3.0-or-later
"""The login has privilege level 15."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="privilege",
    stage=Stage.SESSION,
    order=40,
    holds="The login has privilege level 15",
    rationale="A # in the prompt does not prove it, and a lower level shows less without a word.",
    default="always",
    lift="Use a user of level 15, or set ansible_become_password.",
    variable="ansible_become_password",
    sources=("ASA command reference, show curpriv",),
)
