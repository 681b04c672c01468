# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel by its plan, holding the sessions to both ends; see plugins/modules/mend.py."""

from __future__ import annotations

import json
import time
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, driver, login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import around
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, RefusedError, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions


class ActionModule(ActionBase):
    """Runs on the controller and logs in to both devices itself."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                **acting.ARGUMENTS,
                "confirm": {"type": "str", "default": ""},
                "settle": {"type": "float", "default": 3.0},
                "interval": {"type": "float", "default": 10.0},
                "timeout": {"type": "float", "default": 120.0},
            }
        )
        if self._task.check_mode:
            result.update(changed=False, skipped=True, msg="check mode: nothing was sent to a device")
            return result
        variables = task_vars or {}
        run = acting.Run.of(Kind.REMEDIATE, args, variables)
        # Whatever ends this process has to wait until the report says what was done.
        self._planned: Plan | None = None
        self._after: tuple[Snapshot, ...] = ()
        with driver.Signals() as signals:
            mended = self._mended(run, args, variables, signals)
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
                after=self._after,
                planned=self._planned,
            )
        left_alone = mended.outcome == "no_change" and not mended.actions
        result.update(changed=mended.cleared, gap=mended.gap, failed=mended.outcome != "healed" and not left_alone)
        result.update(ended)
        return result

    def _mended(
        self, run: acting.Run, args: dict[str, Any], variables: dict[str, Any], signals: driver.Signals
    ) -> Result:
        try:
            planned = plan(run.judgement, login.addresses(variables))
            if planned is None:
                return Result("no_change", f"{run.tunnel.name} is healthy: it was left alone.")
            self._planned = planned
            _check_confirmed(run, args)
            with run.alone([(end.device, *end.clear.commands) for end in planned.ends]):
                return self._mend(run, planned, args, variables, signals)
        except RefusedError as refused:
            return Result(f"aborted_gate:{refused.gate}", str(refused))

    def _mend(
        self, run: acting.Run, planned: Plan, args: dict[str, Any], variables: dict[str, Any], signals: driver.Signals
    ) -> Result:
        mender = Mender(
            planned,
            run.tunnel,
            {end.name: run.folder.snapshots(end.name)[0] for end in run.tunnel.ends},
            time.time,
            Timing(settle=args["settle"], interval=args["interval"], timeout=args["timeout"]),
            run.foreign_peers,
        )
        with login.open_to_each([end.device for end in planned.ends], variables, self._play_context) as logins:
            sequence = around(mender.run(), Sessions(time.time), list(logins), run.keep, _acted)
            mended, self._after = driver.drive(sequence, logins, run.journal, signals)
            return mended


def _acted(mended: Result) -> bool:
    """Whether the devices have something to say about it, and nobody waits for the run to end."""
    return mended.cleared and mended.outcome != "unfinished"


def _check_confirmed(run: acting.Run, args: dict[str, Any]) -> None:
    """Whoever lets this run clear has typed what it is about to clear.

    :raises RefusedError: ``confirmation``.
    """
    confirm, name = args["confirm"], run.tunnel.name
    try:
        find([run.tunnel], confirm)
    except UnknownTunnelError:
        said = f"confirm is {json.dumps(confirm)}" if confirm else "nobody confirmed"
        raise RefusedError(
            "confirmation",
            f"{said}; the plan is for {name}. Nothing was sent. Run it again with -e confirm={name}.",
        ) from None
