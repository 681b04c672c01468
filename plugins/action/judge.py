# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge every tunnel of the devices that were read and write the report; see plugins/modules/judge.py."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import changes, rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import Catalogue, expired, unmatched
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues, reports, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Group,
    Judgement,
    Outcome,
    Severity,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

# Objections on the screen; a lost hub would fill it.
_TOLD = 5
TABLE = "tunnelmend.asa.summary"


class ActionModule(ActionBase):
    """Runs on the controller, over what was read."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "started": {"type": "float", "required": True},
                "foreign_peers": {"type": "list", "elements": "str", "default": []},
                "stimulated": {"type": "bool", "default": False},
                "fail_on": {"type": "str", "default": "critical", "choices": [str(each) for each in Severity]},
                "fail_on_unknown": {"type": "bool", "default": True},
                "catalog": {"type": "path", "default": ""},
                "profile": {"type": "str", "default": ""},
            }
        )
        folder = RunFolder(Path(args["run"]))
        variables = task_vars or {}
        catalogue = catalogues.read(args["catalog"], args["profile"], variables)
        if catalogue.source or args["profile"]:
            screen.say(f"judging by {catalogue}")
        devices = reports.read_devices(folder, variables)
        source = folder.source()
        stimulated = args["stimulated"] and source is None
        foreign = reports.addresses(args["foreign_peers"], "audit_foreign_peers")
        judgements: tuple[Judgement, ...] = ()
        problems: tuple[str, ...] = ()
        try:
            judgements, problems = reports.judged_around_claims(
                devices, foreign, stimulated=stimulated, catalogue=catalogue, keys=folder.keys()
            )
        except AnsibleActionFail as error:
            # Reported all the same: `latest` must not go on pointing at the last run that found everything healthy.
            problems = (error.message,)
        past = tuple(expired(catalogue, judgements))
        fail_on = Severity[args["fail_on"].upper()]
        before = changes.run_before(folder.path) if judgements and source is None else None
        path = reports.write(
            folder,
            Report(
                id=folder.id,
                kind=Kind.AUDIT,
                started=args["started"],
                finished=time.time(),
                devices=devices,
                judgements=judgements,
                fail_on=fail_on,
                problems=(*problems, *past),
                compared_with=before["run"]["id"] if before else "",
                changes=changes.changes(before, judgements, [each.name for each in devices]) if before else (),
                source=source,
                **reports.about_this_run(catalogue),
            ),
        )
        groups = {check.rule.id: check.rule.group for check in (*rules.load(), *catalogue.own)}
        objections = _objections(devices, judgements, fail_on, groups, unknown_too=args["fail_on_unknown"])
        # A waiver is a promise with a day on it; past the day nobody may overlook it.
        objections += past
        result.update(
            changed=False,
            tunnelmend_report=path,
            verdicts=dict(Counter(str(judgement.verdict) for judgement in judgements)),
            tunnels={judgement.tunnel.name: str(judgement.verdict) for judgement in judgements},
            objections=objections,
            conclusion=_conclusion(objections, path),
            catalog=str(catalogue),
        )
        if judgements and (loose := list(_loose(catalogue, judgements, variables))):
            # Perhaps not read today, perhaps left out of this run: said, and no reason to fail.
            result["warnings"] = loose
        if problems:
            result.update(failed=True, msg=". ".join(problem.rstrip(".") for problem in problems) + ".")
        return result


def _objections(
    devices: tuple[Device, ...],
    judgements: tuple[Judgement, ...],
    fail_on: Severity,
    groups: Mapping[str, Group],
    *,
    unknown_too: bool,
) -> list[str]:
    """Why this audit must not end in peace, one sentence a tunnel or device; empty when it may."""
    order = (Group.LIVE, Group.MATCH, Group.DPD, Group.HYGIENE, Group.DATA, Group.SITE)
    objections = []
    if unknown_too:
        # Before the tunnels that are unknown for it. What to do about it stands in the report.
        objections += [words.first_sentence(each.problems[0]) for each in devices if each.problems and _unread(each)]
    for judgement in judgements:
        # The cause first, then what the tunnel does now, then what may become of it.
        worst_first = sorted(
            judgement.findings,
            key=lambda each: (each.rule != judgement.cause_rule, order.index(groups[each.rule]), -each.severity),
        )
        failing = dict.fromkeys(
            finding.rule for finding in worst_first if finding.outcome is Outcome.FAIL and finding.severity >= fail_on
        )
        name, verdict = judgement.tunnel.name, judgement.verdict
        # A foreign peer cannot be fixed from here; what fails at our own end is still ours.
        if unknown_too and verdict is Verdict.UNKNOWN and not judgement.tunnel.foreign:
            also = f"; failing: {', '.join(failing)}" if failing else ""
            objections.append(f"{name} is unknown: {judgement.cause}{also}")
        elif failing:
            now = f"{verdict} now, but fails" if verdict is Verdict.HEALTHY else f"{verdict}:"
            objections.append(f"{name} is {now} {', '.join(failing)}")
    return objections


def _loose(catalogue: Catalogue, judgements: tuple[Judgement, ...], variables: Mapping[str, Any]) -> Iterator[str]:
    """What the catalogue speaks of and nothing answers to, by the whole inventory and not by this run alone."""
    groups = variables.get("groups") or {}
    return unmatched(catalogue, judgements, devices=groups.get("all", ()), groups=list(groups))


def _conclusion(objections: list[str], report: str) -> str:
    """The first objections as one text. The table that follows has them all; without it the report must be found."""
    if not objections:
        return ""
    more = len(objections) - _TOLD
    told = [*objections[:_TOLD], f"{more} more stand in the report"] if more > 0 else objections
    if TABLE not in C.CALLBACKS_ENABLED:
        told = [*told, f"The report: {report} (callbacks_enabled = {TABLE} in ansible.cfg shows it as a table)"]
    return "".join(f"{each.rstrip('.')}. " for each in told).strip()


def _unread(device: Device) -> bool:
    """Whether a part is missing without which this device's tunnels cannot be judged, whoever else names them."""
    readings = device.readings
    return device.config is None or not readings or any(each.ipsec is None or each.ike is None for each in readings)
