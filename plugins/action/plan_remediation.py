# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the remediation of one tunnel over what was read; see plugins/modules/plan_remediation.py."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import RefusedError, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

display = Display()


class ActionModule(ActionBase):
    """Runs on the controller; sends nothing."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "started": {"type": "float", "required": True},
                "tunnel": {"type": "str", "required": True},
                "foreign_peers": {"type": "list", "elements": "str", "default": []},
            }
        )
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, task_vars or {})
        judgements = reports.judged(devices, reports.addresses(args["foreign_peers"], "audit_foreign_peers"))
        try:
            judgement = named(judgements, args["tunnel"])
        except UnknownTunnelError as error:
            raise AnsibleActionFail(f"{error}{_absent(args['tunnel'], devices, task_vars or {})}") from None
        name = judgement.tunnel.name
        refusal = gate = ""
        planned = None
        try:
            planned = plan(judgement, login.addresses(task_vars or {}))
        except RefusedError as refused:
            refusal, gate = str(refused), refused.gate
        if planned:
            outcome, text = "planned", f"nothing was sent. To carry it out: -e confirm={name}"
            folder.write({"plan.json": json.dumps(plain(planned), indent=2) + "\n"})
        elif refusal:
            outcome, text = f"aborted_gate:{gate}", refusal
        else:
            outcome, text = "no_change", f"{name} is healthy ({judgement.cause}): it was left alone."
        # Shown by the action itself: whoever confirms must see the plan, also where results of tasks are hidden.
        for line in planned.lines if planned else filter(None, [not refusal and text]):
            display.display(f"  {line}")
        path = reports.write(
            folder,
            Report(
                id=folder.id,
                kind=Kind.REMEDIATE,
                started=args["started"],
                finished=time.time(),
                devices=devices,
                judgements=(judgement,),
                outcome=outcome,
                outcome_text=text,
                **reports.about_this_run(),
            ),
        )
        result.update(
            changed=False,
            tunnelmend_report=path,
            tunnel=name,
            verdict=str(judgement.verdict),
            planned=planned is not None,
            refusal=refusal,
            gate=gate,
            text=text,
            lines=list(planned.lines) if planned else [],
        )
        return result


def _absent(name: str, devices: tuple[Device, ...], task_vars: dict[str, Any]) -> str:
    """What may explain that a tunnel is not known by this name: an end was left out of this run, or was not read."""
    here = task_vars["ansible_play_hosts_all"]
    left_out = sorted(host for host in set(task_vars["groups"]["all"]).difference(here) if host in name)
    words = "".join(
        f" {host} is in the inventory, but not in this run: both ends are needed (look at --limit)."
        for host in left_out
    )
    unread = [device.problems[0] for device in devices if not device.readable]
    return words + (f" Not read: {'; '.join(unread)}." if unread else "")
