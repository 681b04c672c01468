# SPDX-License-Identifier: GPL-3.0-or-later
"""What each end says for itself, put together into what a rule says of the tunnel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Outcome,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import without_entry
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

JUDGED = (Outcome.PASS, Outcome.FAIL)


@dataclass(frozen=True)
class Said:
    """One end's part. ``words`` are its value, or for an outcome that is no value the whole reason."""

    outcome: Outcome
    words: str
    severity: Severity = Severity.INFO
    evidence: tuple[str, ...] = ()
    fix: tuple[Fix, ...] = ()
    where: str = ""


Examine = Callable[[End, Config, CryptoMapEntry], Said]


def passes(words: str) -> Said:
    return Said(Outcome.PASS, words)


def fails(
    words: str, severity: Severity = Severity.INFO, *, evidence: tuple[str, ...] = (), fix: tuple[Fix, ...] = ()
) -> Said:
    return Said(Outcome.FAIL, words, severity, evidence, fix)


def unknown(reason: str) -> Said:
    return Said(Outcome.UNKNOWN, reason)


def not_applicable(reason: str) -> Said:
    return Said(Outcome.NOT_APPLICABLE, reason)


def judge_ends(
    rule: Rule, tunnel: Tunnel, subject: str, say: Callable[[End, Config], Said], *, where: str = ""
) -> Iterator[Finding]:
    """Ask each end whose configuration was read; the worst of them sets the severity."""
    findings = unread_config(rule, tunnel, subject)
    said = [(end, say(end, end.device.config)) for end in tunnel.ends if end.device.config is not None]
    yield from findings
    yield from together(rule, tunnel, subject, said, where=where, whole=not findings)


def judge_entries(
    rule: Rule, tunnel: Tunnel, subject: str, examine: Examine, *, every: bool = False
) -> Iterator[Finding]:
    """Ask each end that has a static crypto map entry, which is where to look; with ``every`` one of any kind.

    An end that has none, or to whose entry the rule does not apply, is told of when no end has anything to say.
    """
    findings = unread_config(rule, tunnel, subject)
    said = [(end, _examined(end, examine, every=every)) for end in tunnel.ends if end.device.config is not None]
    spoken = [(end, each) for end, each in said if each.outcome is not Outcome.NOT_APPLICABLE]
    yield from findings
    yield from together(rule, tunnel, subject, spoken, whole=not findings)
    if not spoken and not findings:
        yield from together(rule, tunnel, subject, said[:1])


def _examined(end: End, examine: Examine, *, every: bool) -> Said:
    reason = without_entry(end) if not every or end.map_entry is None else ""
    if reason or end.device.config is None or end.map_entry is None:
        return not_applicable(reason)
    said = examine(end, end.device.config, end.map_entry)
    if said.outcome is Outcome.NOT_APPLICABLE:
        return said
    return Said(said.outcome, said.words, said.severity, said.evidence, said.fix, str(end.map_entry))


def together(
    rule: Rule, tunnel: Tunnel, subject: str, said: Sequence[tuple[End, Said]], *, where: str = "", whole: bool = True
) -> Iterator[Finding]:
    """One finding of all the values, and one for each end that has none; it passes only where every end was read."""
    aside = [each for _, each in said if each.outcome not in JUDGED]
    for each in dict.fromkeys(aside):
        yield rule.finding(each.outcome, tunnel, subject, each.words, where=each.where or where)
    judged = [(end, each) for end, each in said if each.outcome in JUDGED]
    failing = [each for _, each in judged if each.outcome is Outcome.FAIL]
    words = " ".join(f"{end.name}: {each.words}" for end, each in judged)
    if failing:
        yield rule.fails(
            tunnel,
            subject,
            words,
            where=failing[0].where or where,
            severity=max(each.severity for each in failing),
            evidence=[line for each in failing for line in each.evidence],
            fix=[fix for each in failing for fix in each.fix],
        )
    elif judged and whole and not any(each.outcome is Outcome.UNKNOWN for each in aside):
        yield rule.passes(tunnel, subject, words, where=judged[0][1].where or where)
