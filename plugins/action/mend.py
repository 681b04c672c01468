# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel by its plan, or all that are broken in a row; see plugins/modules/mend.py."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, driver, incident, login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.record import Record
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import ARGUMENTS, Remedy, left_alone
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import other_units
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import around
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError, blast_radius
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import LimitError, StateError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import ALL_BROKEN


@dataclass(frozen=True)
class _Mended:
    """What became of one tunnel. ``after`` is what was read after it for the evidence alone."""

    result: Result
    planned: Plan | None = None
    after: tuple[Snapshot, ...] = ()


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
        remedy = Remedy.of(args, variables, self._templar)
        name = remedy.named(args)
        # Whatever ends this process has to wait until the report says what was done.
        with driver.Signals() as signals:
            if name == ALL_BROKEN:
                result.update(self._each(remedy, args, signals))
            else:
                run = acting.Run.of(Kind.REMEDIATE, {**args, "tunnel": name}, variables)
                result.update(_ended(run, self._mended(run, remedy, signals)))
        return result

    def _each(self, remedy: Remedy, args: dict[str, Any], signals: driver.Signals) -> dict[str, Any]:
        row = incident.Row(acting.Run.broken(Kind.REMEDIATE, args, remedy.variables), lambda: signals.came)
        folder, refused = RunFolder(Path(args["run"])), _unconfirmed(remedy.settings.confirm)
        try:
            for run in row if remedy.settings.confirm == ALL_BROKEN else ():
                # Who confirms all of them confirms each.
                settings = dataclasses.replace(remedy.settings, confirm=run.tunnel.name)
                mended = self._mended(run, dataclasses.replace(remedy, settings=settings), signals, acted=row.acted)
                row.add(run, mended.result)
                _ended(run, mended)
            if refused:
                remedy.ended(folder, ALL_BROKEN, f"aborted_gate:{refused.gate}", str(refused))
        except Exception as error:
            row.failed = f"this run failed ({type(error).__name__}: {error})"
            raise
        finally:
            # What was done is told whatever happens, and which tunnels nobody has touched.
            ended = row.ended(folder, args["started"], refused)
        return ended

    def _mended(self, run: acting.Run, remedy: Remedy, signals: driver.Signals, acted: int = 0) -> _Mended:
        """What became of one tunnel. Each way out of here is a line in the log of decisions."""
        planned = None
        try:
            planned = remedy.plan(run)
            if planned is None:
                text = f"{left_alone(run)}{remedy.settled(run)}"
                remedy.decided(run, Decided.REFUSED, outcome="no_change", text=text)
                return _Mended(Result("no_change", text))
            for refused in remedy.obstacles(run, acted):
                raise refused
            if remedy.settings.shadow:
                return _Mended(remedy.shadowed(run, planned), planned)
            remedy.decided(run, Decided.ACTED, text=planned.cause, before=True)
            mended = self._mend(run, planned, remedy, signals)
        except RefusedError as refused:
            mended = _Mended(Result(f"aborted_gate:{refused.gate}", f"{refused}{remedy.left_open(run)}"), planned)
        except (AnsibleActionFail, RunFolderError) as error:
            # What must be read or written down before anything is sent: the state, the report, the evidence.
            words = rails.message("journal", str(error).removesuffix(" Nothing was sent"), run.tunnel.name)
            mended = _Mended(Result("aborted_gate:journal", f"Nothing was cleared. {words}"), planned)
        outcome, text = mended.result.outcome, mended.result.text
        kind, _, gate = outcome.partition(":")
        decision = Decided.REFUSED if kind == "aborted_gate" else Decided.ACTED
        warning = remedy.decided(run, decision, gate=gate, outcome=outcome, text=text)
        return dataclasses.replace(mended, result=dataclasses.replace(mended.result, text=f"{text} {warning}".strip()))

    def _mend(self, run: acting.Run, planned: Plan, remedy: Remedy, signals: driver.Signals) -> _Mended:
        hosts = [end.device for end in planned.ends]
        units = {host: other_units(host, run.devices) for host in hosts}
        others = [unit for each in units.values() for unit in each]
        foreseen = [(end.device, command) for end in planned.ends for command in end.clear.commands]
        with contextlib.ExitStack() as stack:
            # First: a host that cannot be reached at all is no reason to say that something was about to be sent.
            try:
                to_each = login.open_to_each([*hosts, *others], remedy.variables, self._play_context)
                logins = stack.enter_context(to_each)
            except AnsibleError as error:
                raise rails.refused("session", str(error)) from None
            lease = stack.enter_context(run.alone(remedy.state, remedy.seconds(planned), foreseen))
            remedy.settle(run, lease)
            mender = Mender(
                planned,
                run.tunnel,
                {end.name: run.folder.snapshots(end.name)[0] for end in run.tunnel.ends},
                time.time,
                run.foreign_peers,
                remedy.settings,
                login.identities(hosts, remedy.variables),
                units,
                lambda: remedy.stopped(run),
            )

            def proven() -> None:
                if mender.proven:
                    _report(run, mender.proven, planned)

            journal = run.folder.path / "journal.jsonl"
            try:
                record = Record(journal, remedy.state, lease, planned, proven, most=remedy.settings.max_per_day)
            except LimitError as full:
                seen = blast_radius.too_many(full.count, remedy.settings.max_per_day)
                raise rails.refused("blast-radius", seen) from None
            except StateError as error:
                raise rails.refused("journal", str(error)) from None
            sequence = around(mender.run(), Sessions(time.time), hosts, run.keep, _acted)
            result, after = driver.drive(sequence, logins, record, signals)
            text = f"{result.text} {record.finish(result)}".strip()
            return _Mended(dataclasses.replace(result, text=text), planned, after)


def _unconfirmed(confirm: str) -> RefusedError | None:
    if confirm == ALL_BROKEN:
        return None
    said = f"confirm is {json.dumps(confirm)}" if confirm else "nobody confirmed"
    return rails.refused("confirmation", f"{said}; the plan is for {ALL_BROKEN}. Nothing was sent", ALL_BROKEN)


def _ended(run: acting.Run, mended: _Mended) -> dict[str, Any]:
    """Write what became of a tunnel, and return what the result of the task says of it."""
    result = mended.result
    ended = run.end(
        result.outcome,
        result.text,
        judgement=_judgement(run, result),
        devices=result.devices,
        actions=result.actions,
        snapshots=result.snapshots,
        after=mended.after,
        planned=mended.planned,
    )
    return {"changed": result.cleared, "gap": result.gap, "failed": not result.good, **ended}


def _report(run: acting.Run, result: Result, planned: Plan) -> None:
    """What stands while a tunnel that works is only watched, in case this process is ended by force."""
    run.report(
        result.outcome,
        result.text,
        judgement=_judgement(run, result),
        devices=result.devices,
        actions=result.actions,
        snapshots=result.snapshots,
        planned=planned,
    )


def _judgement(run: acting.Run, result: Result) -> Judgement | None:
    if result.cleared and result.judgement is None:
        return run.unread("it was cleared, and the proof was not finished")
    return result.judgement


def _acted(result: Result) -> bool:
    """Whether the devices have something to say about it, and nobody waits for the run to end."""
    return result.cleared and result.outcome != "unfinished"
