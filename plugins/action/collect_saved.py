# SPDX-License-Identifier: GPL-3.0-or-later
"""Take saved outputs into the run's folder, with no device at hand; documented in plugins/modules/collect_saved.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import saved
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Source
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder


class ActionModule(ActionBase):
    """Runs on the controller, once a play. Nothing is sent to any device."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "from": {"type": "path", "required": True},
                "hosts": {"type": "str", "default": "all"},
            }
        )
        variables = task_vars or {}
        folder, run = Path(args["from"]).absolute(), RunFolder(Path(args["run"]))
        try:
            found = saved.devices(folder)
            patterns = (args["hosts"], variables.get("ansible_limit", "all"))
            names = self._chosen(found, patterns, variables.get("groups", {}))
            if not names:
                raise AnsibleActionFail(
                    f"none of the devices in {folder} is wanted: it has {', '.join(found)}. "
                    "Look at tunnelmend_hosts, and at --limit"
                )
            chosen = {name: found[name] for name in names}
            for name, path in chosen.items():
                for number, snapshot in enumerate(saved.of_device(name, path), 1):
                    run.save_snapshot(snapshot, number)
        except saved.SavedOutputsError as error:
            raise AnsibleActionFail(str(error)) from None
        files = {name: saved.files(path) for name, path in chosen.items()}
        run.save_source(Source(str(folder), files))
        screen.say(f"taking {', '.join(chosen)} from {folder}: no device is asked")
        result.update(changed=False, devices=list(chosen), files=files)
        return result

    def _chosen(
        self, names: Iterable[str], patterns: Iterable[str], groups: Mapping[str, Iterable[str]]
    ) -> tuple[str, ...]:
        """The names that every pattern has, with the inventory's groups and in its order; others follow."""
        inventory = InventoryManager(loader=self._loader, sources=None, parse=False)
        # A tunnel is named after its devices in this order, as in an audit of the inventory.
        known = [*groups.get("all", ())]
        wanted = tuple(sorted(names, key=lambda name: known.index(name) if name in known else len(known)))
        for group, members in {"all": wanted, **groups}.items():
            inventory.add_group(group)
            for name in {*members, *(wanted if group == "all" else ())}:
                inventory.add_host(name, group)
        try:
            for pattern in patterns:
                matching = {host.name for host in inventory.get_hosts(pattern)}
                wanted = tuple(name for name in wanted if name in matching)
        except AnsibleError:
            # That a pattern matches nothing may be a warning or an error, as is set.
            return ()
        return wanted
