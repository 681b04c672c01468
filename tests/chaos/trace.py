# SPDX-License-Identifier: GPL-3.0-or-later
"""What the witnesses saw, in order: every line a device got, what its engine carried out, the journal, the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

#: SPIs of one device towards its peer: inbound and outbound ones.
Spis = tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    ``kind`` is one of ``login``; ``received``: a device got this line; ``carried``: its engine carried a clear out;
    ``answered``: the answer reached the run whole; ``spoiled``: it did not, or not as the device meant it; ``closed``:
    the login broke; ``left``: the run ended it; ``note`` and ``note-refused``; ``state``: how far the state said that
    a run came when a clear was received; ``found``: an attempt of the run ``asked`` that came to no end; ``taken``:
    the lease; ``event``: chaos did something; ``stop``; ``phase``; ``result``.
    ``device`` is the real one, ``asked`` the one that the run meant. ``healthy`` is what the engine says of the tunnel
    right before it (packets pass both ways), ``mirrors`` the same of its SPIs alone, ``spis`` what the ends hold.
    """

    order: int
    time: float
    kind: str
    actor: str = ""
    device: str = ""
    asked: str = ""
    session: int = 0
    text: str = ""
    healthy: bool = False
    mirrors: bool = False
    spis: tuple[Spis, Spis] | None = None

    def __str__(self) -> str:
        moment = f"{datetime.fromtimestamp(self.time, UTC):%H:%M:%S.%f}"[:-3]
        where = self.device + (f" (meant {self.asked})" if self.asked and self.asked != self.device else "")
        login = f"#{self.session}" if self.session else ""
        state = "up  " if self.healthy else "mute" if self.mirrors else "down"
        return f"{moment} {state} {self.actor:<7} {self.kind:<12} {where}{login} {self.text}".rstrip()


@dataclass
class Trace:
    entries: list[Entry] = field(default_factory=list)

    def of(self, actor: str, *kinds: str) -> list[Entry]:
        return [each for each in self.entries if each.actor == actor and (not kinds or each.kind in kinds)]

    def between(self, first: int, last: int) -> list[Entry]:
        """By their order, both included."""
        return [each for each in self.entries if first <= each.order <= last]
