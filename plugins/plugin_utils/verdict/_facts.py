# SPDX-License-Identifier: GPL-3.0-or-later
"""One tunnel's findings, to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    Group,
    Outcome,
    Severity,
    Tunnel,
    passing,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, lanes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule


@dataclass(frozen=True)
class Facts:
    """A tunnel, what every rule found on it, and the rules by their id."""

    tunnel: Tunnel
    findings: Sequence[Finding]
    rules: Mapping[str, Rule]

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        return lanes(self.tunnel)

    @cached_property
    def down(self) -> bool:
        """No SA is up, as far as the ends of ours were read; an end that was not read proves nothing."""
        tunnel = self.tunnel
        if any(end.ipsec is None for end in tunnel.ends) or (not tunnel.both and not tunnel.foreign):
            return False
        return not any(lane.up for lane in self.lanes)

    @cached_property
    def _failed(self) -> Mapping[str, Finding]:
        """The worst failure of each rule that fails."""
        worst: dict[str, Finding] = {}
        for finding in self.findings:
            known = worst.get(finding.rule)
            if finding.outcome is Outcome.FAIL and (known is None or finding.severity > known.severity):
                worst[finding.rule] = finding
        return worst

    @cached_property
    def passed(self) -> frozenset[str]:
        return passing(self.findings)

    def failure(self, rule: str) -> Finding | None:
        return self._failed.get(rule)

    def moving(self, rule: str) -> Finding | None:
        """What this rule found to change while it looked."""
        return next((each for each in self.findings if each.rule == rule and each.outcome is Outcome.TRANSIENT), None)

    def failing(self, *groups: Group, least: Severity = Severity.INFO) -> list[Finding]:
        """What fails in these groups, one finding a rule, the worst first."""
        found = [
            finding
            for finding in self._failed.values()
            if finding.severity >= least and self.rules[finding.rule].group in groups
        ]
        return sorted(found, key=lambda finding: -finding.severity)

    def words(self, finding: Finding) -> str:
        """A finding's message without the tunnel's name, which stands beside it already."""
        return finding.message.removeprefix(finding.tunnel).removeprefix(" / ").removeprefix(" - ")
