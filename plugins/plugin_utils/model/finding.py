# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule concluded on a tunnel, and the verdict over all of them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.tunnel import Tunnel


class Severity(enum.IntEnum):
    """How much it matters, least first, so that severities compare."""

    INFO = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3

    def __str__(self) -> str:
        return self.name.lower()


class Outcome(enum.Enum):
    """What a rule concluded. None of them is silent."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    UNVERIFIABLE = "unverifiable"
    TRANSIENT = "transient"
    WAIVED = "waived"

    def __str__(self) -> str:
        return self.value


class Verdict(enum.Enum):
    """What the tunnel does now, as far as both ends prove it."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


class Group(enum.Enum):
    """The chapter of the catalogue a rule belongs to; only ``LIVE`` and ``MATCH`` rules move the verdict.

    ``SITE`` are the rules that a site writes itself.
    """

    LIVE = "live state"
    DPD = "dead peer detection"
    MATCH = "configuration match"
    HYGIENE = "crypto hygiene"
    DATA = "data quality"
    SITE = "rules of this site"


@dataclass(frozen=True)
class Fix:
    """Lines to type at one device. ``safe`` says whether the toolkit may apply them; ``note`` says why or why not."""

    device: str
    lines: tuple[str, ...]
    safe: bool = False
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """One rule's conclusion on one tunnel, in words that carry both ends' values."""

    rule: str
    tunnel: str
    outcome: Outcome
    severity: Severity
    message: str
    evidence: tuple[str, ...] = ()
    fix: tuple[Fix, ...] = ()


def passing(findings: Iterable[Finding]) -> frozenset[str]:
    """The rules that pass and neither fail nor doubt anywhere."""
    outcomes: dict[str, set[Outcome]] = {}
    for finding in findings:
        outcomes.setdefault(finding.rule, set()).add(finding.outcome)
    fine = {Outcome.PASS, Outcome.NOT_APPLICABLE}
    return frozenset(rule for rule, found in outcomes.items() if found <= fine and Outcome.PASS in found)


@dataclass(frozen=True)
class Judgement:
    """A tunnel with its findings, its verdict, the most likely cause and what to do next.

    ``cause_rule`` is the rule whose failure is that cause, and empty for a tunnel that is healthy or unknown.
    ``evidence`` are the lines the cause rests on, ``ruled_out`` what else it could have been and why it is not, and
    ``recurrence`` what the facts say of its coming back; each a sentence.
    """

    tunnel: Tunnel
    verdict: Verdict
    findings: tuple[Finding, ...]
    cause: str = ""
    next_action: str = ""
    cause_rule: str = ""
    evidence: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    recurrence: tuple[str, ...] = ()
