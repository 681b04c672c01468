# SPDX-License-Identifier: GPL-3.0-or-later
"""The static server from the client's side; importing it must cost a client that is measured nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOSTNAME = "hub"
USER = "bench"
# No secret: it opens this server alone, on loopback.
PASSWORD = "bench"
LOGIN_ANSWERS = {
    "show curpriv": f"Username : {USER}\nCurrent privilege level : 15\nCurrent Mode/s : P_PRIV\n",
    "show pager": "no pager\n",
}


@dataclass(frozen=True)
class Served:
    """Where a server listens, and the file that holds its host key."""

    port: int
    known_hosts: Path


@contextmanager
def serving(texts: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """A server in a process of its own; ``texts`` is what it answers by command."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "texts.json").write_text(json.dumps({**LOGIN_ANSWERS, **texts}), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.server", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Served(int(process.stdout.readline()), folder / "known_hosts")
        finally:
            process.terminate()
