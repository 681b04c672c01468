# SPDX-License-Identifier: GPL-3.0-or-later
"""The login is on the very device that was audited."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Stage

RAIL = Rail(
    id="wrong-device",
    stage=Stage.SESSION,
    order=20,
    holds="The login is on the very device that was audited",
    rationale="An address may lead to another device meanwhile: a replaced unit, a moved address, a wrong "
    "entry in the inventory.",
    default="always",
    lift="See which device the address leads to, correct ansible_host, asa_hostname or asa_serial, whichever is wrong, "
    "and audit again.",
    variable="ansible_host",
)
