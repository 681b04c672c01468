# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a device into the run's folder; documented in plugins/modules/collect.py."""

from __future__ import annotations

import dataclasses
import re
import time
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import parsers
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, doubted, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import OutputStatus, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

# Ansible imports an action before it forks: loaded here, the parsers are loaded once and not in every host's process.
parsers.load()


class ActionModule(ActionBase):
    """A device that cannot be read is data for the audit, never a failed or unreachable host."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "reading": {"type": "int", "default": 1},
                "scope": {"type": "str", "choices": [scope.value for scope in Scope], "default": "everything"},
                "out_of_band": {"type": "bool", "default": False},
            }
        )
        variables = task_vars or {}
        host = variables["inventory_hostname"]
        beside = variables.get(login.OUT_OF_BAND) if args["out_of_band"] else ""
        read = self._read(host, Scope(args["scope"]), beside)
        RunFolder(Path(args["run"])).save_snapshot(read, args["reading"])
        troubled = [output for output in read.outputs if output.status is not OutputStatus.READ]
        result.update(
            changed=False,
            reading=args["reading"],
            devices=len(variables["ansible_play_hosts_all"]),
            read=not read.error,
            error=read.error,
            commands=len(read.outputs),
            troubled={output.command: f"{output.status.value}: {output.detail}" for output in troubled},
            seconds=round(read.finished - read.started, 1),
        )
        if read.error:
            # At once, because the run goes on for the others; the report has the whole of it.
            why = words.first_sentence(read.error)
            screen.say(f"{host} could not be read: {why}", C.COLOR_WARN)
        return result

    def _read(self, host: str, scope: Scope, out_of_band: object) -> Snapshot:
        started = time.time()
        read = Snapshot(host, started, started)
        try:
            connection = login.own(self._connection, host, out_of_band)
            login.require_privilege(connection, host)
            for so_far in snapshot(host, scope, connection.run, time.time):
                read = so_far
            connection.settle()
        except AnsibleError as error:
            return doubted(dataclasses.replace(read, finished=time.time()), _reason(host, error.message))
        return read


def _reason(host: str, message: str) -> str:
    """Why a login failed, without the device's name: whoever reads it knows of which device it is told."""
    return re.sub(rf"^{re.escape(host)}(?: \(([^)]*)\))?: ", lambda named: f"{named[1]}: " if named[1] else "", message)
