# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said on the screen while a run is under way."""

from __future__ import annotations

import time

from ansible.utils.display import Display

display = Display()


def say(words: str, color: str | None = None) -> None:
    """One line with the time of the place, below the task that Ansible shows."""
    display.display(f"  {time.strftime('%H:%M:%S')} {words}", color=color)
