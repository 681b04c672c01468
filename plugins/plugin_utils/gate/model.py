# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate concludes: of one check, of one tunnel, of the whole change."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Severity, Verdict


class Result(enum.Enum):
    """``AS_BEFORE``: it fails, as it did before, and that was accepted. ``UNVERIFIABLE``: no trial could have told."""

    PASS = "pass"
    FAIL = "fail"
    AS_BEFORE = "as_before"
    UNVERIFIABLE = "unverifiable"
    NOT_TRIED = "not_tried"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Settings:
    """What the operator set. ``max_outage`` and ``max_recovery`` are seconds; ``removed`` names devices and tunnels."""

    max_outage: int = 30
    max_recovery: int = 300
    require_keys: bool = False
    accept_as_before: bool = False
    fail_on: Severity = Severity.CRITICAL
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One question. ``before`` and ``after`` are what was seen, in a few words; ``why`` is why it fails, a sentence.

    ``subject`` is the device that it is about, where it is about one.
    """

    id: str
    title: str
    before: str
    after: str
    result: Result
    why: str = ""
    evidence: tuple[str, ...] = ()
    subject: str = ""
    as_before: bool = False
    """It fails, and failed before the change in the same way."""


@dataclass(frozen=True)
class TunnelResult:
    """A tunnel by its ends, networks and ``service`` (what of their traffic it is for, nothing for all).

    ``audit`` names the tunnel that the audit judged.
    ``was`` and ``now`` say in a few words what it did before and what it does after the change.
    """

    name: str
    audit: str
    ends: tuple[str, str]
    networks: tuple[str, str]
    service: str
    checks: tuple[Check, ...]
    was: str = ""
    now: str = ""

    @property
    def result(self) -> Result:
        found = {check.result for check in self.checks}
        order = (Result.FAIL, Result.AS_BEFORE, Result.PASS, Result.UNVERIFIABLE)
        return next((each for each in order if each in found), Result.NOT_TRIED)

    @property
    def failing(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.result is Result.FAIL)


@dataclass(frozen=True)
class Audited:
    """What the audit says of a tunnel on both sides; ``None`` where there was none. ``new`` fail now and did not."""

    tunnel: str
    ends: tuple[str, ...]
    before: Verdict | None
    after: Verdict | None
    cause: str = ""
    new: tuple[Finding, ...] = ()
    cleared: tuple[str, ...] = ()
    result: Result = Result.PASS
    why: str = ""


@dataclass(frozen=True)
class Gate:
    """The whole change. ``problems`` are sentences; with any of them it fails, whatever the tunnels do."""

    tunnels: tuple[TunnelResult, ...] = ()
    audits: tuple[Audited, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    typed: tuple[tuple[str, str], ...] = ()
    settings: Settings = field(default_factory=Settings)
    to_see: tuple[str, ...] = ()
    """What only a person can see to, and the change may hang on; sentences."""

    @property
    def passed(self) -> bool:
        return not self.problems and not self.failing and all(each.result is not Result.FAIL for each in self.audits)

    @property
    def failing(self) -> tuple[TunnelResult, ...]:
        return tuple(each for each in self.tunnels if each.result is Result.FAIL)
