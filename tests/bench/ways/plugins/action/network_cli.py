# SPDX-License-Identifier: GPL-3.0-or-later
"""Read commands through ansible.netcommon.network_cli, in one task, into a file.

The cheapest way it offers: the action asks the persistent process itself. A ``*_command`` module does the same from
a module, and ``cli_command`` in a loop is a task more for every command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.connection import Connection
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        host = (task_vars or {})["inventory_hostname"]
        texts = Connection(self._connection.socket_path).run_commands(list(self._task.args["commands"]))
        Path(self._task.args["folder"], f"{host}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
        return result
