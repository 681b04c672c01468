# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule declares, and the one grammar in which every rule speaks.

hq-branch / outside_map 10 - PFS group - hq: group5 branch: not set
tunnel      where            subject     both ends' values
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Fix,
    Group,
    Outcome,
    Severity,
    Tunnel,
)

Limit = int | bool


@dataclass(frozen=True)
class Rule:
    """A rule's case file. ``title`` says the healthy state, ``rationale`` why it matters to the person on call.

    ``reads`` are the commands whose output it judges, ``sources`` where its claim is published. ``practice`` marks a
    rule that rests on engineering practice alone. ``fixed_by`` names the remediation step or says who must decide;
    ``safe`` says whether the toolkit may apply the fix. ``severity`` is the worst that the rule gives.
    ``limits`` are the numbers it judges by, which a catalogue may change: a rule that has some gets them as the second
    argument of its check. ``missing`` says why a rule of the catalogue cannot be done; its file then has no check.
    """

    id: str
    title: str
    severity: Severity
    group: Group
    rationale: str
    reads: tuple[str, ...]
    sources: tuple[str, ...] = ()
    fixed_by: str = ""
    safe: bool = False
    stig: tuple[str, ...] = ()
    practice: bool = False
    limits: Mapping[str, Limit] = field(default_factory=dict)
    missing: str = ""

    def finding(
        self,
        outcome: Outcome,
        tunnel: Tunnel,
        subject: str,
        values: str,
        *,
        where: str = "",
        severity: Severity | None = None,
        evidence: Sequence[str] = (),
        fix: Sequence[Fix] = (),
    ) -> Finding:
        place = f"{tunnel.name} / {where}" if where else tunnel.name
        return Finding(
            rule=self.id,
            tunnel=tunnel.name,
            outcome=outcome,
            severity=self.severity if severity is None else severity,
            message=f"{place} - {subject} - {values}",
            evidence=tuple(evidence),
            fix=tuple(fix),
        )

    def passes(self, tunnel: Tunnel, subject: str, values: str, *, where: str = "") -> Finding:
        return self.finding(Outcome.PASS, tunnel, subject, values, where=where)

    def fails(
        self,
        tunnel: Tunnel,
        subject: str,
        values: str,
        *,
        where: str = "",
        severity: Severity | None = None,
        evidence: Sequence[str] = (),
        fix: Sequence[Fix] = (),
    ) -> Finding:
        return self.finding(
            Outcome.FAIL, tunnel, subject, values, where=where, severity=severity, evidence=evidence, fix=fix
        )

    def not_applicable(self, tunnel: Tunnel, subject: str, reason: str, *, where: str = "") -> Finding:
        return self.finding(Outcome.NOT_APPLICABLE, tunnel, subject, reason, where=where)

    def unknown(self, tunnel: Tunnel, subject: str, reason: str, *, where: str = "") -> Finding:
        return self.finding(Outcome.UNKNOWN, tunnel, subject, reason, where=where)

    def unverifiable(self, tunnel: Tunnel, subject: str, reason: str, *, where: str = "") -> Finding:
        return self.finding(Outcome.UNVERIFIABLE, tunnel, subject, reason, where=where)

    def transient(self, tunnel: Tunnel, subject: str, reason: str, *, where: str = "") -> Finding:
        return self.finding(Outcome.TRANSIENT, tunnel, subject, reason, where=where)


@dataclass(frozen=True)
class Check:
    """A rule with its function, as loaded from its file."""

    rule: Rule
    run: Callable[..., Iterator[Finding]]

    def findings(self, tunnel: Tunnel, limits: Mapping[str, Limit] | None = None) -> tuple[Finding, ...]:
        """What the rule says. A rule that breaks or stays silent is ``unknown``: neither a crash nor a pass.

        ``limits`` replace the rule's own, name by name.
        """
        try:
            found = tuple(
                self.run(tunnel, {**self.rule.limits, **(limits or {})}) if self.rule.limits else self.run(tunnel)
            )
        except Exception as error:
            reason = f"the rule {self.rule.id} broke: {type(error).__name__}: {error}"
            return (self.rule.unknown(tunnel, self.rule.title, reason),)
        if not found:
            return (self.rule.unknown(tunnel, self.rule.title, f"the rule {self.rule.id} said nothing"),)
        return found


def values(tunnel: Tunnel, say: Callable[[End], str]) -> str:
    """Both ends' values, in the tunnel's order: ``hq: group5 branch: not set``."""
    return " ".join(f"{end.name}: {say(end)}" for end in tunnel.ends)


def names(ends: Sequence[End]) -> str:
    return " and ".join(end.name for end in ends)
