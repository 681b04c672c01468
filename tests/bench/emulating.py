# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: a hub and its spokes come up, and each spoke talks for a minute, at growing sizes.

``exponent`` is the slope of the last step, and 1.00 is linear.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lab import generate
from lab.site import Lab

SIZES = (100, 300, 1_000)
QUICK = (5, 10)


def emulate(spokes: int) -> Lab:
    """A packet every ten seconds for each spoke, however many there are."""
    site = generate.hub(spokes)
    flows = [{**flow, "every": "10s"} for flow in site.data["flows"]]
    lab = Lab(replace(site, data={**site.data, "flows": flows}), wall=lambda: 0.0)
    lab.advance(60)
    return lab


def report(sizes: Sequence[int]) -> Iterator[str]:
    """The table as Markdown, line by line."""
    yield "### A hub and its spokes for a minute, seconds of CPU by spokes"
    yield ""
    yield "| " + " | ".join(f"{size:,}" for size in sizes) + " | exponent |"
    yield "|" + " ---: |" * (len(sizes) + 1)
    seconds = []
    for size in sizes:
        began = time.process_time()
        emulate(size)
        seconds.append(time.process_time() - began)
    slope = math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])
    yield "| " + " | ".join(f"{each:.2f}" for each in seconds) + f" | {slope:.2f} |"
    yield ""
