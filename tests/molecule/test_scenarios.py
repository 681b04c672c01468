# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Molecule scenario runs through, offline, as `molecule test -s NAME` does by hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.parent for path in ROOT.glob("molecule/*/molecule.yml"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_scenario(scenario: Path) -> None:
    sequence = yaml.safe_load((scenario / "molecule.yml").read_text(encoding="utf-8"))["scenario"]["test_sequence"]
    # Nobody answers there: whatever wants the network does not get it.
    offline = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("molecule")), "test", "-s", scenario.name],
        cwd=ROOT,
        env={**os.environ, **offline, "NO_COLOR": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    # Molecule looks for a scenario `default` before any other, and says so in red where there is none.
    assert "CRITICAL" not in done.stdout, done.stdout[:1000]
    counted = re.search(r"successful=(\d+).*missing=(\d+).*failed=(\d+)", done.stdout)
    assert counted, done.stdout[-1000:]
    assert [int(number) for number in counted.groups()] == [len(sequence), 0, 0]


def test_the_gate_takes_two_revisions_of_a_repository(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        subprocess.run(["git", "-C", str(tmp_path / "repo"), *who, *words], check=True, capture_output=True)

    shutil.copytree(ROOT / "molecule" / "gate" / "before", tmp_path / "repo")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "before")
    branch = tmp_path / "repo" / "branch.cfg"
    branch.write_text(branch.read_text().replace("set pfs group14", "set pfs group19"))
    git("commit", "-qam", "after")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("molecule")), "test", "-s", "gate"], cwd=ROOT, text=True,
        env={
            **os.environ, "NO_COLOR": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PWD": str(tmp_path), "GATE_REPO": "repo", "GATE_FROM": "HEAD~1", "TUNNELMEND_REPORTS": "out",
        },
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout
    # What is seen last is the verdict, and not how something could not be taken down.
    assert "UNREACHABLE" not in done.stdout
    comment = (tmp_path / "out" / "latest" / "gate.md").read_text()
    assert comment.startswith("## ✖ Gate failed: the tunnel would not survive this change\n")
