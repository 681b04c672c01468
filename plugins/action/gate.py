# SPDX-License-Identifier: GPL-3.0-or-later
"""Try a change in the lab, audit both sides, and say whether it may go on; see plugins/modules/gate.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import saved
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues, reports, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate import (
    Gate,
    Settings,
    Trial,
    TrialError,
    decide,
    read_trial,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.reporters import document, markdown, table, write_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

display = Display()

_TONES = {"bad": C.COLOR_ERROR, "warn": C.COLOR_WARN, "good": C.COLOR_OK}
# The options that the trial is given as they are, each by the name that it has there.
_FOLDERS = {"before": "--before", "candidate": "--candidate", "repo": "--repo", "expectations": "--expectations",
            "changes": "--changes"}  # fmt: skip
_WORDS = {"from": "--from", "to": "--to", "path": "--path"}
_LISTS = {"order": "--order", "removed": "--removed"}


class ActionModule(ActionBase):
    """Runs on the controller; asks no device."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "run": {"type": "path", "required": True},
                "lab": {"type": "path", "default": ""},
                **{name: {"type": "path", "default": ""} for name in _FOLDERS},
                **{name: {"type": "str", "default": ""} for name in _WORDS},
                **{name: {"type": "list", "elements": "str", "default": []} for name in (*_LISTS, "ignore")},
                "releases": {"type": "dict", "default": {}},
                "everything": {"type": "bool", "default": False},
                "max_outage": {"type": "int", "default": 30},
                "max_recovery": {"type": "int", "default": 300},
                "require_keys": {"type": "bool", "default": False},
                "accept_as_before": {"type": "bool", "default": False},
                "fail_on": {"type": "str", "default": "critical", "choices": [str(each) for each in Severity]},
                "catalog": {"type": "path", "default": ""},
                "profile": {"type": "str", "default": ""},
            }
        )
        began = time.time()
        folder = RunFolder(Path(args["run"]))
        trial = self._tried(args, folder.path / "trial")
        gate = self._judged(trial, folder.path / "trial", args, task_vars or {})
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))
        told = document.document(gate, folder.id, started, time.time() - began)
        try:
            folder.write(write_all(told))
            folder.point_latest()
        except OSError as error:
            raise AnsibleActionFail(f"the verdict cannot be written to {folder.path}: {error}") from None
        # Shown by the action itself: whoever asked must see it, also where results of tasks are hidden.
        for line in table.lines(told, screen.WIDTH, str(folder.path / markdown.FILENAME)):
            display.display(line.text, color=_TONES.get(line.tone))
        result.update(
            changed=False,
            passed=gate.passed,
            headline=told["headline"],
            summary=told["summary"],
            files={form: str(folder.path / form) for form in write_all(told)},
        )
        return result

    def _tried(self, args: Mapping[str, Any], out: Path) -> Trial:
        """Have the lab try it in a process of its own: it is a witness, and shares no code with who judges.

        :raises AnsibleActionFail: there is no lab, or it cannot read what it was given.
        """
        lab = Path(args["lab"] or Path(__file__).resolve().parents[2])
        if not (lab / "lab" / "trial").is_dir():
            raise AnsibleActionFail(
                f"there is no lab in {lab}: the gate needs a checkout of tunnelmend, whose folder is gate_lab"
            )
        environment = {**os.environ, "PYTHONPATH": str(lab), "PYTHONUNBUFFERED": "1"}
        # -P: what lies where somebody stands, perhaps a change from a stranger, is no module.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lab", "trial", "--out", str(out), *_words(args)],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said = []
        for line in process.stdout or ():
            said.append(line.strip())
            if not line.startswith("note: "):
                screen.say(line.strip())
        if process.wait() not in (0, 1) or not (out / "trial.json").exists():
            raise AnsibleActionFail((said[-1:] or ["the trial said nothing"])[0].removeprefix("error: "))
        try:
            return read_trial(json.loads((out / "trial.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TrialError) as error:
            raise AnsibleActionFail(f"{out / 'trial.json'} cannot be read: {error}") from None

    def _judged(self, trial: Trial, out: Path, args: Mapping[str, Any], variables: Mapping[str, Any]) -> Gate:
        settings = Settings(
            args["max_outage"], args["max_recovery"], args["require_keys"], args["accept_as_before"],
            Severity[args["fail_on"].upper()], tuple(args["removed"]),
        )  # fmt: skip
        catalogue = catalogues.read(args["catalog"], args["profile"], variables)
        if trial.problems or not trial.tunnels:
            return decide(trial, (), (), settings)
        problems: list[str] = []
        sides: list[Sequence[Judgement]] = []
        for side in ("before", "after"):
            found: Sequence[Judgement] = ()
            if (out / side).is_dir():
                try:
                    snapshots = saved.collected(out / side)
                    devices = tuple(device(name, each) for name, each in snapshots.items())
                    found, told = reports.judged_around_claims(devices, (), catalogue=catalogue)
                    problems += told
                except AnsibleActionFail as error:
                    # No tunnel on that side: the trial says of each whether that will do.
                    problems += [error.message] if any(getattr(each, side) for each in trial.tunnels) else []
                except saved.SavedOutputsError as error:
                    raise AnsibleActionFail(str(error)) from None
            sides.append(found)
        return decide(trial, sides[0], sides[1], settings, tuple(dict.fromkeys(problems)))


def _words(args: Mapping[str, Any]) -> Iterator[str]:
    """The command line of the trial."""
    for name, option in {**_FOLDERS, **_WORDS}.items():
        if args[name]:
            yield f"{option}={args[name]}"
    for name, option in _LISTS.items():
        if args[name]:
            yield f"{option}={','.join(args[name])}"
    yield from (f"--ignore={each}" for each in args["ignore"])
    yield from (f"--release={device}={release}" for device, release in args["releases"].items())
    yield from ["--all"] if args["everything"] else []
