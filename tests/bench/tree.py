# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command costs with all its descendants: ``python -m tests.bench.tree SECONDS COMMAND...`` prints JSON.

``network_cli`` keeps a process a host that leaves its parent. Linux gives orphans to the nearest ancestor that asks
for them (PR_SET_CHILD_SUBREAPER). This process does, and so it waits for every descendant and adds up what the kernel
says each has used. Nothing is sampled but memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 0.2
# The processes of network_cli wait half a minute for a next play, which costs nothing but the reader's time.
_GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Cost:
    """``wall`` and ``cpu`` in seconds; ``own_mb`` is the command's own peak, ``all_mb`` that of all at one moment.

    ``all_mb`` counts a page that several processes share once (PSS). ``status`` is None when time ran out.
    """

    wall: float
    cpu: float
    own_mb: float
    all_mb: float
    processes: int
    status: int | None


def cost(command: Sequence[str], env: Mapping[str, str], limit: float, log: Path) -> Cost:
    """Run a command in a process of its own that counts; what it prints goes to ``log``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.tree", str(limit), str(log), *command],
        cwd=ROOT,
        env={**env, "PYTHONPATH": f"{ROOT}/.collections:{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Cost(**json.loads(done.stdout))


def measure(limit: float, log: Path, command: Sequence[str]) -> Cost:
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this kernel gives no orphans to a subreaper; the benchmark needs Linux")
    watch = Watch(limit)
    began = time.monotonic()
    with log.open("wb") as output:
        first = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    threading.Thread(target=watch.run, daemon=True).start()
    wall = cpu = own = 0.0
    status, processes = 0, 0
    # Each usage holds that of the children its process waited for; the others come here.
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, code, usage = os.wait4(-1, 0)
            cpu += usage.ru_utime + usage.ru_stime
            processes += 1
            if pid == first.pid:
                wall, status = time.monotonic() - began, os.waitstatus_to_exitcode(code)
                own = usage.ru_maxrss / 1024
                watch.first_ended()
    return Cost(wall, cpu, own, max(watch.peak, own), processes, None if watch.ran_out else status)


class Watch:
    """Samples the memory of all descendants, and ends what is left when time runs out or the command has ended."""

    def __init__(self, limit: float) -> None:
        self._limit = time.monotonic() + limit
        self._leftover = math.inf
        self.peak = 0.0
        self.ran_out = False

    def first_ended(self) -> None:
        self._leftover = time.monotonic() + _GRACE_SECONDS

    def run(self) -> None:
        while True:
            began = time.monotonic()
            pids = descendants(os.getpid())
            self.peak = max(self.peak, sum(map(proportional, pids)))
            now = time.monotonic()
            self.ran_out = self.ran_out or (now > self._limit and self._leftover == math.inf)
            if self.ran_out or now > self._leftover:
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            # Of hundreds of processes a sample takes long; it must not take the processor from what is measured.
            time.sleep(max(_SAMPLE_SECONDS, 20 * (time.monotonic() - began)))


def descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found, left = [], [root]
    while left:
        below = children.get(left.pop(), [])
        found += below
        left += below
    return found


def proportional(pid: int) -> float:
    """A process's share of memory in MB; nothing for one that has just ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    print(json.dumps(asdict(measure(float(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))))
