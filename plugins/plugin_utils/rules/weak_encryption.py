# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption is AES."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import encryption, judge_algorithms
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="weak-encryption",
    title="Encryption is AES",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="DES and NULL protect nothing, 3DES little, AES-GMAC hides nothing by design, and ASA 9.15 has none of "
    "them: an upgrade of one end takes the tunnel down.",
    reads=("show running-config crypto",),
    sources=("github.com/RenanHingel/FMC_Unsupported_Algorithms", "Cisco ASA VPN STIG V2R2"),
    fixed_by="align_transforms for what IPsec offers; an IKE policy is every tunnel's, so a human decides",
    stig=(
        "CASA-VN-000170",
        "V-239953",
        "CASA-VN-000200",
        "V-239956",
        "CASA-VN-000640",
        "V-239979",
        "CASA-VN-000650",
        "V-239980",
    ),
)
SUBJECT = "encryption"
WEAK = {
    "des": Severity.ERROR,
    "null": Severity.ERROR,
    "3des": Severity.WARNING,
    "aes-gmac": Severity.WARNING,
    "aes-gmac-192": Severity.WARNING,
    "aes-gmac-256": Severity.WARNING,
}


def check(tunnel: Tunnel) -> Iterator[Finding]:
    return judge_algorithms(RULE, tunnel, SUBJECT, encryption, WEAK)
