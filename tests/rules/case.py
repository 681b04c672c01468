# SPDX-License-Identifier: GPL-3.0-or-later
"""A case of a rule: a tunnel, and every word the rule says about it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Outcome, Tunnel


@dataclass(frozen=True)
class Case:
    """``says`` holds ``outcome: message`` for each finding; a failure also names its severity."""

    tunnel: Tunnel
    says: tuple[str, ...]

    def __init__(self, tunnel: Tunnel, *says: str) -> None:
        object.__setattr__(self, "tunnel", tunnel)
        object.__setattr__(self, "says", says)


def said(finding: Finding) -> str:
    severity = f" {finding.severity}" if finding.outcome is Outcome.FAIL else ""
    return f"{finding.outcome}{severity}: {finding.message}"
