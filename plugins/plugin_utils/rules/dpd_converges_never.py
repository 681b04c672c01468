# SPDX-License-Identifier: GPL-3.0-or-later
"""A second hardening changes nothing."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-converges-never",
    title="A second hardening changes nothing",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="A keepalive at its default is not printed without `all`: a tool that compares with `show "
    "running-config` types it again for ever.",
    reads=("show running-config all tunnel-group",),
    practice=True,
    missing="it is a property of this toolkit and not of a tunnel, and its own tests prove it: hardening compares the "
    "value in effect, printed or not",
)
