# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the pre-shared keys of both ends, without keeping them; see plugins/modules/compare_keys.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import keys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login, reports, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

COMMAND = "more system:running-config"


class ActionModule(ActionBase):
    """Runs on the controller and logs in to one device after the other. It writes the outcome, never a key."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "foreign_peers": {"type": "list", "elements": "str", "default": []},
            }
        )
        variables = task_vars or {}
        folder = RunFolder(Path(args["run"]))
        if folder.source() is not None:
            raise AnsibleActionFail("audit_compare_keys asks the devices for their keys, and collect_from has none")
        foreign = reports.addresses(args["foreign_peers"], "audit_foreign_peers")
        # The judging tells of devices that claim one address.
        tunnels = reports.around_claims(
            reports.read_devices(folder, variables), lambda devices: pair(devices, foreign_peers=foreign), []
        )
        wanted = [tunnel for tunnel in tunnels if _keyed(tunnel)]
        texts = dict(self._texts(dict.fromkeys(end.name for tunnel in wanted for end in tunnel.ends), variables))
        compared = {tunnel.name: str(_compared(tunnel, texts)) for tunnel in wanted}
        folder.save_keys(compared)
        result.update(changed=False, compared=dict(Counter(compared.values())))
        return result

    def _texts(self, hosts: Iterable[str], variables: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What each device answered; one that refuses is left out, and its keys are unverifiable."""
        for host in hosts:
            screen.say(f"{host}: comparing its keys (it logs that its configuration was looked at)")
            try:
                with login.open_to_each([host], variables, self._play_context) as logins:
                    login.require_privilege(logins[host], host)
                    answer = logins[host].run(COMMAND)
                    if answer.incomplete or answer.refusal:
                        raise AnsibleError(f"{host}: {answer.incomplete or answer.refusal}")
                    logins[host].settle()
                    yield host, answer.text
            except AnsibleError as error:
                screen.say(f"the keys of {host} cannot be compared: {error.message}", C.COLOR_WARN)


def _keyed(tunnel: Tunnel) -> bool:
    return tunnel.both and all(end.tunnel_group is not None and end.tunnel_group.has_key for end in tunnel.ends)


def _compared(tunnel: Tunnel, texts: Mapping[str, str]) -> keys.Comparison:
    left, right = tunnel.ends
    if left.name not in texts or right.name not in texts:
        return keys.Comparison.UNVERIFIABLE
    known = [versions(end.map_entry) for end in tunnel.ends if end.map_entry is not None]
    common = frozenset.intersection(*known) if known else frozenset[int]()
    # Where both versions could be, the one that is up is the one whose keys matter.
    common = common & {sa.version for end in tunnel.ends for sa in end.ike or () if sa.up} or common
    return keys.compare(
        texts[left.name],
        texts[right.name],
        left_group=_group(left),
        right_group=_group(right),
        version=min(common) if len(common) == 1 else None,
    )


def _group(end: End) -> str:
    return end.tunnel_group.name if end.tunnel_group is not None else ""
