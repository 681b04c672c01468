# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a run: refuse variables that are wrong, missing or unknown, make the folder; see modules/start_run.py."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.path import unfrackpath
from ansible.utils.vars import load_extra_vars

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.saved import SavedOutputsError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.saved import devices as saved_devices
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import (
    ALL_BROKEN,
    known_variables,
    refusal_of_confirm,
    refusal_of_tunnel,
    refusal_of_value,
    role_options,
    unknown_variables,
)

# What every kind of run uses; to these come the variables of the role that has the kind's name.
_ALWAYS = ("prepare", "collect", "audit")
_KINDS = ("audit", "remediate", "harden", "verify", "gate")


class ActionModule(ActionBase):
    """Runs on the controller, once a play."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "reports": {"type": "path", "default": "reports"},
                "kind": {"type": "str", "required": True, "choices": [*_KINDS]},
                "keep": {"type": "int", "default": 30},
            }
        )
        refusals = list(dict.fromkeys(filter(None, self._refusals(args["kind"], task_vars or {}))))
        if refusals:
            raise AnsibleActionFail(f"{' '.join(refusals)} Nothing was sent to any device.")
        if args["keep"] < 0:
            raise AnsibleActionFail(f"keep is {args['keep']}: how many runs to keep, 0 for all of them")
        try:
            folder = RunFolder.start(Path(args["reports"]).absolute(), args["kind"], time.time())
            removed = folder.prune(args["keep"], self._saved(task_vars or {}))
        except RunFolderError as error:
            raise AnsibleActionFail(str(error)) from None
        result.update(changed=False, run=str(folder.path), started=time.time(), removed=removed)
        return result

    def _refusals(self, kind: str, variables: Mapping[str, Any]) -> Iterator[str]:
        """A sentence for each variable that would make this run fail, or do other than what was meant."""
        devices = list(variables["ansible_play_hosts_all"])
        every = [variables["hostvars"][device] for device in devices]
        roles = role_options(_roles())
        yield from unknown_variables(
            extra=load_extra_vars(self._loader),
            everywhere={name for each in every for name in each},
            known=known_variables(roles),
        )
        used = {name: option for role in (*_ALWAYS, kind) for name, option in roles.get(role, {}).items()}
        wrong = [
            refusal_of_value(name, self._value(holder, name), option)
            for name, option in used.items()
            # Of the play, and of the inventory, which may give it to one device alone.
            for holder in (variables, *every)
        ]
        yield from wrong
        yield self._refusal_of_saved(kind, variables)
        tunnel = self._value(variables, "tunnel")
        if "tunnel" in used and not (kind == "remediate" and (tunnel == ALL_BROKEN or self._value(variables, "plan"))):
            yield refusal_of_tunnel(tunnel, devices)
        if kind == "remediate":
            yield refusal_of_confirm(self._value(variables, "confirm"), tunnel)
            # A number that is none was told already.
            yield "" if any(wrong) else self._refusal_of_settings(variables)
        if kind == "audit":
            path, profile = (str(self._value(variables, f"audit_{name}") or "") for name in ("catalog", "profile"))
            try:
                catalogues.read(unfrackpath(path) if path else "", profile, variables)
            except AnsibleActionFail as error:
                yield f"{error.message}."
        try:
            reports.addresses(self._value(variables, "audit_foreign_peers") or [], "audit_foreign_peers")
            for device in devices:
                reports.public_addresses(device, variables)
        except AnsibleActionFail as error:
            yield f"{error.message}."

    def _refusal_of_settings(self, variables: Mapping[str, Any]) -> str:
        names = ("window", *(field.name for field in dataclasses.fields(Settings)))
        try:
            Settings.of({name: self._value(variables, settings.variable(name)) for name in names})
        except settings.SettingsError as error:
            return str(error) if str(error).endswith("?") else f"{error}."
        return ""

    def _refusal_of_saved(self, kind: str, variables: Mapping[str, Any]) -> str:
        """Why there can be no run of saved outputs, if that is wanted."""
        folder = self._saved(variables)
        if folder is None:
            return ""
        if kind != "audit":
            return f"collect_from is for an audit: {kind} acts on devices, and reads them itself. Leave it out."
        try:
            saved_devices(folder)
        except SavedOutputsError as error:
            return f"collect_from: {error}."
        return ""

    def _saved(self, variables: Mapping[str, Any]) -> Path | None:
        folder = self._value(variables, "collect_from")
        return Path(str(folder)).expanduser().absolute() if folder else None

    def _value(self, variables: Mapping[str, Any], name: str) -> Any:
        """What a variable holds, or nothing when it cannot be worked out yet: its role looks at it again."""
        try:
            return self._templar.template(variables[name]) if name in variables else None
        except AnsibleError:
            return None


def _roles() -> Path:
    return Path(__file__).resolve().parents[2] / "roles"
