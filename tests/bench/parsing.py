# SPDX-License-Identifier: GPL-3.0-or-later
"""Our parsers and their peers on the same texts, side by side in one run: a Markdown table a kind of text.

A number is the median of the repetitions, each in a process of its own, in seconds of CPU. ``exponent`` is the slope of
the last tenfold step: 1.00 is linear. A reader that finds another number of SPIs than the text holds is marked.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import texts
from tests.bench.texts import Text

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10, 100, 1_000, 10_000)
QUICK = (10, 100)
REPETITIONS = 3
SA_READERS = ("ours", "floor", "textfsm", "ttp", "ntc_templates")
CONFIG_READERS = ("our_config", "hier_config", "ciscoconfparse2")


@dataclass(frozen=True)
class Measured:
    """``right`` says that as many blocks and SPIs were found as there are."""

    seconds: float
    megabytes: float
    right: bool


def measure(reader: str, path: Path, text: Text) -> Measured | str:
    """The median of the repetitions, or why the reader failed."""
    found = []
    for _ in range(REPETITIONS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.readers", reader, str(path)],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}/.collections:{ROOT}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stderr.strip().splitlines()[-1][:80]
        found.append(json.loads(done.stdout))
    right = found[0]["blocks"] == text.blocks and found[0]["spis"] in (text.spis, 0)
    return Measured(
        statistics.median(each["seconds"] for each in found), max(each["megabytes"] for each in found), right
    )


def table(title: str, readers: Sequence[str], made: Sequence[tuple[int, Text]]) -> Iterator[str]:
    """The lines of one table; the first reader is ours, and the others are told as multiples of it."""
    sizes = [size for size, _ in made]
    yield f"### {title}"
    yield ""
    yield "| reader | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent | peak MB | times ours |"
    yield "| --- |" + " ---: |" * (len(sizes) + 3)
    ours: float | None = None
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for size, text in made:
            path = Path(folder) / f"{size}.txt"
            path.write_text(text.text, encoding="utf-8")
            paths.append(path)
        for reader in readers:
            results = []
            for path, (size, text) in zip(paths, made, strict=True):
                print(f"  {title}: {reader}, {size:,}", file=sys.stderr)
                results.append(measure(reader, path, text))
            last = results[-1]
            cells = [f"{r.seconds:.4f}{'' if r.right else ' *'}" if isinstance(r, Measured) else r for r in results]
            if isinstance(last, Measured):
                ours = ours or last.seconds
                before = results[-2]
                slope = (
                    f"{math.log(last.seconds / before.seconds) / math.log(sizes[-1] / sizes[-2]):.2f}"
                    if isinstance(before, Measured)
                    else ""
                )
                cells += [slope, f"{last.megabytes:.0f}", f"{last.seconds / ours:.2f}"]
            else:
                cells += ["", "", ""]
            yield f"| {reader} | {' | '.join(cells)} |"
    yield ""


def report(sizes: Sequence[int]) -> Iterator[str]:
    """The tables as Markdown, line by line."""
    for title, detail in (("show crypto ipsec sa", False), ("show crypto ipsec sa detail", True)):
        made = [(size, texts.ipsec_sa(size, detail=detail)) for size in sizes]
        yield from table(f"`{title}`, seconds of CPU by tunnels", SA_READERS, made)
    made = [(size, texts.running_config(size)) for size in sizes]
    yield from table("`show running-config`, seconds of CPU by crypto map entries", CONFIG_READERS, made)
