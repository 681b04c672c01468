# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time on a tunnel: who is at work is named, and a run that died keeps nobody out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import BusyError, RunFolder, RunFolderError

PAIR = "198.51.100.1-203.0.113.1"


def test_who_holds_it_is_named_and_it_is_free_afterwards(tmp_path: Path) -> None:
    one, other = RunFolder.start(tmp_path, "remediate", 0.0), RunFolder.start(tmp_path, "harden", 60.0)
    with one.lock(PAIR), pytest.raises(BusyError, match=f"^{one.id}$"), other.lock(PAIR):
        pytest.fail("both hold it")
    with other.lock(PAIR), pytest.raises(BusyError, match=f"^{other.id}$"), one.lock(PAIR):
        pytest.fail("both hold it")


def test_another_pair_is_another_lock(tmp_path: Path) -> None:
    one, other = RunFolder.start(tmp_path, "remediate", 0.0), RunFolder.start(tmp_path, "harden", 60.0)
    with one.lock(PAIR), other.lock("192.0.2.1-203.0.113.1"):
        assert one.id != other.id


HOLD = """
import os, pathlib, sys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
with RunFolder(pathlib.Path(sys.argv[1])).lock(sys.argv[2]):
    os.kill(os.getpid(), 9)
"""


def test_a_run_that_died_keeps_nobody_out(tmp_path: Path) -> None:
    dead, alive = RunFolder.start(tmp_path, "remediate", 0.0), RunFolder.start(tmp_path, "remediate", 60.0)
    path = [str(Path(__file__).parents[1] / ".collections")]
    done = subprocess.run(
        [sys.executable, "-c", HOLD, str(dead.path), PAIR],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        check=False,
    )
    assert done.returncode == -9
    assert (tmp_path / f".lock-{PAIR}").read_text() == dead.id
    with alive.lock(PAIR):
        assert (tmp_path / f".lock-{PAIR}").read_text() == alive.id


def test_a_lock_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    run = RunFolder.start(tmp_path, "harden", 0.0)
    (tmp_path / f".lock-{PAIR}").mkdir()
    with pytest.raises(RunFolderError, match=r"\.lock-198.* cannot be written: "), run.lock(PAIR):
        pytest.fail("it was taken")
