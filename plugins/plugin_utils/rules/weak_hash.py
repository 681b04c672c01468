# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrity is SHA-2."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import integrity, judge_algorithms
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="weak-hash",
    title="Integrity is SHA-2",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="MD5 is broken and gone from ASA 9.15. SHA-1 still holds in HMAC, and no audit accepts it; releases "
    "before 8.4 have nothing better. AES-GCM needs no hash of its own in ESP, so integrity null beside it is right.",
    reads=("show running-config crypto",),
    sources=("github.com/RenanHingel/FMC_Unsupported_Algorithms", "Cisco ASA VPN STIG V2R2"),
    fixed_by="align_transforms for what IPsec offers; an IKE policy is every tunnel's, so a human decides",
    stig=(
        "CASA-VN-000190",
        "V-239955",
        "CASA-VN-000230",
        "V-239958",
        "CASA-VN-000240",
        "V-239959",
        "CASA-VN-000630",
        "V-239978",
    ),
)
SUBJECT = "integrity"
WEAK = {
    "md5": Severity.ERROR,
    "none": Severity.ERROR,
    "null": Severity.ERROR,
    "sha": Severity.WARNING,
    "sha-1": Severity.WARNING,
    "sha1": Severity.WARNING,
}


def check(tunnel: Tunnel) -> Iterator[Finding]:
    return judge_algorithms(RULE, tunnel, SUBJECT, integrity, WEAK)
