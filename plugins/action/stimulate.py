# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a little traffic through a device's tunnels between two readings; see plugins/modules/stimulate.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import stimulate


class ActionModule(ActionBase):
    """Sends pings and packet-tracers, and nothing in check mode. A device out of reach is data, as in collect."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {"run": {"type": "path", "required": True}, "out_of_band": {"type": "bool", "default": False}}
        )
        variables = task_vars or {}
        host = variables["inventory_hostname"]
        try:
            tunnels = pair(reports.read_devices(RunFolder(Path(args["run"])), variables))
        except AddressClaimedTwiceError as error:
            raise AnsibleError(str(error)) from None
        commands = [
            command
            for tunnel in tunnels
            for step in stimulate.steps(tunnel)
            if step.device == host
            for command in step.commands
        ]
        result.update(changed=False, commands=commands)
        if commands and not self._task.check_mode:
            try:
                beside = variables.get(login.OUT_OF_BAND) if args["out_of_band"] else ""
                connection = login.own(self._connection, host, beside)
                login.require_privilege(connection, host)
                for command in commands:
                    connection.run(command)
                connection.settle()
            except AnsibleError as error:
                result["warnings"] = [f"no traffic was made: {error.message}"]
        return result
