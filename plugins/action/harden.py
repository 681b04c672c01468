# SPDX-License-Identifier: GPL-3.0-or-later
"""Set what keeps a tunnel alive at both of its ends; see plugins/modules/harden.py."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, driver, log, login, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import other_units
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Hardened, Hardener, as_hardened
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import NAMES, settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError, kill_switch
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import enable_dpd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import Setting

GOOD = ("hardened", "no_change", "planned")
# Both logins, all that is typed, and what is read again after it; slow devices too.
_SECONDS = 600.0


class ActionModule(ActionBase):
    """Runs on the controller and logs in to both devices itself; check mode reads and writes nothing."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                **acting.ARGUMENTS,
                "kill_switch": {"type": "path", "default": ""},
                "settings": {"type": "list", "elements": "str", "choices": list(NAMES), "default": ["dpd"]},
                "shared": {"type": "bool", "default": False},
                "threshold": {"type": "int", "default": 10},
                "retry": {"type": "int", "default": 2},
                "save": {"type": "bool", "default": False},
            }
        )
        variables = task_vars or {}
        try:
            wanted = settings(args["settings"], enable_dpd.wanted(args["threshold"], args["retry"]))
        except ValueError as error:
            raise AnsibleActionFail(str(error)) from None
        run = acting.Run.of(Kind.HARDEN, args, variables)
        # Whatever ends this process has to wait until the report says what was done.
        with driver.Signals() as signals:
            hardened = self._hardened(run, wanted, args, variables, signals)
            warning = log.ended(run.folder, run.tunnel.name, hardened.outcome, hardened.text)
            text = f"{hardened.text} {warning}".strip()
            ended = run.end(hardened.outcome, text, judgement=_judged_again(run, hardened), actions=hardened.actions)
        result.update(
            changed=hardened.changed,
            diff=[change.diff for change in hardened.changes if change.step and self._shows(hardened)],
            tunnel=run.tunnel.name,
            saved=list(hardened.saved),
            failed=hardened.outcome not in GOOD,
        )
        result.update(ended)
        return result

    def _shows(self, hardened: Hardened) -> bool:
        """A diff tells what was done, or in check mode would be; never what was refused or taken back."""
        return bool(self._task.check_mode) or hardened.outcome in GOOD or hardened.outcome == "not_saved"

    def _hardened(
        self,
        run: acting.Run,
        wanted: Sequence[Setting],
        args: dict[str, Any],
        variables: dict[str, Any],
        signals: driver.Signals,
    ) -> Hardened:
        check = self._task.check_mode
        state = acting.state_of(args, variables, self._templar)
        hosts = [end.name for end in run.tunnel.ends]
        units = {host: other_units(host, run.devices) for host in hosts}
        others = [unit for each in units.values() for unit in each]
        stop = args["kill_switch"] or str(Path(args["run"]).parent / kill_switch.FILE)
        try:
            hardener = Hardener(
                run.tunnel,
                wanted,
                time.time,
                check=check,
                save=args["save"],
                shared=args["shared"],
                expected=login.identities(hosts, variables),
                units=units,
                stopped=lambda: kill_switch.read(stop),
            )
            with (
                login.open_to_each([*hosts, *others], variables, self._play_context) as logins,
                contextlib.nullcontext() if check else run.alone(state, _SECONDS, hardener.foreseen),
            ):
                if not check:
                    log.decided(run.folder, run.tunnel.name, Decided.ACTED, text=_meant(hardener), before=True)
                return driver.drive(hardener.run(), logins, run.journal, signals)
        except RefusedError as refused:
            return Hardened(f"aborted_gate:{refused.gate}", str(refused))


def _meant(hardener: Hardener) -> str:
    """What may be typed, by what was read before."""
    lines = [f"{device}: {line}" for device, line in hardener.foreseen]
    return "; ".join(lines) or "both ends had all of it when they were read"


def _judged_again(run: acting.Run, hardened: Hardened) -> Judgement | None:
    """The tunnel as it is now, where something is known to have changed."""
    if hardened.changed and hardened.outcome == "failed":
        return run.unread("an end could not be set back and was not read again")
    if not hardened.changed or hardened.outcome not in ("hardened", "not_saved"):
        return None
    return named(reports.judged(as_hardened(run.devices, hardened), run.foreign_peers), run.tunnel.name)
