# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates are valid, and trusted by the other end."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="cert-validity",
    title="Certificates are valid, and trusted by the other end",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="A certificate that expires takes every tunnel down that it authenticates, at their next negotiation.",
    reads=("show crypto ca certificates",),
    fixed_by="renew the certificate: a human decides",
    stig=("CASA-VN-000120", "V-239949", "CASA-VN-000130", "V-239950"),
    practice=True,
    missing="a collection reads no certificate (show crypto ca certificates), and a configuration names trustpoints "
    "without their dates; see trustpoint-missing for what their names tell",
)
