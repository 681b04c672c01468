# SPDX-License-Identifier: GPL-3.0-or-later
"""``gate.json``: all that the gate concluded, for programs and for the other forms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.checks import fails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import Audited, Gate, Result, TunnelResult
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

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
        "to_see": list(gate.to_see),
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
        changed = sorted(name for name, each in gate.devices.items() if each["changed"])
        if changed:
            return f"no tunnel is known of {words.first_of(changed, 5)}, which changed; nothing was tried"
        return "no configuration changed; nothing was tried"
    worse = [each for each in gate.audits if each.result is Result.FAIL]
    if gate.failing:
        return _failing(gate, worse=bool(worse))
    survive = _survive(gate)
    if worse:
        return f"{survive}, and the audit objects to {counted(len(worse), 'tunnel')}"
    return f"{survive}, and there {_are(len(gate.problems), 'problem')}" if gate.problems else survive


def _failing(gate: Gate, *, worse: bool) -> str:
    total = len(gate.tunnels)
    broken = {each.name for each in gate.failing if not all(check.as_before for check in each.failing)}
    before = len({each.name for each in gate.failing} - broken)
    fail = "fails" if before == 1 else "fail"
    if not broken:
        of = f"{before} of {total} tunnels {fail} as" if total > 1 else "the tunnel fails as it did"
        told = "the audit objects" if worse else "nothing is worse; gate_accept_as_before lets that pass"
        return f"{of} before this change, and {told}"
    of = f"{len(broken)} of {total} tunnels" if total > 1 else "the tunnel"
    return f"{of} would not survive this change" + (f"; {before} more {fail} as before" if before else "")


def _survive(gate: Gate) -> str:
    total = len(gate.tunnels)
    removed = sum(each.checks[0].id == "there" and each.result is Result.PASS for each in gate.tunnels)
    kept = sum(each.result is Result.AS_BEFORE for each in gate.tunnels)
    hidden = sum(check.id == "key" and check.result is Result.UNVERIFIABLE for e in gate.tunnels for check in e.checks)
    if removed == total:
        return "the tunnel is removed on purpose" if total == 1 else f"all {total} tunnels are removed on purpose"
    survive = f"all {total} tunnels survive this change" if total > 1 else "the tunnel survives this change"
    if removed:
        verb = "is" if removed == 1 else "are"
        survive = f"all tunnels that stay survive this change, {removed} of {total} {verb} removed on purpose"
    if kept:
        survive = f"no tunnel is worse than before, {kept} of {total} {'is' if kept == 1 else 'are'} as bad"
    whose = "its keys" if total == 1 else "the keys" if hidden == total else f"the keys of {hidden}"
    return f"{survive}; {whose} do not show and were not compared" if hidden else survive


def _are(number: int, noun: str) -> str:
    return f"{'is' if number == 1 else 'are'} {counted(number, noun)}"


def _tunnel(each: TunnelResult) -> dict[str, Any]:
    return {
        "name": each.name,
        "audit": each.audit,
        "ends": list(each.ends),
        "networks": list(each.networks),
        "service": each.service,
        "result": str(each.result),
        "was": each.was,
        "now": each.now,
        "checks": [
            {
                "id": check.id, "title": check.title, "before": check.before, "after": check.after,
                "result": str(check.result), "fails": fails(check), "why": check.why, "evidence": list(check.evidence),
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
