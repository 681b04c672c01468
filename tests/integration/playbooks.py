# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the playbooks as a user does, in a process of their own, and reads what they leave behind."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.testing import RunningLab

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("ansible-playbook"))
# All that a run may type at a device before it clears anything, passwords apart.
HARMLESS = ("show ", "terminal ", "no terminal pager", "enable", "exit")


@dataclass(frozen=True)
class Run:
    """How a run ended, what was on the screen (errors included), and its reports folder."""

    code: int
    screen: str
    reports: Path

    @property
    def words(self) -> str:
        """The screen with every fold of a line undone, and the quotes that YAML doubles."""
        return " ".join(self.screen.replace("''", "'").split())

    @property
    def latest(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.reports / "latest" / "report.json").read_text(encoding="utf-8"))
        return document

    @property
    def tunnel(self) -> dict[str, Any]:
        (only,) = self.latest["tunnels"]
        assert isinstance(only, dict)
        return only

    @property
    def journal(self) -> list[dict[str, Any]]:
        (path,) = self.reports.glob("*-remediate/journal.jsonl")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass
class Playbooks:
    """Playbooks against one lab, or against none; ``variables`` are given to each run with ``-e``."""

    lab_dir: Path
    reports: Path
    variables: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, playbook: str, *flags: str, **variables: Any) -> tuple[list[str], dict[str, str]]:
        """What starts a run, and the environment that it needs."""
        given = {"reports_dir": str(self.reports), "collect_interval": 2, **self.variables, **variables}
        if Path(playbook).stem == "remediate":
            # Ten minutes of watching belong to the tests that are about them.
            given.setdefault("remediate_soak", 0)
        path = playbook if "." in playbook else str(ROOT / "playbooks" / f"{playbook}.yml")
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "LAB_DIR": str(self.lab_dir),
            "ANSIBLE_NOCOLOR": "1",
            "PYTHONUNBUFFERED": "1",
            **self.environment,
        }
        return [COMMAND, path, *flags, "-e", json.dumps(given)], environment

    def start(self, playbook: str, *flags: str, **variables: Any) -> subprocess.Popen[str]:
        """Start a run in a process group of its own, with no terminal."""
        command, environment = self.command(playbook, *flags, **variables)
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def at_a_terminal(self, playbook: str, *typed: tuple[str, str], **variables: Any) -> Run:
        """Run it at a terminal of its own, and type each text once its words are on the screen."""
        command, environment = self.command(playbook, **variables)
        pid, terminal = pty.fork()
        if not pid:
            os.chdir(ROOT)
            os.execve(command[0], command, environment)
        screen, seen, left = "", 0, list(typed)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    screen += os.read(terminal, 4096).decode(errors="replace")
                except OSError:
                    break
            if left and (at := screen.find(left[0][0], seen)) >= 0:
                seen = at + len(left[0][0])
                time.sleep(0.5)  # what is typed before the terminal is in its raw mode is read as lines
                os.write(terminal, left.pop(0)[1].encode())
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        return Run(os.waitstatus_to_exitcode(status), screen.replace("\r", ""), self.reports)

    def processes(self) -> list[int]:
        """Those that are alive, by their command line; Ansible's workers share that of their parent."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(self.reports) in path.read_text(encoding="utf-8", errors="replace"):
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def ended(self, process: subprocess.Popen[str], before: str = "") -> Run:
        screen, _ = process.communicate(timeout=180)
        return Run(process.returncode, before + screen, self.reports)

    def run(self, playbook: str, *flags: str, **variables: Any) -> Run:
        return self.ended(self.start(playbook, *flags, **variables))

    def audit(self, *flags: str, **variables: Any) -> Run:
        return self.run("audit", *flags, **variables)

    def remediate(self, *flags: str, **variables: Any) -> Run:
        return self.run("remediate", *flags, **{"tunnel": "hq-branch", "remediate_verify_interval": 3, **variables})


def interrupt_while_arming(lab: RunningLab, process: subprocess.Popen[str], device: str) -> None:
    """Press Ctrl-C while a device that was read twice is asked again which unit it is."""
    _wait_for(lab, device, "exit", 2)
    for name in lab.devices:
        lab.quirk(name, "slow=0.3")
    _wait_for(lab, device, "show failover", 2)
    os.killpg(process.pid, signal.SIGINT)


def _wait_for(lab: RunningLab, device: str, line: str, times: int) -> None:
    deadline = time.monotonic() + 60
    while lab.lines(device).count(line) < times:
        assert time.monotonic() < deadline, lab.lines(device)
        time.sleep(0.05)


def playbooks(lab: RunningLab, reports: Path) -> Playbooks:
    return Playbooks(lab.dir, reports)


def harmful(lab: RunningLab) -> list[str]:
    """Every line that either device received and that is not known to change nothing."""
    received = [entry for entry in lab.record() if entry["mode"] != "password" and entry["line"].strip()]
    return [f"{each['device']}: {each['line']}" for each in received if not each["line"].startswith(HARMLESS)]


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What a run shows up to the line that holds these words."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"{words!r} never came in {seen}")
