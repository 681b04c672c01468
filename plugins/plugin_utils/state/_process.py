# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the process that holds something still lives, told from a later one that got its number."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def host() -> str:
    """Where the numbers of processes count: one boot of one kernel, and one container of it. Empty when not known.

    A name would not do: containers share one, and so do machines that were cloned.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def started(pid: int) -> int | None:
    """The clock ticks from the boot to the start of this process; 0 when it is dead, ``None`` when nobody may know."""
    try:
        # The second field is the command's name in brackets, and may have blanks and brackets of its own: proc(5).
        fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    # One that was killed keeps its number until its parent asks for it.
    return 0 if fields[0] in (b"Z", b"X") else int(fields[19])


def lives(pid: int, since: int) -> bool:
    """Whether the process of this number is still the one that started then. In doubt it lives.

    ``/proc`` may hide the processes of other users (``hidepid``): that one is not seen there is no proof.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    now = started(pid)
    return now is None or now == since or (since == 0 and now > 0)
