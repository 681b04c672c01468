# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs through Ansible and SSH: a playbook is ended by force at a chosen line, and a second one must tell the truth."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.testing import RunningLab, running_lab
from tests.chaos import planted
from tests.chaos.invariants import ALL as IN_MEMORY
from tests.chaos.invariants import Verdict
from tests.chaos.record import PEERS, Record
from tests.chaos.report import Summary
from tests.integration.playbooks import ROOT, Playbooks

#: Those of the runs in memory that a lab behind SSH can witness, and what only a real process shows.
ALL = {name: IN_MEMORY[name] for name in ("harmless", "armed", "scoped", "check-mode", "gap", "once", "recorded")} | {
    "outcome": IN_MEMORY["outcome"],
    "told": "the run after one that was ended by force tells the truth, and mends or refuses",
    "secrets": "no planted key or password stands in any artefact, log or screen",
    "left": "no process of a run outlives it",
}
#: The lines of a remediation after which it is ended, each with how often it was typed before the mending, by device.
LINES = {
    "show failover": 1,
    "show version": 2,
    "show crypto ipsec sa peer": 0,
    "clear": 0,
    "ping": 0,
    "show crypto isakmp sa": 2,
    "show clock": 0,
}
ENDS = ("SIGKILL", "SIGKILL", "SIGINT", "SIGTERM", "SIGKILL of the parent", "nothing")
#: What a remediation leaves besides its reports.
SEARCHED = {"state.sqlite", "decisions.jsonl", "report.json"}
#: For a whole run, and for what a run that was ended still does.
PATIENCE = 150.0


@dataclass(frozen=True)
class Case:
    seed: int
    fault: str
    end: str
    device: str
    line: str
    delay: float
    slow: bool
    quirk: str
    check: bool
    verbose: bool
    vaulted: bool
    audit: bool

    def __str__(self) -> str:
        parts = [self.fault, f"{self.end} {self.delay:.2f} s after {self.device} got {self.line!r}"]
        parts += [f"quirk {self.quirk}"] if self.quirk else []
        words = {"slow": self.slow, "check": self.check, "-vvvv": self.verbose, "vault": self.vaulted}
        return "; ".join([*parts, *(word for word, on in words.items() if on)])


def draw(seed: int) -> Case:
    """The case of a seed. Most ends fall between the first comparison and the proof."""
    dice = random.Random(f"chaos-ansible/{seed}")
    return Case(
        seed,
        dice.choice(("deletion-retry", "deletion-retry", "lost-peer")),
        dice.choice(ENDS),
        dice.choice(("hq", "branch")),
        dice.choices(list(LINES), (1, 2, 3, 6, 2, 3, 1))[0],
        dice.choice((0.0, 0.0, dice.uniform(0, 0.4))),
        dice.random() < 0.5,
        dice.choice(("", "", "", "branch refuse-clear", "hq refuse-clear", "branch hang=clear")),
        seed % 10 == 3,
        seed % 3 == 0,
        seed % 2 == 0,
        dice.random() < 0.4,
    )


def variables() -> dict[str, Any]:
    """Short waits, as far as the role knows them."""
    known = yaml.safe_load((ROOT / "roles" / "remediate" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    wanted = {
        "remediate_verify_interval": 2,
        "remediate_verify_timeout": 25,
        "remediate_soak": 0,
        "remediate_cool_down": 0,
        "remediate_max_attempts": 1000,
        "remediate_max_per_day": 1000,
    }
    return {"collect_interval": 1, **{name: value for name, value in wanted.items() if name in known}}


@dataclass
class Stage:
    """One lab and all runs against it. What a run may write lies in ``left``, and all of it is searched."""

    case: Case
    lab: RunningLab
    left: Path
    books: Playbooks
    flags: list[str]
    screens: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @classmethod
    def of(cls, case: Case, lab: RunningLab, folder: Path) -> Stage:
        left = folder / "left"
        left.mkdir()
        logs = {
            "ANSIBLE_LOG_PATH": str(left / "ansible.log"),
            "ANSIBLE_HOME": str(left / "home"),
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
        }
        books = Playbooks(lab.dir, left / "reports", variables(), logs)
        flags = planted.flags(folder / "given", case.vaulted) + (["-vvvv"] if case.verbose else [])
        return cls(case, lab, left, books, flags)

    def start(self, playbook: str, *flags: str) -> subprocess.Popen[str]:
        named = {"tunnel": "hq-branch", "confirm": "hq-branch"} if playbook == "remediate" else {}
        return self.books.start(playbook, *self.flags, *flags, **named)

    def record(self) -> list[dict[str, Any]]:
        return sorted(self.lab.record(), key=lambda entry: entry["wall"])

    def healthy(self) -> bool:
        """What the lab says: the SPIs mirror, and its hosts have had an answer in the last seconds."""
        status = self.lab.status()
        answered = [flow["seconds_since_answer"] for flow in status["flows"]]
        return bool(status["mirrors"]) and all(each is not None and each < 4 for each in answered)


def play(case: Case) -> Summary:
    """A run that is ended by force, whatever is left of it, and the runs after it."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(temporary)
        with running_lab(dir=folder / "lab", fault=case.fault) as lab:
            stage = Stage.of(case, lab, folder)
            if case.quirk:
                lab.quirk(*case.quirk.split(" ", 1))
            outcomes = [_ended_by_force(stage)]
            for device in lab.devices:
                lab.quirk(device, clear=True)
            if case.audit:
                outcomes.append(_audited(stage))
            outcomes.append(_afterwards(stage))
            told = [f"{each['virtual'][11:]} {each['device']:<7} {each['line']}" for each in stage.record()]
        verdict = stage.verdict
        hits = list(planted.found(stage.left, *stage.screens))
        verdict.check("secrets", not hits, "; ".join(hits))
        absent = SEARCHED - {path.name for path in stage.left.rglob("*")}
        verdict.check("secrets", not absent, f"{' and '.join(sorted(absent))} was not there to be searched")
    story = [line for screen in stage.screens for line in screen.splitlines()[-40:]] + told
    return Summary(
        f"seed {case.seed}: {case}",
        f"python -m tests.chaos --ansible-seed {case.seed}",
        tuple(outcomes),
        tuple(verdict.violations),
        verdict.exercised,
        tuple(story) if verdict.violations else (),
    )


def many(seeds: range) -> Iterator[Summary]:
    """These cases, in order, two labs at a time."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(play, map(draw, seeds))


# --- one run ---------------------------------------------------------------------------------------------------------


def _ended_by_force(stage: Stage) -> str:
    case = stage.case
    process = stage.start("remediate", *(["--check"] if case.check else []))
    forced = case.end != "nothing" and _wait_for_its_line(stage, process)
    if forced:
        time.sleep(case.delay)
        _end(stage, process)
    screen = _screen(stage, process)
    outcome, text = _report(stage, 0)
    told = Record(stage, stage.record(), f"{text} {screen}", 0)
    told.judge(outcome, forced)
    if case.check:
        stage.verdict.check("check-mode", not told.clears, "a check cleared")
    return f"{outcome or 'killed'}"


def _wait_for_its_line(stage: Stage, process: subprocess.Popen[str]) -> bool:
    """Whether the chosen device got the chosen line before the run came to its own end."""
    case, slowed = stage.case, False
    while process.poll() is None:
        lines = stage.record()
        typed = [each["line"] for each in lines if each["device"] == case.device]
        # What is kept for the evidence alone is no part of the mending.
        if sum(line.startswith(case.line) and line != "show failover state" for line in typed) > LINES[case.line]:
            return True
        left = [each["device"] for each in lines if each["line"] == "exit"]
        if case.slow and not slowed and all(left.count(device) >= 2 for device in PEERS):
            # From here on it mends: what is slow is hit in the midst of it.
            slowed = True
            for device in PEERS:
                stage.lab.quirk(device, "slow=0.2")
        time.sleep(0.03)
    return False


def _end(stage: Stage, process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        match stage.case.end:
            case "SIGINT":
                os.killpg(process.pid, signal.SIGINT)
            case "SIGTERM":
                process.terminate()
            case "SIGKILL of the parent":
                process.kill()
            case _:
                for number in stage.books.processes():
                    os.kill(number, signal.SIGKILL)


def _screen(stage: Stage, process: subprocess.Popen[str]) -> str:
    """Wait for the run and for every process of it."""
    screen, _ = process.communicate(timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while (left := stage.books.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    stage.verdict.check("left", not left, f"{len(left)} processes are still there")
    for number in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    stage.screens.append(screen)
    return screen


def _report(stage: Stage, number: int) -> tuple[str, str]:
    """Outcome and text of the remediation of this number, in the order of their start; empty when it left none."""
    folders = sorted(stage.books.reports.glob("*-remediate*"))
    path = folders[number] / "report.json" if number < len(folders) else None
    if path is None or not path.is_file():
        return "", ""
    run = json.loads(path.read_text(encoding="utf-8"))["run"]
    return str(run.get("outcome") or ""), str(run.get("outcome_text") or "")


def _audited(stage: Stage) -> str:
    before = stage.healthy()
    process = stage.start("audit")
    _screen(stage, process)
    (tunnel,) = json.loads((stage.books.reports / "latest" / "report.json").read_text(encoding="utf-8"))["tunnels"]
    verdict, after = tunnel["verdict"], stage.healthy()
    told = {"healthy": before or after, "broken": not (before and after)}.get(verdict, True)
    stage.verdict.check("told", told, f"the audit says {verdict}; the lab: healthy {before} before, {after} after it")
    return f"audit: {verdict}"


def _afterwards(stage: Stage) -> str:
    begin, before = len(stage.record()), stage.healthy()
    number = len(list(stage.books.reports.glob("*-remediate*")))
    screen = _screen(stage, stage.start("remediate"))
    outcome, text = _report(stage, number)
    told = Record(stage, stage.record()[begin:], f"{text} {screen}", number)
    told.judge(outcome, False)
    after = stage.healthy()
    fine = {"healed": after, "no_change": before or after}.get(outcome, outcome.startswith("aborted_gate:"))
    stage.verdict.check("told", fine, f"the next run says {outcome or 'nothing'}, the lab {before}, then {after}")
    left = [each for each in told.attempts() if each["outcome"] is None]
    closed = not left or outcome.startswith("aborted_gate:")
    stage.verdict.check("told", closed, f"the next run says {outcome}, and the state leaves open {left}")
    return f"then {outcome}"
