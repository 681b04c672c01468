# SPDX-License-Identifier: GPL-3.0-or-later
"""A case of a rule: a tunnel, and every word the rule says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Outcome, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit


@dataclass(frozen=True)
class Case:
    """``says`` holds ``outcome: message`` for each finding; a failure also names its severity.

    ``limits`` are those that a user's catalogue changed.
    """

    tunnel: Tunnel
    says: tuple[str, ...]
    limits: Mapping[str, Limit] = field(default_factory=dict)

    def __init__(self, tunnel: Tunnel, *says: str, limits: Mapping[str, Limit] | None = None) -> None:
        object.__setattr__(self, "tunnel", tunnel)
        object.__setattr__(self, "says", says)
        object.__setattr__(self, "limits", limits or {})


def said(finding: Finding) -> str:
    severity = f" {finding.severity}" if finding.outcome is Outcome.FAIL else ""
    return f"{finding.outcome}{severity}: {finding.message}"
