# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said on the screen while a run is under way."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import table
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import tunnel

display = Display()

# Asked while this is the controller's own process, which the callback loads it in: a worker has no terminal any more.
WIDTH = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
EVERY = telling.WATCHED if sys.stdout is not None and sys.stdout.isatty() else telling.LOGGED


def say(words: str, color: str | None = None) -> None:
    """One line with the time of the place, below the task that Ansible shows."""
    display.display(f"  {time.strftime('%H:%M:%S')} {words}", color=color)


def show(lines: Iterable[telling.Line]) -> None:
    """Lines of the five parts; a heading is set apart."""
    # Ansible's own highlight is white, which a light terminal does not show.
    tones = {"bad": C.COLOR_ERROR, "warn": C.COLOR_WARN, "good": C.COLOR_OK, "part": "cyan"}
    for line in lines:
        display.display(line.text, color=tones.get(line.tone))


def wait(ticks: Iterable[telling.Tick]) -> None:
    """A wait that is told piece by piece."""
    for tick in ticks:
        show([tick.line])
        time.sleep(tick.seconds)


def now(judgement: Judgement) -> None:
    """The first part: the tunnel as it was read, with its arrows."""
    lines = [telling.Line(f"  {each.text}", each.tone) for each in table.now(tunnel(judgement), WIDTH - 2)]
    show([telling.Line("NOW", "part"), *lines])
