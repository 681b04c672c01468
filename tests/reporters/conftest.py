# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that every reporter is tried with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Condition, Report, RuleNote
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from tests.reporters import samples

HOSTILE = "<script>alert(1)</script>\"'| `x` ]]>&amp; \x1b[2J\x07\x9b31m\x00\ud800 \u202egnp.exe\r\nnext: {{ 7*7 }}"


def hostile_report() -> Report:
    """A device whose every text tries to be something else."""
    finding = replace(
        samples.SPI_MISMATCH,
        rule=HOSTILE,
        message=HOSTILE,
        evidence=(HOSTILE, "javascript:alert(1)", "evidence/../../secret", "evidence/hq/a b.txt"),
        fix=(replace(samples.SPI_MISMATCH.fix[0], device=HOSTILE, lines=(HOSTILE, "</pre>"), note=HOSTILE),),
    )
    judgement = replace(samples.BROKEN, findings=(finding,), cause=HOSTILE, next_action=HOSTILE)
    judgement = samples.named(judgement, f"hq-branch {HOSTILE}")
    return replace(
        samples.audit(judgement, samples.UNKNOWN),
        devices=(Device(HOSTILE, hostname=HOSTILE, problems=(HOSTILE,)),),
        problems=(HOSTILE,),
        outcome=HOSTILE,
        outcome_text=HOSTILE,
        controller=HOSTILE,
        rules={HOSTILE: RuleNote(HOSTILE, Group.LIVE)},
        plan=replace(samples.planned(), cause=HOSTILE, interrupts=HOSTILE, beyond=(HOSTILE,), notes=(HOSTILE,)),
        proof=(Condition(HOSTILE, None, HOSTILE),),
        next_steps=(HOSTILE,),
        timeline=replace(
            samples.told(), events=tuple(replace(each, text=HOSTILE, result=HOSTILE) for each in samples.told().events)
        ),
    )


REPORTS = {
    "broken": lambda: samples.audit(samples.BROKEN),
    "half": lambda: samples.audit(samples.HALF_BROKEN),
    "healthy": lambda: samples.audit(samples.HEALTHY),
    "unknown": lambda: samples.audit(samples.UNKNOWN),
    "foreign": lambda: samples.audit(samples.FOREIGN),
    "several": lambda: samples.audit(
        *(samples.named(samples.HEALTHY, f"hq-site{number}") for number in range(5)),
        samples.UNKNOWN,
        samples.FOREIGN,
        samples.BROKEN,
    ),
    "remediation": samples.remediation,
    "refused": samples.refused,
    "offline": samples.offline,
    "nothing": lambda: samples.audit(problems=("no host matched",)),
    "hostile": hostile_report,
}


@pytest.fixture(params=REPORTS)
def any_document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return document(REPORTS[request.param]())


@pytest.fixture
def broken() -> dict[str, Any]:
    return document(samples.audit(samples.BROKEN))


@pytest.fixture
def remediation() -> dict[str, Any]:
    return document(samples.remediation())


@pytest.fixture
def several() -> dict[str, Any]:
    return document(REPORTS["several"]())


@pytest.fixture
def hostile() -> dict[str, Any]:
    return document(hostile_report())
