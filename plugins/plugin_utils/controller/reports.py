# SPDX-License-Identifier: GPL-3.0-or-later
"""From a run's folder to devices and judgements, and from judgements to the files of a report."""

from __future__ import annotations

import platform
from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.release import __version__ as ansible_version

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Device, Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import write_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError


def addresses(values: Sequence[str], variable: str) -> tuple[Address, ...]:
    """Addresses that a user wrote.

    :raises AnsibleActionFail: one of them is no address; names the variable.
    """
    try:
        return tuple(ip_address(str(value)) for value in values)
    except ValueError as error:
        raise AnsibleActionFail(f"{variable}: {error}. Give a list of IPv4 or IPv6 addresses") from None


def read_devices(folder: RunFolder, task_vars: Mapping[str, Any]) -> tuple[Device, ...]:
    """Every host of the play as its readings show it, in the inventory's order."""
    hostvars = task_vars["hostvars"]
    try:
        return tuple(
            device(
                host,
                folder.snapshots(host),
                public_addresses=addresses(
                    hostvars[host].get("tunnelmend_public_addresses", []), f"{host}: tunnelmend_public_addresses"
                ),
                groups=hostvars[host].get("group_names", []),
            )
            for host in task_vars["ansible_play_hosts_all"]
        )
    except RunFolderError as error:
        raise AnsibleActionFail(str(error)) from None


def judged(
    devices: Sequence[Device], foreign_peers: Collection[Address], *, stimulated: bool = False
) -> tuple[Judgement, ...]:
    """Judge every tunnel of these devices.

    :raises AnsibleActionFail: there is nothing to judge, or two devices claim one address.
    """
    try:
        return judge_all(devices, foreign_peers=foreign_peers, stimulated=stimulated)
    except (NothingToJudgeError, AddressClaimedTwiceError, rules.NoRulesError) as error:
        raise AnsibleActionFail(str(error)) from None


def judged_around_claims(
    devices: Sequence[Device], foreign_peers: Collection[Address], *, stimulated: bool = False
) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Judge what can be judged: two devices that claim one address are left out, and a sentence says so.

    :raises AnsibleActionFail: there is nothing to judge at all.
    """
    problems: list[str] = []
    while True:
        try:
            return judge_all(devices, foreign_peers=foreign_peers, stimulated=stimulated), tuple(problems)
        except AddressClaimedTwiceError as error:
            problems.append(f"{error} Until then the tunnels of {' and '.join(error.devices)} are not judged.")
            devices = [device for device in devices if device.name not in error.devices]
        except (NothingToJudgeError, rules.NoRulesError) as error:
            if problems:
                return (), tuple(problems)
            raise AnsibleActionFail(str(error)) from None


def write(folder: RunFolder, report: Report) -> str:
    """Write every form of the report, point ``latest`` at it, and return the path of ``report.json``."""
    try:
        folder.write(write_all(document(report)))
        folder.point_latest()
    except OSError as error:
        raise AnsibleActionFail(f"the report cannot be written to {folder.path}: {error}") from None
    return str(folder.path / "report.json")


def about_this_run() -> dict[str, Any]:
    """What a report says of the controller and of the rules' titles."""
    return {
        "controller": platform.node(),
        "versions": {"ansible-core": ansible_version, "python": platform.python_version(), "tunnelmend": _version()},
        "titles": {check.rule.id: check.rule.title for check in rules.load()},
    }


def _version() -> str:
    root = Path(__file__).resolve().parents[3]
    # In the checkout the collection's own file stands beside the links that point to the folders of the project.
    for path in (root / "galaxy.yml", root / ".collections/ansible_collections/tunnelmend/asa/galaxy.yml"):
        if path.exists():
            return str(yaml.safe_load(path.read_text(encoding="utf-8"))["version"])
    manifest = root / "MANIFEST.json"
    if manifest.exists():
        return str(yaml.safe_load(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])
    return "unknown"
