# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody has stopped all clears and hardenings."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="kill-switch",
    stage=Stage.MOMENT,
    order=10,
    holds="Nobody has stopped all clears and hardenings",
    rationale="During a maintenance, or while a healer misbehaves, one file or one variable must stop them all.",
    default="the file STOP in the reports folder, which stops hardenings too; enabled",
    lift="Ask whoever stopped it. Then take the file away, or set remediate_enabled to true; --check still plans.",
    variable="remediate_kill_switch, remediate_enabled",
)

FILE = "STOP"
"""Its name in the folder of the reports, unless another is given."""

_SHOWN = 200


def seen(situation: Situation) -> str:
    if situation.killed:
        return f"every clear is stopped: {situation.killed}"
    return "" if situation.settings.enabled else "every clear is stopped: remediate_enabled is false"


def read(path: str) -> str:
    """What the kill switch says: the file with its first line; nothing where no such file is.

    A file that cannot be looked at stops everything, too.
    """
    if not path:
        return ""
    file = Path(path).expanduser()
    try:
        # A link to nowhere was put there as well.
        mode = file.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"the kill switch {file} cannot be looked at ({error.strerror}), and counts as thrown"
    line = ""
    # What is no file, such as a pipe, might never end.
    if stat.S_ISREG(mode):
        with contextlib.suppress(OSError), file.open(encoding="utf-8", errors="replace") as lines:
            line = "".join(each for each in lines.readline(_SHOWN) if each.isprintable()).strip()
    return f"the kill switch {file} is there{f': {line}' if line else ''}"
