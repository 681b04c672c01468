# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step is."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Phase(enum.IntEnum):
    """The order of a remediation is the order of these members.

    What is configured by a list is added to at every end in ``ADD``, and the old taken off it in ``REMOVE``.
    """

    CLEAR = 1
    STIMULATE = 2
    CONFIGURE = 3
    ADD = 4
    REMOVE = 5

    def __str__(self) -> str:
        return self.name.lower()


class UnsafeStepError(ValueError):
    """A step that cannot be typed without risk; nothing of it was sent."""


@dataclass(frozen=True)
class Step:
    """What one device is told.

    ``commands`` are typed in privileged mode, or in configuration mode when ``configure`` is true. ``undo`` takes the
    step back in the same mode; it is empty where ``undo_note`` says why nothing needs to be taken back.
    """

    device: str
    phase: Phase
    commands: tuple[str, ...]
    interrupts: str
    proof: str
    configure: bool = False
    undo: tuple[str, ...] = ()
    undo_note: str = ""
