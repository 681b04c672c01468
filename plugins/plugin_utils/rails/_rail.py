# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rail is: one reason not to touch a tunnel, with the words that say so and how to lift it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, End, Judgement, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings


class Stage(enum.IntEnum):
    """When a rail is asked: over what was read, at the moment of acting, or in the sessions right before the clear."""

    TUNNEL = 1
    MOMENT = 2
    SESSION = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Rail:
    """``id`` is the word after ``aborted_gate:``; ``variable`` is what sets it (empty: it cannot be lifted).

    ``order`` is its place among the rails of its stage: the first that refuses is the one that is told.
    ``holds`` says what is so where it lets pass, ``rationale`` why it exists, ``default`` its value in words, and
    ``lift`` the sentence that tells an operator how to get past it, the honest way. In it ``{tunnel}`` is the name of
    the tunnel.
    """

    id: str
    stage: Stage
    order: int
    holds: str
    rationale: str
    default: str
    lift: str
    variable: str = ""
    sources: tuple[str, ...] = ()
    practice: bool = False


@dataclass(frozen=True)
class Past:
    """What the state knows of this pair of peers. Moments are seconds since the epoch.

    ``failures`` are the ends of the attempts since the last one that lasted, newest first; ``acted_today`` counts the
    attempts of all tunnels in the last 24 hours; ``open`` tells of an attempt that was cut off, in words.
    """

    failures: tuple[float, ...] = ()
    acted_today: int = 0
    shadowed: int = 0
    open: str = ""


@dataclass(frozen=True)
class Situation:
    """All that a rail may look at. ``addresses`` are those by which the controller reaches the devices, jump hosts too.

    ``sources`` are the controller's own addresses on the way to each device. ``acted`` counts the tunnels that this run
    has touched already, ``killed`` is what the kill switch says. ``now`` is in seconds since the epoch.
    """

    judgement: Judgement
    settings: Settings
    now: float
    addresses: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    acted: int = 0
    killed: str = ""
    sources: Mapping[str, Address] = field(default_factory=dict)

    @property
    def tunnel(self) -> Tunnel:
        return self.judgement.tunnel

    @property
    def ends(self) -> tuple[End, ...]:
        """The ends to clear: both, or the one that is named in one-sided mode."""
        alone = self.settings.one_sided
        return tuple(end for end in self.tunnel.ends if alone in ("", end.name))


@dataclass(frozen=True)
class Check:
    """A rail with its test: what was seen that refuses, as a sentence without its full stop, or nothing.

    Rails that are asked in the sessions, or by who holds what they look at, have no test here.
    """

    rail: Rail
    seen: Callable[[Situation], str] | None = None

    def refuses(self, situation: Situation) -> str:
        """What was seen, or nothing. A rail that breaks refuses: what could not be checked is not passed."""
        if self.seen is None:
            return ""
        try:
            return self.seen(situation)
        except Exception as error:
            return f"the rail {self.rail.id} broke ({type(error).__name__}: {error}), so nobody has looked"


class RefusedError(Exception):
    """Nothing is done. ``gate`` is the id of the rail that refused; the message says what it saw and how to lift it."""

    def __init__(self, gate: str, message: str) -> None:
        self.gate = gate
        super().__init__(message)
