# SPDX-License-Identifier: GPL-3.0-or-later
"""Read commands through tunnelmend.asa.cli, in one login, into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login


class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        host = (task_vars or {})["inventory_hostname"]
        connection = login.own(self._connection, host)
        login.require_privilege(connection, host)
        with Path(self._task.args["folder"], f"{host}.txt").open("w", encoding="utf-8") as file:
            for command in self._task.args["commands"]:
                answer = connection.run(command)
                if answer.incomplete:
                    return {**result, "failed": True, "msg": answer.incomplete}
                file.write(answer.text + "\n")
        connection.settle()
        return result
