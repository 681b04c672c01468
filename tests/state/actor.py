# SPDX-License-Identifier: GPL-3.0-or-later
"""Another process that works on a state as it is told, line by line; it can be killed at any point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    BusyError,
    Lease,
    LimitError,
    Owner,
    Phase,
    State,
)

ROOT = Path(__file__).resolve().parents[2]


class Actor:
    """The process, seen from the test."""

    def __init__(self, url: str, run: str) -> None:
        path = os.pathsep.join([str(ROOT / ".collections"), str(ROOT)])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.state.actor", url, run],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        assert self.answer() == "ready"

    def tell(self, do: str, **given: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ask(self, do: str, **given: Any) -> Any:
        self.tell(do, **given)
        return self.answer()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


def act(url: str, run: str) -> None:
    """The process itself."""
    print(json.dumps("ready"), flush=True)
    state: State | None = None
    lease: Lease | None = None
    attempt = 0
    for line in sys.stdin:
        match json.loads(line):
            case {"do": "open", "at": at}:
                _until(at)
                state = State.open(url)
                answer = "opened"
            case {"do": "lease", "pair": pair, "now": now, "at": at}:
                state = state or State.open(url)
                _until(at)
                try:
                    lease = state.lease(pair, Owner.here(run, "hq-branch", "ctl-1"), now, 600.0)
                    answer = "took over" if lease.why else "won"
                except BusyError as busy:
                    answer = busy.holder.owner.run
            case {"do": "attempt", "phase": name, "now": now}:
                assert state is not None
                assert lease is not None
                attempt = state.begin(lease, "clear_ipsec_sa", [("hq", "clear crypto ipsec sa peer 203.0.113.1")], now)
                for phase in list(Phase)[1 : list(Phase).index(Phase(name)) + 1]:
                    state.advance(attempt, phase, now + 1)
                answer = str(attempt)
            case {"do": "begin", "now": now, "most": most, "at": at}:
                assert state is not None
                assert lease is not None
                _until(at)
                try:
                    state.begin(lease, "clear_ipsec_sa", [], now, most)
                    answer = "begun"
                except LimitError as full:
                    answer = f"full: {full.count}"
            case {"do": "shadow", "pair": pair, "times": times, "at": at}:
                state = state or State.open(url)
                _until(at)
                for _ in range(times):
                    state.would_have_acted(pair, 0.0)
                answer = "counted"
            case other:
                answer = f"not known: {other}"
        print(json.dumps(answer), flush=True)


def _until(at: float) -> None:
    """Two processes that wait here go on at once; a loop, since a sleeping one may wake late."""
    while time.time() < at:
        pass


if __name__ == "__main__":
    act(*sys.argv[1:])
