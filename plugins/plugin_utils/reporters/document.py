# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.json``: the report as plain data, from which every other form is made.

Its shape is promised in ``docs/report.schema.json``. ``null`` means that it was not read; an empty list means that it
was read and there is none.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import timeline
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Direction,
    End,
    Finding,
    IkeSa,
    IpsecEntry,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Change, Report, RuleNote, Source
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters._arrows import Arrow, arrows
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters._configuration import configuration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import spi as spi_text
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import CLEARABLE

FILENAME = "report.json"

# What a table of counters shows; the device's own labels stay in the evidence.
COUNTERS = {
    "encaps": "pkts encaps",
    "decaps": "pkts decaps",
    "send_errors": "send errors",
    "recv_errors": "recv errors",
}


def render(document: Mapping[str, Any]) -> str:
    """The document as JSON that a person can read and ``diff`` can compare."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """A report as plain data, worst tunnels first and in each the findings that need a person first."""
    cleaned: dict[str, Any] = _cleaned(
        {
            "schema": report.schema,
            "run": {
                "id": report.id,
                "kind": str(report.kind),
                "started": instant(report.started),
                "finished": instant(report.finished),
                "duration_seconds": round(report.finished - report.started, 3),
                "outcome": report.outcome,
                "outcome_text": report.outcome_text,
                "fail_on": str(report.fail_on),
                "controller": report.controller,
                "versions": dict(report.versions),
                "collected_from": report.source.folder if report.source else "",
            },
            "summary": _summary(report),
            "problems": list(report.problems),
            "devices": [
                _device(device, report.source, report.evidence.get(device.name, {})) for device in report.devices
            ],
            "actions": [
                {
                    "time": instant(action.time),
                    "device": action.device,
                    "command": action.command,
                    "result": action.result,
                }
                for action in report.actions
            ],
            "rules": {
                rule: {"title": note.title, "group": note.group.value, "reads": list(note.reads)}
                for rule, note in sorted(report.rules.items())
            },
            "compared_with": report.compared_with or None,
            "gone": [change.tunnel for change in report.changes if change.now is None],
            "tunnels": _tunnels(report.judgements, report, report.changes),
            "before": _tunnels(report.before, report),
            "plan": _plan(report.plan),
            "proof": [{"name": each.name, "held": each.held, "value": each.value} for each in report.proof],
            "next": list(report.next_steps),
            "timeline": None if report.timeline is None else timeline.document(report.timeline),
        }
    )
    return cleaned


def instant(seconds: float) -> str:
    """ISO 8601 in UTC, to the millisecond: the order of two clears is part of the proof."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _summary(report: Report) -> dict[str, Any]:
    findings = [finding for judgement in report.judgements for finding in judgement.findings]
    failed = Counter(str(finding.severity) for finding in findings if finding.outcome is Outcome.FAIL)
    verdicts = Counter(judgement.verdict for judgement in report.judgements)
    outcomes = Counter(finding.outcome for finding in findings)
    return {
        "tunnels": len(report.judgements),
        "devices": len(report.devices),
        "unreadable_devices": sum(not device.readable for device in report.devices),
        "verdicts": {str(verdict): verdicts[verdict] for verdict in Verdict},
        "outcomes": {str(outcome): outcomes[outcome] for outcome in Outcome},
        "severities": {str(severity): failed[str(severity)] for severity in reversed(Severity)},
    }


def _tunnels(judgements: Iterable[Judgement], report: Report, changes: Iterable[Change] = ()) -> list[dict[str, Any]]:
    by_name = {change.tunnel: change for change in changes}
    told = [_tunnel(judgement, report.rules, by_name.get(judgement.tunnel.name)) for judgement in judgements]
    return sorted(told, key=lambda tunnel: (words.VERDICTS.index(tunnel["verdict"]), tunnel["name"]))


def tunnel(judgement: Judgement) -> dict[str, Any]:
    """One tunnel as a report tells it, outside of any report."""
    told: dict[str, Any] = _cleaned(_tunnel(judgement, {}, None))
    return told


def _tunnel(judgement: Judgement, rules: Mapping[str, RuleNote], change: Change | None) -> dict[str, Any]:
    tunnel = judgement.tunnel
    findings = sorted(
        judgement.findings,
        key=lambda finding: (
            words.OUTCOMES.index(str(finding.outcome)),
            -finding.severity,
            # What a clear mends is what the reader came for.
            finding.rule not in CLEARABLE,
            finding.rule,
        ),
    )
    return {
        "name": tunnel.name,
        "verdict": str(judgement.verdict),
        "cause": judgement.cause,
        "cause_rule": judgement.cause_rule or None,
        "evidence": list(judgement.evidence),
        "ruled_out": list(judgement.ruled_out),
        "recurrence": list(judgement.recurrence),
        "next_action": judgement.next_action,
        "change": None if change is None else _change(change),
        "missing": tunnel.missing,
        "foreign": tunnel.foreign,
        "interval_seconds": tunnel.interval,
        "overlap": tunnel.overlap,
        "stimulated": tunnel.stimulated,
        "read": _read(tunnel),
        "ends": [_end(end) for end in tunnel.ends],
        "arrows": [_arrow(arrow) for arrow in arrows(tunnel)],
        "findings": [_finding(finding, rules) for finding in findings],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "before": _text(change.before),
        "new": list(change.new),
        "still": list(change.still),
        "cleared": list(change.cleared),
    }


def _read(tunnel: Tunnel) -> str | None:
    """When the newest reading of this tunnel ended: how old the picture is, if anybody wrote that down."""
    moments = [reading.finished for end in tunnel.ends for reading in end.device.readings]
    return instant(max(moments)) if moments and math.isfinite(max(moments)) else None


def _plan(plan: Plan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "cause": plan.cause,
        "failing": list(plan.failing),
        "wait_seconds": plan.wait,
        "wait_reason": plan.wait_reason,
        "ends": [
            {
                "device": end.device,
                "peer": str(end.peer),
                "commands": list(end.clear.commands),
                "ike_commands": list(end.ike_clear.commands) if end.ike_clear else [],
                "reason": end.reason,
                "in_band": end.in_band,
                "spis": {way: [spi_text(each) for each in numbers] for way, numbers in end.spis.items()},
            }
            for end in plan.ends
        ],
        "left_alone": plan.left_alone,
        "stimulus": [{"device": step.device, "commands": list(step.commands)} for step in plan.stimulus],
        "interrupts": plan.interrupts,
        "proof": plan.proof,
        "on_failure": plan.on_failure,
        "stop": plan.stop,
        "beyond": list(plan.beyond),
        "notes": list(plan.notes),
    }


def _device(device: Device, source: Source | None, evidence: Mapping[str, str]) -> dict[str, Any]:
    clock = device.clock
    return {
        "name": device.name,
        "readable": device.readable,
        "hostname": device.hostname,
        "version": _text(device.version),
        "clock": f"{clock.local:%Y-%m-%d %H:%M:%S} {clock.zone or ''}".rstrip() if clock else None,
        "files": list(source.files.get(device.name, ())) if source else [],
        "problems": list(device.problems),
        "gaps": list(device.gaps),
        "evidence": dict(evidence),
    }


def _end(end: End) -> dict[str, Any]:
    entry = end.map_entry
    keepalive = end.tunnel_group.keepalive if end.tunnel_group else None
    return {
        "device": end.name,
        "hostname": end.device.hostname,
        "version": _text(end.device.version),
        "uptime_seconds": end.device.uptime,
        "address": _text(end.address),
        "peer_address": _text(end.peer_address),
        "interface": end.interface,
        "crypto_map": entry.map if entry else None,
        "sequence": entry.sequence if entry else None,
        "dpd": _text(keepalive),
        "dpd_detection_seconds": keepalive.detection_seconds if keepalive else None,
        "configuration": configuration(end),
        "ike": None if end.ike is None else [_ike(sa) for sa in end.ike],
        "identities": None if end.ipsec is None else [_identities(end, each) for each in end.ipsec],
    }


def _ike(sa: IkeSa) -> dict[str, Any]:
    return {
        "version": sa.version,
        "state": sa.state,
        "up": sa.up,
        "role": sa.role,
        "encryption": sa.encryption,
        "hash": sa.hash,
        "lifetime": sa.lifetime,
        "lifetime_remaining": sa.lifetime_remaining,
    }


def _identities(end: End, entry: IpsecEntry) -> dict[str, Any]:
    first, second = _counters(end.first, entry), _counters(end.second, entry)
    spi = entry.outbound_spi
    remaining = [sa.lifetime_seconds for sa in entry.sas if sa.spi == spi and sa.direction is Direction.OUTBOUND]
    return {
        "local": str(entry.identities.local),
        "remote": str(entry.identities.remote),
        "outbound_spi": None if spi is None else spi_text(spi),
        "inbound_spis": [spi_text(each) for each in sorted(entry.spis(Direction.INBOUND))],
        "lifetime_seconds": next(iter(remaining), None),
        "first": first,
        "second": second,
        "difference": first and second and {label: _difference(first[label], second[label]) for label in COUNTERS},
        "incomplete": entry.incomplete,
    }


def _counters(reading: tuple[IpsecEntry, ...] | None, wanted: IpsecEntry) -> dict[str, int | None] | None:
    same = (each for each in reading or () if _block(each) == _block(wanted))
    entry = next(same, None)
    return None if entry is None else {name: entry.counters.get(label) for name, label in COUNTERS.items()}


def _block(entry: IpsecEntry) -> tuple[object, ...]:
    # Two entries of a crypto map may name the same traffic.
    return entry.identities, entry.crypto_map, entry.sequence


def _difference(first: int | None, second: int | None) -> int | None:
    """What was counted in between; nothing when the counter went back, which means that it was cleared."""
    if first is None or second is None or second < first:
        return None
    return second - first


def _arrow(arrow: Arrow) -> dict[str, Any]:
    return {
        "from": arrow.sender,
        "to": arrow.receiver,
        "source": str(arrow.identities.local),
        "destination": str(arrow.identities.remote),
        "spi": None if arrow.spi is None else spi_text(arrow.spi),
        "accepted": arrow.accepted,
        "why": arrow.why,
        "sent": arrow.sent,
        "arrived": arrow.arrived,
    }


def _finding(finding: Finding, rules: Mapping[str, RuleNote]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": rules[finding.rule].title if finding.rule in rules else "",
        "outcome": str(finding.outcome),
        "severity": str(finding.severity),
        "message": finding.message,
        "evidence": list(finding.evidence),
        "fix": [
            {"device": fix.device, "lines": list(fix.lines), "safe": fix.safe, "note": fix.note} for fix in finding.fix
        ],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _cleaned(value: Any) -> Any:
    # Here once, because every form is made from this and a device chooses much of its text.
    if isinstance(value, str):
        return words.clean(value)
    if isinstance(value, Mapping):
        return {words.clean(key): _cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return value
