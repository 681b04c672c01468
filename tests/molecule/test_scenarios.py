# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Molecule scenario runs through, offline, as `molecule test -s NAME` does by hand."""

from __future__ import annotations

import os
import re
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
    counted = re.search(r"successful=(\d+).*missing=(\d+).*failed=(\d+)", done.stdout)
    assert counted, done.stdout[-1000:]
    assert [int(number) for number in counted.groups()] == [len(sequence), 0, 0]
