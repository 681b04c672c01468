# SPDX-License-Identifier: GPL-3.0-or-later
"""``metrics.prom`` before Prometheus' own judge."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import prometheus
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from tests.reporters import samples

Program = Callable[[str, str], str]


def judged(program: Program, metrics: str) -> subprocess.CompletedProcess[str]:
    promtool = program("promtool", "prometheus")
    return subprocess.run([promtool, "check", "metrics"], input=metrics, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "report",
    [samples.audit(samples.BROKEN), samples.audit(samples.HEALTHY, samples.UNKNOWN), samples.audit()],
    ids=["one broken", "several", "no tunnel"],
)
def test_promtool_has_nothing_to_say_against_the_metrics(program: Program, report: Report) -> None:
    said = judged(program, prometheus.render(document(report)))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_promtool_would_have_said_it(program: Program) -> None:
    said = judged(program, "tunnelmend_no_help_total 1\n")
    assert said.returncode != 0
    assert "no help text" in said.stdout + said.stderr
