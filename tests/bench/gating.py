# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate's trial: pairs of devices whose configurations all change, at growing numbers, on all processors."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lab.trial.run import Wish, trial
from lab.trial.texts import from_folder

SIZES = (1, 10, 100)
QUICK = (1, 2)
EXAMPLE = Path(__file__).resolve().parents[2] / "molecule" / "gate" / "before"


def texts(pairs: int, *, changed: bool) -> dict[str, tuple[str, str]]:
    """The example of the gate so many times, each with addresses of its own; changed, both ends have another PFS."""
    found = {}
    for name, (_, text) in from_folder(EXAMPLE).items():
        for number in range(1, pairs + 1):
            said = text.replace("198.51.100.", f"198.51.{number}.").replace("203.0.113.", f"203.0.{number}.")
            said = said.replace(f"hostname {name}\n", f"hostname {name}{number}\n")
            said = said.replace("set pfs group14", "set pfs group19") if changed else said
            found[f"{name}{number}"] = f"{name}{number}.cfg", said
    return found


def tried(pairs: int) -> dict[str, Any]:
    """The document of a trial of so many pairs."""
    with tempfile.TemporaryDirectory() as folder:
        return trial(Wish(texts(pairs, changed=False), texts(pairs, changed=True)), Path(folder))


def report(sizes: Sequence[int]) -> Iterator[str]:
    """The table as Markdown, line by line."""
    yield "### A change of both ends, seconds by pairs of devices"
    yield ""
    yield "| " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|" + " ---: |" * len(sizes)
    seconds = []
    for size in sizes:
        began = time.monotonic()
        tried(size)
        seconds.append(time.monotonic() - began)
    yield "| " + " | ".join(f"{each:.1f}" for each in seconds) + " |"
    yield ""
