# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the remediation of one tunnel over what was read; see plugins/modules/plan_remediation.py."""

from __future__ import annotations

import json
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, commands, login, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import RefusedError, plan


class ActionModule(ActionBase):
    """Runs on the controller; sends nothing."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(acting.ARGUMENTS)
        variables = task_vars or {}
        run = acting.Run.of(Kind.REMEDIATE, args, variables)
        name = run.tunnel.name
        refusal = gate = ""
        planned = None
        try:
            planned = plan(run.judgement, login.addresses(variables))
        except RefusedError as refused:
            refusal, gate = str(refused), refused.gate
        if planned:
            outcome, text = "planned", f"nothing was sent. To carry it out: -e confirm={name}"
            run.folder.write({"plan.json": json.dumps(plain(planned), indent=2) + "\n"})
        elif refusal:
            outcome, text = f"aborted_gate:{gate}", refusal
        else:
            outcome, text = "no_change", f"{name} is healthy ({run.judgement.cause}): it was left alone."
        # Shown by the action itself: whoever confirms must see the plan, also where results of tasks are hidden.
        screen.now(run.judgement)
        if planned:
            screen.show(telling.part("PLAN", telling.folded(map(commands.pasteable, planned.lines), screen.WIDTH - 2)))
        path = run.report(outcome, text, planned=planned)
        if not planned or self._task.check_mode:
            run.close(outcome, text)
        result.update(
            changed=False,
            tunnelmend_report=path,
            tunnel=name,
            verdict=str(run.judgement.verdict),
            planned=planned is not None,
            refusal=refusal,
            gate=gate,
            text=text,
            lines=list(planned.lines) if planned else [],
        )
        return result
