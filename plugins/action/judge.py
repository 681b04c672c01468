# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge every tunnel of the devices that were read and write the report; see plugins/modules/judge.py."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Judgement,
    Outcome,
    Severity,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder


class ActionModule(ActionBase):
    """Runs on the controller, over what was read."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "started": {"type": "float", "required": True},
                "foreign_peers": {"type": "list", "elements": "str", "default": []},
                "stimulated": {"type": "bool", "default": False},
                "fail_on": {"type": "str", "default": "critical", "choices": [str(each) for each in Severity]},
                "fail_on_unknown": {"type": "bool", "default": True},
            }
        )
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, task_vars or {})
        judgements = reports.judged(
            devices, reports.addresses(args["foreign_peers"], "audit_foreign_peers"), stimulated=args["stimulated"]
        )
        fail_on = Severity[args["fail_on"].upper()]
        path = reports.write(
            folder,
            Report(
                id=folder.id,
                kind=Kind.AUDIT,
                started=args["started"],
                finished=time.time(),
                devices=devices,
                judgements=judgements,
                fail_on=fail_on,
                **reports.about_this_run(),
            ),
        )
        result.update(
            changed=False,
            tunnelmend_report=path,
            verdicts=dict(Counter(str(judgement.verdict) for judgement in judgements)),
            tunnels={judgement.tunnel.name: str(judgement.verdict) for judgement in judgements},
            objections=_objections(devices, judgements, fail_on, unknown_too=args["fail_on_unknown"]),
        )
        return result


def _objections(
    devices: tuple[Device, ...], judgements: tuple[Judgement, ...], fail_on: Severity, *, unknown_too: bool
) -> list[str]:
    """Why this audit must not end in peace, one sentence a tunnel or device; empty when it may."""
    objections = []
    for judgement in judgements:
        failing = {
            finding.rule: None
            for finding in sorted(judgement.findings, key=lambda finding: -finding.severity)
            if finding.outcome is Outcome.FAIL and finding.severity >= fail_on
        }
        # A foreign peer cannot be fixed from here; what fails at our own end is still ours.
        if failing:
            objections.append(f"{judgement.tunnel.name} is {judgement.verdict}: {', '.join(failing)}")
        elif unknown_too and judgement.verdict is Verdict.UNKNOWN and not judgement.tunnel.foreign:
            objections.append(f"{judgement.tunnel.name} is unknown: {judgement.cause}")
    if unknown_too:
        objections += [f"{device.name} was not read: {device.problems[0]}" for device in devices if not device.readable]
    return objections
