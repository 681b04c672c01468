# SPDX-License-Identifier: GPL-3.0-or-later
"""An IOS peer tells of an SPI that it does not know."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="invalid-spi-recovery",
    title="An IOS peer tells of an SPI that it does not know",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="IOS can make an IKE SA only to say that an SPI is invalid (`crypto isakmp invalid-spi-recovery`, off by "
    "default). Without it, a packet for an SA that is gone is dropped in silence.",
    reads=("show running-config (IOS)",),
    practice=True,
    missing="an ASA has no such command, and says so only within an IKE SA that is up; an IOS router is not read",
)
