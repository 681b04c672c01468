# SPDX-License-Identifier: GPL-3.0-or-later
"""From a run's folder to devices and judgements, and from judgements to the files of a report."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import yaml
from ansible.errors import AnsibleActionFail
from ansible.release import __version__ as ansible_version

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import AS_SHIPPED, Catalogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import commands
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Device, Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Report, RuleNote
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import write_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError

Answer = TypeVar("Answer")

# Devices whose reasons stand in one message.
_TOLD = 3


def addresses(values: object, variable: str) -> tuple[Address, ...]:
    """Addresses that a user wrote, as a list or with commas between.

    :raises AnsibleActionFail: one of them is no address; names the variable.
    """
    texts: Any = values.split(",") if isinstance(values, str) else values
    try:
        return tuple(ip_address(str(text).strip()) for text in texts)
    except (TypeError, ValueError) as error:
        raise AnsibleActionFail(f"{variable}: {error}. Give a list of IPv4 or IPv6 addresses") from None


def public_addresses(host: str, task_vars: Mapping[str, Any]) -> tuple[Address, ...]:
    """The addresses that peers reach a host at, as its inventory gives them.

    :raises AnsibleActionFail: one of them is no address; names the host.
    """
    given = task_vars["hostvars"][host].get("tunnelmend_public_addresses", [])
    return addresses(given, f"{host}: tunnelmend_public_addresses")


def login_address(host: str, task_vars: Mapping[str, Any]) -> Address | None:
    """Where a host is logged in to, when its inventory gives an address and not a name."""
    try:
        return ip_address(str(task_vars["hostvars"][host].get("ansible_host", host)))
    except ValueError:
        return None


def read_devices(folder: RunFolder, task_vars: Mapping[str, Any]) -> tuple[Device, ...]:
    """Every host of the play as its readings show it, in the inventory's order; of saved outputs, their devices."""
    known = task_vars["hostvars"]
    try:
        source = folder.source()
        return tuple(
            dataclasses.replace(
                device(
                    host,
                    folder.snapshots(host),
                    public_addresses=public_addresses(host, task_vars) if host in known else (),
                    groups=known[host].get("group_names", []) if host in known else (),
                ),
                login_address=login_address(host, task_vars) if host in known else None,
            )
            for host in (source.files if source else task_vars["ansible_play_hosts_all"])
        )
    except RunFolderError as error:
        raise AnsibleActionFail(str(error)) from None


def judged(
    devices: Sequence[Device], foreign_peers: Collection[Address], *, stimulated: bool = False
) -> tuple[Judgement, ...]:
    """Judge every tunnel of these devices by the rules as shipped: who calls this is about to act.

    :raises AnsibleActionFail: there is nothing to judge, or two devices claim one address.
    """
    if nobody := _nobody_answered(devices):
        raise AnsibleActionFail(f"{nobody}: {_reasons(devices)}")
    try:
        return judge_all(devices, foreign_peers=foreign_peers, stimulated=stimulated)
    except (NothingToJudgeError, AddressClaimedTwiceError, rules.NoRulesError) as error:
        raise AnsibleActionFail(str(error)) from None


def judged_around_claims(
    devices: Sequence[Device],
    foreign_peers: Collection[Address],
    *,
    stimulated: bool = False,
    catalogue: Catalogue = AS_SHIPPED,
    keys: Mapping[str, str] | None = None,
) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Judge what can be judged: two devices that claim one address are left out, and a sentence says so.

    :raises AnsibleActionFail: there is nothing to judge at all.
    """
    if nobody := _nobody_answered(devices):
        raise AnsibleActionFail(nobody)

    def judge(left: Sequence[Device]) -> tuple[Judgement, ...]:
        return judge_all(left, foreign_peers=foreign_peers, stimulated=stimulated, catalogue=catalogue, keys=keys)

    problems: list[str] = []
    try:
        return around_claims(devices, judge, problems), tuple(problems)
    except (NothingToJudgeError, rules.NoRulesError) as error:
        if problems:
            return (), tuple(problems)
        raise AnsibleActionFail(str(error)) from None


def around_claims(devices: Sequence[Device], work: Callable[[Sequence[Device]], Answer], problems: list[str]) -> Answer:
    """What ``work`` makes of these devices without those that claim one address, which ``problems`` then names."""
    while True:
        try:
            return work(devices)
        except AddressClaimedTwiceError as error:
            problems.append(f"{error} Until then the tunnels of {' and '.join(error.devices)} are not judged.")
            devices = [device for device in devices if device.name not in error.devices]


def _nobody_answered(devices: Sequence[Device]) -> str:
    """Say that no device could be read at all, or return an empty string: there was one, or there is none to read."""
    if not devices or any(device.readable for device in devices):
        return ""
    return f"none of the {len(devices)} devices could be read" if len(devices) > 1 else "the device could not be read"


def _reasons(devices: Sequence[Device]) -> str:
    """Why devices were not read, of the first few: it is the same for all when it is the controller's fault."""
    told = [f"{each.name}: {words.problem(each.name, '; '.join(each.problems[:1]))}" for each in devices[:_TOLD]]
    return "; ".join([*told, f"{len(devices) - _TOLD} more"] if len(devices) > _TOLD else told)


def write(folder: RunFolder, report: Report) -> str:
    """Write every form of the report, point ``latest`` at it, and return the path of ``report.json``.

    The commands that it advises become those that the user of this run can type.
    """
    report = dataclasses.replace(
        report,
        judgements=tuple(map(_pasteable, report.judgements)),
        before=tuple(map(_pasteable, report.before)),
        evidence={device.name: folder.evidence(device.name) for device in report.devices},
    )
    try:
        folder.write(write_all(document(report)))
        folder.point_latest()
    except OSError as error:
        raise AnsibleActionFail(f"the report cannot be written to {folder.path}: {error}") from None
    return str(folder.path / "report.json")


def _pasteable(judgement: Judgement) -> Judgement:
    return dataclasses.replace(judgement, next_action=commands.pasteable(judgement.next_action))


def about_this_run(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """What a report says of the controller, of the rules and of the catalogue that an audit went by."""
    used = versions()
    if catalogue is not None:
        used["catalogue"] = str(catalogue)
    checks = (*rules.load(), *(catalogue.own if catalogue is not None else ()))
    return {
        "controller": platform.node(),
        "versions": used,
        "rules": {each.rule.id: RuleNote(each.rule.title, each.rule.group, each.rule.reads) for each in checks},
    }


def versions() -> dict[str, str]:
    """The software of this controller."""
    return {"ansible-core": ansible_version, "python": platform.python_version(), "tunnelmend": _version()}


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
