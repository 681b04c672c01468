# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run has to tell: who was read, what was judged, what was sent and how it ended."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.finding import Group, Judgement, Severity, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.tunnel import Device

if TYPE_CHECKING:
    # Both are made of this model.
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import Timeline

SCHEMA = 1


class Kind(enum.Enum):
    """The verb that was run."""

    AUDIT = "audit"
    REMEDIATE = "remediate"
    HARDEN = "harden"
    VERIFY = "verify"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Action:
    """One command sent to a device and what became of it; ``result`` is empty until an answer came."""

    time: float
    device: str
    command: str
    result: str = ""


@dataclass(frozen=True)
class Condition:
    """One part of a proof: what must hold, what was seen, and whether it held (``None``: not known yet)."""

    name: str
    held: bool | None
    value: str


@dataclass(frozen=True)
class RuleNote:
    """What a report says of a rule: the healthy state, its chapter, and the commands whose output it judges."""

    title: str
    group: Group
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of a tunnel since the run before: its verdict then, and the ids of the rules that fail at a
    warning or worse.

    ``before`` is ``None`` for a tunnel that the run before did not know, ``now`` for one that this run does not.
    """

    tunnel: str
    before: Verdict | None
    now: Verdict | None
    new: tuple[str, ...] = ()
    still: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The saved outputs that an audit was made of: their folder, and the files of each device, relative to it."""

    folder: str
    files: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Report:
    """One run. ``judgements`` are the newest; ``before`` are those made before the ``actions`` were sent.

    ``outcome`` is one word for the whole run (``healed``, ``no_change``, ``aborted_gate:transient``) and empty for an
    audit, whose outcome is its verdicts. ``versions`` names the software of the controller. ``rules`` has those that
    judged, by id. ``fail_on`` is the severity from which a failing finding fails the run. ``evidence`` maps a device
    and a command to the file in the run's folder that holds what was answered last.
    ``compared_with`` is the id of the run before, of which ``changes`` tell; empty when there was none.
    ``source`` is set when it was made of saved outputs and no device was asked.
    Of a run that acts, ``plan`` is what it was about to do (``None``: it refused, or had nothing to do), ``proof`` what
    the last readings show of its conditions, ``next_steps`` what the operator should do now, and ``timeline`` what both
    ends and the controller did.
    """

    id: str
    kind: Kind
    started: float
    finished: float
    devices: tuple[Device, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    before: tuple[Judgement, ...] = ()
    actions: tuple[Action, ...] = ()
    outcome: str = ""
    outcome_text: str = ""
    problems: tuple[str, ...] = ()
    controller: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleNote] = field(default_factory=dict)
    fail_on: Severity = Severity.CRITICAL
    evidence: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    compared_with: str = ""
    changes: tuple[Change, ...] = ()
    source: Source | None = None
    plan: Plan | None = None
    proof: tuple[Condition, ...] = ()
    next_steps: tuple[str, ...] = ()
    timeline: Timeline | None = None
    schema: int = SCHEMA
