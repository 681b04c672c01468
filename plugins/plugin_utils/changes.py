# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit against the one before: what is new, what is still there, what has cleared."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Outcome, Severity, Verdict, passing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import SCHEMA, Change

AUDIT = "audit"


def run_before(run: Path) -> Mapping[str, Any] | None:
    """The report of the newest audit that began before ``run``, a folder among its like; ``None`` without any.

    Audits of saved outputs are of other cases. A report that cannot be read, or that another version wrote, is passed
    over: it is no reason to fail this run.
    """
    # The names of runs begin with the time, so that their order is that of time; a second run of one second ends in -2.
    earlier = [path for path in run.parent.glob(f"*-{AUDIT}*") if path.name < run.name and path.is_dir()]
    for path in sorted(earlier, key=lambda each: each.name, reverse=True):
        try:
            report = json.loads((path / "report.json").read_text(encoding="utf-8"))
            live = not report["run"].get("collected_from")
            if live and report["schema"] == SCHEMA and report["run"]["kind"] == AUDIT and report["tunnels"]:
                return dict(report)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def changes(before: Mapping[str, Any], judgements: Sequence[Judgement], devices: Collection[str]) -> tuple[Change, ...]:
    """What became of each tunnel since ``before`` (a ``report.json``), and of those that are no longer there.

    ``devices`` are those of this run: a tunnel of others was left out, and is not gone.
    """
    then = {tunnel["name"]: tunnel for tunnel in before["tunnels"]}
    found = [_change(judgement, then.pop(judgement.tunnel.name, None)) for judgement in judgements]
    gone = (tunnel for tunnel in then.values() if {end["device"] for end in tunnel["ends"]} <= set(devices))
    return (*found, *(Change(tunnel["name"], Verdict(tunnel["verdict"]), None) for tunnel in gone))


def _counts(outcome: Outcome, severity: Severity) -> bool:
    """A remark that comes and goes with the traffic is no change."""
    return outcome is Outcome.FAIL and severity >= Severity.WARNING


def _change(judgement: Judgement, then: Mapping[str, Any] | None) -> Change:
    failing = {finding.rule for finding in judgement.findings if _counts(finding.outcome, finding.severity)}
    if then is None:
        return Change(judgement.tunnel.name, None, judgement.verdict, new=tuple(sorted(failing)))
    failed = {
        finding["rule"]
        for finding in then["findings"]
        if _counts(Outcome(finding["outcome"]), Severity[finding["severity"].upper()])
    }
    # What passes today has cleared; what does not apply, is not known, waived or switched off has not.
    return Change(
        judgement.tunnel.name,
        Verdict(then["verdict"]),
        judgement.verdict,
        new=tuple(sorted(failing - failed)),
        still=tuple(sorted(failing & failed)),
        cleared=tuple(sorted(failed & passing(judgement.findings))),
    )
