# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one device and return its crypto state, parsed; documented in plugins/modules/vpn_info.py."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import parsers
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

# Ansible imports an action before it forks: loaded here, the parsers are loaded once and not in every host's process.
parsers.load()


class ActionModule(ActionBase):
    """Reads only, so check mode makes no difference."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "gather": {"type": "str", "choices": [scope.value for scope in Scope], "default": "everything"},
                "raw": {"type": "bool", "default": False},
            }
        )
        host = (task_vars or {})["inventory_hostname"]
        connection = login.own(self._connection, host)
        login.require_privilege(connection, host)
        *_, read = snapshot(host, Scope(args["gather"]), connection.run, time.time)
        connection.settle()
        read = dataclasses.replace(
            read, outputs=tuple(dataclasses.replace(each, text=mask(each.text)) for each in read.outputs)
        )
        found = plain(device(host, [read]))
        sas = found.pop("readings")[-1]
        result.update(changed=False, device=found, ipsec=sas["ipsec"], ike=sas["ike"], problems=found.pop("problems"))
        if args["raw"]:
            result["outputs"] = {each.command: each.text for each in read.outputs}
        return result
