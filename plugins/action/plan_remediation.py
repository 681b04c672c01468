# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the remediation of one tunnel, or of all that are broken; see plugins/modules/plan_remediation.py."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import (
    acting,
    commands,
    incident,
    reports,
    screen,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import ARGUMENTS, Remedy, left_alone
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import ALL_BROKEN


@dataclass(frozen=True)
class _Considered:
    """A tunnel, and its plan or why there is none. ``obstacles`` stand in the way at this moment only."""

    run: acting.Run
    plan: Plan | None = None
    refused: RefusedError | None = None
    obstacles: tuple[RefusedError, ...] = ()

    @property
    def lines(self) -> list[str]:
        if self.plan:
            return [*self.plan.lines, *(f"Not now    {each.gate}: {each}" for each in self.obstacles)]
        return [] if self.refused else [self.text]

    @property
    def outcome(self) -> str:
        if self.refused:
            return f"aborted_gate:{self.refused.gate}"
        return "planned" if self.plan else "no_change"

    @property
    def text(self) -> str:
        if self.refused:
            return str(self.refused)
        name = self.run.tunnel.name
        if not self.plan:
            return left_alone(self.run)
        return f"nothing was sent. To carry it out: -e confirm={name}"


class ActionModule(ActionBase):
    """Runs on the controller; sends nothing."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec({**acting.ARGUMENTS, **ARGUMENTS})
        variables = task_vars or {}
        remedy = Remedy.of(args, variables, self._templar)
        name = remedy.named(args)
        if name == ALL_BROKEN:
            result.update(self._several(acting.Run.broken(Kind.REMEDIATE, args, variables), remedy, args))
        else:
            run = acting.Run.of(Kind.REMEDIATE, {**args, "tunnel": name}, variables)
            result.update(self._one(_considered(run, remedy), remedy))
        return result

    def _one(self, found: _Considered, remedy: Remedy) -> dict[str, Any]:
        run, planned = found.run, found.plan
        # Shown by the action itself: whoever confirms must see the plan, also where results of tasks are hidden.
        screen.now(run.judgement)
        _show(found.lines if planned else [])
        if planned:
            run.folder.write({"plan.json": json.dumps(document(planned, run.folder.id), indent=2) + "\n"})
        # A rail that a later moment may pass is no refusal of the plan itself; in check mode it is told and no more.
        refused = found.refused or next((each for each in found.obstacles if not self._task.check_mode), None)
        outcome = f"aborted_gate:{refused.gate}" if refused else found.outcome
        text = str(refused) if refused else found.text
        if refused or (self._task.check_mode and not planned):
            text += remedy.left_open(run)
        elif not planned:
            text += _settled(remedy, run)
        gate = refused.gate if refused else ""
        warning = remedy.ended(run.folder, run.tunnel.name, outcome, text)
        path = run.report(outcome, f"{text} {warning}".strip(), planned=planned)
        if refused or not planned or self._task.check_mode:
            run.close(outcome, text)
        return {
            "changed": False,
            "tunnelmend_report": path,
            "tunnel": run.tunnel.name,
            "verdict": str(run.judgement.verdict),
            "planned": planned is not None and refused is None,
            "refusal": text if refused else "",
            "gate": gate,
            "text": text,
            "lines": found.lines,
        }

    def _several(self, runs: list[acting.Run], remedy: Remedy, args: dict[str, Any]) -> dict[str, Any]:
        """What would be done, tunnel by tunnel. The plan of each is made again when its turn comes."""
        every = [_considered(run, remedy) for run in runs]
        lines = [
            f"{number} of {len(every)}: {line}" if first else f"  {line}"
            for number, found in enumerate(every, start=1)
            for first, line in _headed(found)
        ] or ["No tunnel is broken."]
        _show(lines)
        planned = [found for found in every if found.plan]
        text = f"{len(planned)} of {counted(len(every), 'broken tunnel')} can be mended: nothing was sent."
        if planned:
            text += f" To carry it out: -e confirm={ALL_BROKEN}"
        folder = RunFolder(Path(args["run"]))
        outcome = "planned" if planned else "no_change"
        told = [(found.run.tunnel.name, found.outcome, found.text) for found in every] or [(ALL_BROKEN, outcome, text)]
        # One that cannot be written is one sentence, and not as many as there are tunnels.
        warnings = dict.fromkeys(remedy.ended(folder, *each) for each in told)
        text = f"{text} {next(filter(None, warnings), '')}".strip()
        path = reports.write(folder, incident.report(folder, args["started"], runs, (), outcome, text))
        return {
            "changed": False,
            "tunnelmend_report": path,
            "tunnel": ALL_BROKEN,
            "verdict": "broken" if every else "healthy",
            "planned": bool(planned),
            "refusal": "",
            "gate": "",
            "text": text,
            "lines": lines,
        }


def _show(lines: Iterable[str]) -> None:
    folded = telling.folded(map(commands.pasteable, lines), screen.WIDTH - 2)
    screen.show(telling.part("PLAN", folded) if lines else ())


def _considered(run: acting.Run, remedy: Remedy) -> _Considered:
    try:
        planned = remedy.plan(run)
    except RefusedError as refused:
        return _Considered(run, refused=refused)
    return _Considered(run, planned, obstacles=remedy.obstacles(run, confirmed=False) if planned else ())


def _settled(remedy: Remedy, run: acting.Run) -> str:
    """What an earlier run left open on a tunnel that is healthy now; closed, unless another run is at work on it."""
    try:
        return remedy.settled(run)
    except RefusedError:
        return remedy.left_open(run)


def _headed(found: _Considered) -> list[tuple[bool, str]]:
    name = found.run.tunnel.name
    if found.refused:
        return [(True, f"{name}: refused, {found.refused.gate}: {found.refused}")]
    return [(True, name), *((False, line) for line in found.lines[1:])]
