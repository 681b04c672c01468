# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn dead peer detection on at both ends of one tunnel; see plugins/modules/harden.py."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import driver, login, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Change, Hardener, HardenError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import LostError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Judgement, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import UnsafeStepError, enable_dpd


class ActionModule(ActionBase):
    """Runs on the controller and logs in to both devices itself; check mode reads and writes nothing."""

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
                "threshold": {"type": "int", "default": 10},
                "retry": {"type": "int", "default": 2},
                "save": {"type": "bool", "default": False},
            }
        )
        variables = task_vars or {}
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, variables)
        try:
            judgement = named(reports.judged(devices, ()), args["tunnel"])
            wanted = enable_dpd.wanted(args["threshold"], args["retry"])
        except (UnknownTunnelError, UnsafeStepError) as error:
            raise AnsibleActionFail(str(error)) from None
        tunnel = judgement.tunnel
        hardener = Hardener(_groups(tunnel), wanted, time.time, check=self._task.check_mode, save=args["save"])
        trouble = self._drive(hardener, folder, variables)
        words = trouble or _words(tunnel, hardener, check=self._task.check_mode, saved=args["save"])
        now = judgement if trouble or self._task.check_mode else _judged_again(devices, judgement, hardener)
        path = self._report(folder, args["started"], judgement, now, hardener, words)
        result.update(
            # What could not be taken back has changed too: a change that failed is not an absence of change.
            changed=any(change.step for change in hardener.changes) and (not trouble or hardener.written),
            diff=[change.diff for change in hardener.changes if change.step],
            tunnelmend_report=path,
            tunnel=tunnel.name,
            msg=words,
            failed=bool(trouble),
        )
        return result

    def _drive(self, hardener: Hardener, folder: RunFolder, variables: dict[str, Any]) -> str:
        """Both ends are logged in before the first is written. Returns what went wrong."""
        try:
            with contextlib.ExitStack() as stack:
                connections: dict[str, Connection] = {}
                for device in hardener.groups:
                    connections[device] = login.open_to(device, variables, self._play_context)
                    stack.callback(connections[device].close)
                    login.require_privilege(connections[device], device)
                driver.drive(hardener.run(), connections, driver.Journal(folder.path / "journal.jsonl"))
        except (HardenError, LostError) as error:
            return str(error)
        return ""

    def _report(
        self, folder: RunFolder, started: float, before: Judgement, now: Judgement, hardener: Hardener, words: str
    ) -> str:
        changed = any(change.step for change in hardener.changes)
        if self._task.check_mode:
            outcome = "planned" if changed else "no_change"
        else:
            outcome = "hardened" if hardener.done else "failed"
        return reports.write(
            folder,
            Report(
                id=folder.id,
                kind=Kind.HARDEN,
                started=started,
                finished=time.time(),
                devices=tuple(end.device for end in now.tunnel.ends),
                judgements=(now,),
                before=(before,) if changed and hardener.done else (),
                actions=tuple(hardener.actions),
                outcome=outcome,
                outcome_text=words,
                **reports.about_this_run(),
            ),
        )


def _groups(tunnel: Tunnel) -> dict[str, str]:
    """The tunnel-group at each end.

    :raises AnsibleActionFail: an end is not ours, was not read, or has no tunnel-group for the other.
    """
    if not tunnel.both:
        raise AnsibleActionFail(
            f"{tunnel.name} has one end of ours ({tunnel.missing}): DPD works only when both ends have it, "
            "so ask whoever runs the other end. Nothing was written"
        )
    without = [end.name for end in tunnel.ends if end.tunnel_group is None]
    if without:
        raise AnsibleActionFail(
            f"{tunnel.name}: {', '.join(without)} showed no tunnel-group for the other end. Nothing was written"
        )
    shared = [end.name for end in tunnel.ends if end.tunnel_group and end.tunnel_group.name.startswith("Default")]
    if shared:
        raise AnsibleActionFail(
            f"{tunnel.name}: at {', '.join(shared)} the other end has no tunnel-group of its own and falls into the "
            "default one, whose DPD is that of every such peer. Give it a tunnel-group first. Nothing was written"
        )
    return {end.name: end.tunnel_group.name for end in tunnel.ends if end.tunnel_group is not None}


def _judged_again(devices: Sequence[Device], judgement: Judgement, hardener: Hardener) -> Judgement:
    """The tunnel as it is now: what was read before, with the keepalives that were read again after the change."""
    again = tuple(_with_keepalive(device, hardener) for device in devices)
    return next(each for each in reports.judged(again, ()) if each.tunnel.name == judgement.tunnel.name)


def _with_keepalive(device: Device, hardener: Hardener) -> Device:
    for change in hardener.changes:
        if change.device == device.name and device.config is not None:
            groups = dict(device.config.tunnel_groups)
            groups[change.group] = dataclasses.replace(groups[change.group], keepalive=change.after)
            device = dataclasses.replace(device, config=dataclasses.replace(device.config, tunnel_groups=groups))
    return device


def _words(tunnel: Tunnel, hardener: Hardener, *, check: bool, saved: bool) -> str:
    todo = [change for change in hardener.changes if change.step]
    if not todo:
        return f"{tunnel.name}: both ends have DPD {hardener.wanted} in effect, nothing to change."
    ends = " and ".join(_end(change) for change in todo)
    if check:
        return f"{tunnel.name}: would set DPD at {ends}. Nothing was written."
    keep = "saved" if saved else "not saved: a reload takes it back, set harden_save=true to save"
    return (
        f"{tunnel.name}: DPD set at {ends} ({keep}). It protects from the next IKE SA on; the one that is up was made "
        "without it."
    )


def _end(change: Change) -> str:
    return f"{change.device} ({change.before} -> {change.after})"
