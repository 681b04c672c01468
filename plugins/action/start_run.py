# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a run: refuse mistyped variables and an empty list of devices, make the folder; see modules/start_run.py."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import known_variables, unknown_variables


class ActionModule(ActionBase):
    """Runs on the controller, once a play."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "reports": {"type": "path", "default": "reports"},
                "kind": {"type": "str", "required": True, "choices": ["audit", "remediate", "harden", "verify"]},
                "keep": {"type": "int", "default": 30},
            }
        )
        variables = task_vars or {}
        every = [variables["hostvars"][host] for host in variables["ansible_play_hosts_all"]]
        wrong = unknown_variables(
            extra=load_extra_vars(self._loader),
            everywhere={name for each in every for name in each},
            known=known_variables(_roles()),
        )
        if wrong:
            raise AnsibleActionFail(" ".join(wrong))
        if args["keep"] < 0:
            raise AnsibleActionFail(f"reports_keep is {args['keep']}: how many runs to keep, 0 for all of them")
        try:
            folder = RunFolder.start(Path(args["reports"]).absolute(), args["kind"], time.time())
            removed = folder.prune(args["keep"])
        except RunFolderError as error:
            raise AnsibleActionFail(str(error)) from None
        result.update(changed=False, run=str(folder.path), started=time.time(), removed=removed)
        return result


def _roles() -> Path:
    return Path(__file__).resolve().parents[2] / "roles"
