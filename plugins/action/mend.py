# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel by its plan, or all that are broken in a row; see plugins/modules/mend.py."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, driver, incident, login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.record import Record
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import ARGUMENTS, Remedy
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import other_units
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import ALL_BROKEN


class ActionModule(ActionBase):
    """Runs on the controller and logs in to both devices itself."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec({**acting.ARGUMENTS, **ARGUMENTS})
        if self._task.check_mode:
            result.update(changed=False, skipped=True, msg="check mode: nothing was sent to a device")
            return result
        variables = task_vars or {}
        remedy = Remedy.of(args, variables)
        name = remedy.named(args)
        # Whatever ends this process has to wait until the report says what was done.
        with driver.Signals() as signals:
            if name == ALL_BROKEN:
                result.update(self._each(remedy, args, signals))
            else:
                run = acting.Run.of(Kind.REMEDIATE, {**args, "tunnel": name}, variables)
                result.update(self._ended(run, self._mended(run, remedy, signals)))
        return result

    def _each(self, remedy: Remedy, args: dict[str, Any], signals: driver.Signals) -> dict[str, Any]:
        runs = acting.Run.broken(Kind.REMEDIATE, args, remedy.variables)
        row = incident.Row(runs)
        for run in row:
            mended = self._mended(run, remedy, signals, acted=row.acted)
            row.add(run, mended)
            self._ended(run, mended)
        return row.ended(RunFolder(Path(args["run"])), args["started"])

    @staticmethod
    def _ended(run: acting.Run, mended: Result) -> dict[str, Any]:
        judgement = mended.judgement
        if mended.cleared and judgement is None:
            judgement = run.unread("it was cleared, and the proof was not finished")
        ended = run.end(
            mended.outcome,
            mended.text,
            judgement=judgement,
            devices=mended.devices,
            actions=mended.actions,
            snapshots=mended.snapshots,
        )
        left_alone = mended.outcome == "no_change" and not mended.actions
        failed = mended.outcome not in ("healed", "shadow") and not left_alone
        return {"changed": mended.cleared, "gap": mended.gap, "failed": failed, **ended}

    def _mended(self, run: acting.Run, remedy: Remedy, signals: driver.Signals, acted: int = 0) -> Result:
        """What became of one tunnel. Each way out of here is a line in the log of decisions."""
        try:
            planned = remedy.plan(run)
            if planned is None:
                text = f"{run.tunnel.name} is healthy: it was left alone.{remedy.settled(run)}"
                remedy.decided(run, Decided.REFUSED, outcome="no_change", text=text)
                return Result("no_change", text)
            for refused in remedy.obstacles(run, acted):
                raise refused
            if remedy.settings.shadow:
                return remedy.shadowed(run, planned)
            remedy.decided(run, Decided.ACTED, text=planned.cause, before=True)
            result = self._mend(run, planned, remedy, signals)
        except RefusedError as refused:
            told = f"{refused}{remedy.left_open(run)}"
            result = Result(f"aborted_gate:{refused.gate}", told)
        decision = Decided.REFUSED if result.outcome.startswith("aborted_gate:") else Decided.ACTED
        gate = result.outcome.partition(":")[2]
        warning = remedy.decided(run, decision, gate=gate, outcome=result.outcome, text=result.text)
        return dataclasses.replace(result, text=f"{result.text} {warning}".strip())

    def _mend(self, run: acting.Run, planned: Plan, remedy: Remedy, signals: driver.Signals) -> Result:
        settings = remedy.settings
        hosts = [end.device for end in planned.ends]
        units = {host: other_units(host, run.devices) for host in hosts}
        others = [unit for each in units.values() for unit in each]
        foreseen = [(end.device, command) for end in planned.ends for command in end.clear.commands]
        with run.alone(remedy.state, remedy.seconds(planned), foreseen) as lease:
            remedy.settle(run, lease)
            record = Record(run.folder.path / "journal.jsonl", remedy.state, lease, planned)
            mender = Mender(
                planned,
                run.tunnel,
                {end.name: run.folder.snapshots(end.name)[0] for end in run.tunnel.ends},
                time.time,
                Timing.of(settings),
                run.foreign_peers,
                settings,
                login.identities(hosts, remedy.variables),
                units,
            )
            with login.open_to_each([*hosts, *others], remedy.variables, self._play_context) as logins:
                result = driver.drive(mender.run(), logins, record, signals)
            return dataclasses.replace(result, text=f"{result.text} {record.finish(result)}".strip())
