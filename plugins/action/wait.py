# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait between the two readings of a run, if there is a reason to; see plugins/modules/wait.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.telling import waiting


class ActionModule(ActionBase):
    """Runs on the controller, once a play."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {"run": {"type": "path", "required": True}, "seconds": {"type": "int", "default": 15}}
        )
        folder = RunFolder(Path(args["run"]))
        devices = (task_vars or {})["ansible_play_hosts_all"]
        try:
            answered = any(map(folder.answered, devices))
        except RunFolderError as error:
            raise AnsibleActionFail(str(error)) from None
        if answered and args["seconds"] > 0:
            why = "before the second reading: it shows whether the counters move"
            screen.wait(waiting(args["seconds"], why, screen.EVERY))
        elif not answered:
            screen.say("nothing was read, so there is nothing to read a second time")
        result.update(changed=False, answered=answered)
        return result
