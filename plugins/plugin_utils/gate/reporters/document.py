# SPDX-License-Identifier: GPL-3.0-or-later
"""``gate.json``: all that the gate concluded, for programs and for the other forms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import Audited, Gate, Result, TunnelResult
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted

FILENAME = "gate.json"
SCHEMA = 1


def document(gate: Gate, run: str, started: str, seconds: float) -> dict[str, Any]:
    """``started`` is a time as ISO 8601 has it, ``seconds`` how long it took."""
    counts = Counter(str(each.result) for each in gate.tunnels)
    return {
        "schema": SCHEMA,
        "run": {"id": run, "started": started, "seconds": round(seconds, 1)},
        "passed": gate.passed,
        "headline": _headline(gate),
        "summary": {str(result): counts[str(result)] for result in Result},
        "settings": {
            "max_outage": gate.settings.max_outage,
            "max_recovery": gate.settings.max_recovery,
            "require_keys": gate.settings.require_keys,
            "accept_as_before": gate.settings.accept_as_before,
            "fail_on": str(gate.settings.fail_on),
            "removed": list(gate.settings.removed),
        },
        "problems": list(gate.problems),
        "tunnels": [_tunnel(each) for each in gate.tunnels],
        "audits": [_audit(each) for each in gate.audits],
        "changes": [{"device": device, "line": line} for device, line in gate.typed],
        "devices": {name: dict(each) for name, each in gate.devices.items()},
        "untried": list(gate.untried),
        "notes": list(gate.notes),
    }


def render(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=2) + "\n"


def _headline(gate: Gate) -> str:
    if gate.problems and not gate.tunnels:
        return f"it could not be tried: {counted(len(gate.problems), 'problem')}"
    if not gate.tunnels:
        return "no configuration changed that a tunnel depends on; nothing was tried"
    bad = {each.name for each in gate.failing}
    worse = [each for each in gate.audits if each.result is Result.FAIL]
    of = f"of {counted(len(gate.tunnels), 'tunnel')}"
    if bad:
        return f"{len(bad)} {of} would not survive this change"
    if worse:
        return (
            f"every tunnel survives this change, and the audit finds {counted(len(worse), 'tunnel')} worse than before"
        )
    if gate.problems:
        return f"every tunnel survives this change, and it has {counted(len(gate.problems), 'problem')}"
    kept = sum(each.result is Result.AS_BEFORE for each in gate.tunnels)
    return f"{len(gate.tunnels) - kept} {of} survive this change" + (f", {kept} as bad as before" if kept else "")


def _tunnel(each: TunnelResult) -> dict[str, Any]:
    return {
        "name": each.name,
        "audit": each.audit,
        "ends": list(each.ends),
        "networks": list(each.networks),
        "result": str(each.result),
        "checks": [
            {
                "id": check.id, "title": check.title, "before": check.before, "after": check.after,
                "result": str(check.result), "why": check.why, "evidence": list(check.evidence),
            }
            for check in each.checks
        ],
    }  # fmt: skip


def _audit(each: Audited) -> dict[str, Any]:
    return {
        "tunnel": each.tunnel,
        "ends": list(each.ends),
        "before": str(each.before) if each.before else None,
        "after": str(each.after) if each.after else None,
        "result": str(each.result),
        "why": each.why,
        "cause": each.cause,
        "new": [_finding(finding) for finding in each.new],
        "cleared": list(each.cleared),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        # A clear is no way to change a configuration that nobody has yet.
        "fix": [
            {"device": fix.device, "lines": list(fix.lines), "note": fix.note}
            for fix in finding.fix
            if finding.severity >= Severity.ERROR and not any(line.startswith("clear ") for line in fix.lines)
        ],
    }
