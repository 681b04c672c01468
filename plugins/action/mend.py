# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel by its plan, holding the sessions to both ends; see plugins/modules/mend.py."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import driver, login, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Judgement, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action, Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, RefusedError, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder


class ActionModule(ActionBase):
    """Runs on the controller and logs in to both devices itself."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "started": {"type": "float", "required": True},
                "tunnel": {"type": "str", "required": True},
                "confirm": {"type": "str", "required": True},
                "settle": {"type": "float", "default": 3.0},
                "interval": {"type": "float", "default": 10.0},
                "timeout": {"type": "float", "default": 120.0},
            }
        )
        if self._task.check_mode:
            result.update(changed=False, skipped=True, msg="check mode: nothing was sent to a device")
            return result
        variables = task_vars or {}
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, variables)
        try:
            judgement = named(reports.judged(devices, ()), args["tunnel"])
        except UnknownTunnelError as error:
            raise AnsibleActionFail(str(error)) from None
        if args["confirm"] not in (args["tunnel"], judgement.tunnel.name):
            raise AnsibleActionFail(
                f"confirm is {args['confirm']!r} and the tunnel is {judgement.tunnel.name!r}: nothing was sent"
            )
        try:
            planned = plan(judgement, login.addresses(variables))
        except RefusedError as refused:
            raise AnsibleActionFail(str(refused)) from None
        if planned is None:
            result.update(changed=False, outcome="no_change", msg=f"{judgement.tunnel.name} is healthy: left alone")
            return result
        with _lock(folder.path.parent, planned):
            # What stands in the report if this process is ended by force.
            self._report(folder, args["started"], devices, judgement, _unfinished(folder, planned, judgement))
            mended = self._mend(folder, planned, judgement, args, variables)
            path = self._report(folder, args["started"], devices, judgement, mended)
        result.update(
            # An answer that was lost is no proof that nothing happened.
            changed=any(each.command.startswith("clear ") and each.result in ("done", "") for each in mended.actions),
            tunnelmend_report=path,
            outcome=mended.outcome,
            msg=mended.text,
            failed=mended.outcome != "healed",
        )
        return result

    def _mend(
        self, folder: RunFolder, planned: Plan, judgement: Judgement, args: dict[str, Any], variables: dict[str, Any]
    ) -> Result:
        """Both armed, then fire: both logins stand before the first command that changes anything."""
        seen = {end.name: folder.snapshots(end.name)[0] for end in judgement.tunnel.ends}
        mender = Mender(
            planned,
            judgement.tunnel,
            seen,
            time.time,
            Timing(settle=args["settle"], interval=args["interval"], timeout=args["timeout"]),
        )
        with contextlib.ExitStack() as stack:
            connections: dict[str, Connection] = {}
            for end in planned.ends:
                try:
                    connection = login.open_to(end.device, variables, self._play_context)
                    stack.callback(connection.close)
                    login.require_privilege(connection, end.device)
                except AnsibleError as error:
                    return Result("aborted_gate:session", f"Nothing was cleared. {error.message}")
                connections[end.device] = connection
            mended = driver.drive(mender.run(), connections, driver.Journal(folder.path / "journal.jsonl"))
        reading = {end.name: len(folder.snapshots(end.name)) for end in judgement.tunnel.ends}
        for snapshot in mended.snapshots:
            reading[snapshot.device] += 1
            folder.save_snapshot(snapshot, reading[snapshot.device])
        return mended

    def _report(
        self, folder: RunFolder, started: float, devices: tuple[Device, ...], judgement: Judgement, mended: Result
    ) -> str:
        newest = {device.name: device for device in mended.devices}
        after = mended.judgement
        if after is not None:
            after = dataclasses.replace(after, tunnel=dataclasses.replace(after.tunnel, name=judgement.tunnel.name))
        return reports.write(
            folder,
            Report(
                id=folder.id,
                kind=Kind.REMEDIATE,
                started=started,
                finished=time.time(),
                devices=tuple(newest.get(device.name, device) for device in devices),
                judgements=(after or judgement,),
                before=(judgement,),
                actions=mended.actions,
                outcome=mended.outcome,
                outcome_text=mended.text,
                **reports.about_this_run(),
            ),
        )


def _unfinished(folder: RunFolder, planned: Plan, judgement: Judgement) -> Result:
    """An ending of which nobody knows how far it came: neither the clears nor the tunnel are claimed to be anything."""
    unread = {"first": None, "second": None, "first_ike": None, "second_ike": None}
    ends = tuple(dataclasses.replace(end, **unread) for end in judgement.tunnel.ends)
    journal = folder.path / "journal.jsonl"
    return Result(
        "unfinished",
        f"The run was interrupted. {journal} has what was sent. Audit before anything else.",
        tuple(
            Action(time.time(), end.device, command, "not known: see journal.jsonl")
            for end in planned.ends
            for command in end.clear.commands
        ),
        Judgement(
            dataclasses.replace(judgement.tunnel, ends=ends),
            Verdict.UNKNOWN,
            (),
            "the run was interrupted before the tunnel was read again",
            "audit: ansible-playbook playbooks/audit.yml",
        ),
    )


@contextlib.contextmanager
def _lock(reports_dir: Path, planned: Plan) -> Iterator[None]:
    """One run at a time on a pair of peers, from whichever end it was named. Freed by the kernel if this run dies."""
    pair = "-".join(sorted(str(end.peer).replace(":", "_") for end in planned.ends))
    with (reports_dir / f".lock-{pair}").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnsibleActionFail(
                f"another run is mending {planned.tunnel} right now: nothing was sent. Wait for it to end"
            ) from None
        yield
