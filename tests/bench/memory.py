# SPDX-License-Identifier: GPL-3.0-or-later
"""The peak memory of this process."""

from __future__ import annotations

import re
from pathlib import Path


def peak_megabytes() -> float:
    """The peak since this program began. That of ``getrusage`` holds the size of whoever started it, too."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found
    return int(found[1]) / 1024
