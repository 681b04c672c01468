# SPDX-License-Identifier: GPL-3.0-or-later
"""An IOS peer asks whether this end is alive."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="ios-peer-dpd",
    title="An IOS peer asks whether this end is alive",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="IOS has DPD off by default, and asks on demand only when it has something to send: an idle tunnel "
    "stays stale.",
    reads=("show running-config (IOS)",),
    practice=True,
    missing="only an ASA is read: the configuration of an IOS router is not",
)
