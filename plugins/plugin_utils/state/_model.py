# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept between runs, as plain data: who holds a pair of peers, what was tried on it, and how far that came."""

from __future__ import annotations

import enum
import os
import socket
import time
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import _process


class StateError(Exception):
    """The state cannot be used. The message says where it is (without a password), why, and what to do."""


class LeaseLostError(StateError):
    """Another run took the pair over, or closed the attempt: nothing more may be sent."""


class LimitError(StateError):
    """So many attempts were made on all pairs in a day, or are under way, that no other may begin: ``count``."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"{count} attempts in a day are as many as are allowed.")


class BusyError(Exception):
    """Another run holds the pair of peers. ``holder`` is its lease."""

    def __init__(self, holder: Lease) -> None:
        self.holder = holder
        super().__init__(f"{holder.words}. {holder.free}")


def pair_of(tunnel: Tunnel) -> str:
    """The pair of peers of a tunnel: the two addresses under which its ends meet, sorted.

    It is the same from whichever end the tunnel is named, and whether both ends were read or one: an end goes by the
    address at which the other expects it, else by its only public address in the inventory, else by its own. So a
    device behind a NAT that no inventory tells of makes another pair where it alone was read. Who has no address at
    all goes by name.
    """
    if tunnel.both:
        met = [_outside(end, other) for end, other in zip(tunnel.ends, reversed(tunnel.ends), strict=True)]
    else:
        (end,) = tunnel.ends
        met = [_outside(end), str(end.peer_address or tunnel.name)]
    return "-".join(sorted(met))


def _outside(end: End, other: End | None = None) -> str:
    """Where peers find this end, by what is known of both or of this one alone."""
    public = end.device.public_addresses
    expected = other.peer_address if other is not None else None
    return str(expected or (public[0] if len(public) == 1 else end.address) or end.name)


@dataclass(frozen=True)
class Owner:
    """Who works: a run, and the process that carries it out.

    ``process_started`` are clock ticks since the boot, as in proc(5); ``host`` is where ``pid`` counts.
    """

    run: str
    controller: str
    pid: int
    process_started: int
    tunnel: str
    host: str = field(default_factory=_process.host)

    @classmethod
    def here(cls, run: str, tunnel: str, controller: str = "") -> Owner:
        """The process that asks. ``controller`` is the name of this machine unless another is given."""
        pid = os.getpid()
        return cls(run, controller or socket.gethostname(), pid, _process.started(pid) or 0, tunnel)


@dataclass(frozen=True)
class Lease:
    """A pair of peers that one run holds from ``since`` until ``until``, unless it is renewed.

    ``why`` says whose it was before, where that run came to no end, and why it counts as ended.
    """

    pair: str
    owner: Owner
    since: float
    until: float
    why: str = ""

    @property
    def words(self) -> str:
        """Who holds what since when, as the beginning of a sentence."""
        who = self.owner
        return (
            f"Run {who.run} on {who.controller} (process {who.pid}) is at work on {who.tunnel} ({self.pair}) since "
            f"{moment(self.since)}"
        )

    @property
    def free(self) -> str:
        """When others may have it, as a sentence."""
        return (
            f"Wait for its end. If it died: on {self.owner.controller} the pair is free at once, elsewhere from "
            f"{moment(self.until)} on."
        )


class Phase(enum.Enum):
    """How far an attempt came, in order. Each ``*_sent`` is written before that clear is sent.

    ``*_failed`` says that it was refused, or that its answer was lost and nobody knows.
    """

    ARMED = "armed"
    FIRST_SENT = "first_sent"
    FIRST_FAILED = "first_failed"
    FIRST_DONE = "first_done"
    SECOND_SENT = "second_sent"
    SECOND_FAILED = "second_failed"
    SECOND_DONE = "second_done"
    PROVING = "proving"

    def __str__(self) -> str:
        return self.value

    @property
    def acted(self) -> bool:
        """Whether something was sent, or may have been."""
        return self is not Phase.ARMED

    @property
    def left(self) -> str:
        """The outcome of an attempt that was cut off in this phase: what nobody has looked at since."""
        return _LEFT[self][0]

    @property
    def words(self) -> str:
        """What an attempt that was cut off in this phase left behind, as a sentence."""
        return _LEFT[self][1]


_LEFT = {
    Phase.ARMED: ("nothing_cleared", "Nothing was cleared."),
    Phase.FIRST_SENT: (
        "half_cleared",
        "The first clear was about to be sent and may have been carried out; nobody noted that the second was sent.",
    ),
    Phase.FIRST_FAILED: (
        "half_cleared",
        "The first clear failed or its answer was lost, so that it may have been carried out; the second was not sent.",
    ),
    Phase.FIRST_DONE: ("half_cleared", "The first end was cleared, the second was not."),
    Phase.SECOND_SENT: (
        "half_cleared",
        "The first end was cleared; the second clear was about to be sent and may have been carried out.",
    ),
    Phase.SECOND_FAILED: (
        "half_cleared",
        "The first end was cleared; the second clear failed or its answer was lost, so that it may have been carried "
        "out.",
    ),
    Phase.SECOND_DONE: ("unproven", "Both ends were cleared, never proven."),
    Phase.PROVING: ("unproven", "Both ends were cleared, never proven."),
}


# The same where one end alone was to be cleared.
_ALONE = {
    Phase.FIRST_SENT: "The one clear was about to be sent and may have been carried out.",
    Phase.FIRST_FAILED: "The one clear failed or its answer was lost, so that it may have been carried out.",
    Phase.FIRST_DONE: "The one end that was meant was cleared, never proven.",
    Phase.PROVING: "The one end that was meant was cleared, never proven.",
}


@dataclass(frozen=True)
class Attempt:
    """One try to mend a tunnel. ``outcome`` and ``finished`` are ``None`` until it was closed.

    ``commands`` are those that it meant to send, each with its device, in order. ``moved`` is when ``phase`` began.
    ``resolved_by`` is the run that closed it in the place of its own.
    """

    id: int
    pair: str
    owner: Owner
    rung: str
    commands: tuple[tuple[str, str], ...]
    started: float
    phase: Phase
    moved: float
    finished: float | None = None
    outcome: str | None = None
    text: str = ""
    resolved_by: str | None = None

    @property
    def tunnel(self) -> str:
        return self.owner.tunnel

    @property
    def run(self) -> str:
        return self.owner.run

    @property
    def controller(self) -> str:
        return self.owner.controller

    @property
    def acted(self) -> bool:
        """Whether something was cleared, or may have been: a clear that the first end refused was none."""
        return self.phase.acted and not (self.outcome or "").startswith("aborted_gate:")

    @property
    def words(self) -> str:
        """What an attempt without an outcome left behind, for whoever comes next."""
        meant = "; ".join(f"{device}: {command}" for device, command in self.commands)
        left = _ALONE.get(self.phase, self.phase.words) if len(self.commands) == 1 else self.phase.words
        return (
            f"Run {self.run} on {self.controller} came to no end on {self.tunnel}: it was last heard of at "
            f"{moment(self.moved)}, {self.phase}. {left} It meant to send {meant or 'nothing'}."
        )


@dataclass(frozen=True)
class History:
    """What was tried on one pair of peers, newest first.

    ``interrupted`` came to no end, and the run that made it is gone. ``shadowed`` counts how often a run that may not
    act would have acted since something was last sent. ``fleet`` counts the runs, on all pairs, that cleared something
    in the last day or are about to.
    """

    pair: str
    attempts: tuple[Attempt, ...] = ()
    interrupted: Attempt | None = None
    shadowed: int = 0
    fleet: int = 0

    def acted_without_lasting(self, now: float, lasting: float) -> tuple[Attempt, ...]:
        """The attempts that cleared something since the last one that healed and lasted, newest first; one of each run.

        A run that took the second rung, too, has two attempts: the last of them counts. One lasted when it ended
        ``healed`` and nothing was sent again for ``lasting`` seconds, or until now.
        """
        since: list[Attempt] = []
        later = now
        for attempt in self.attempts:
            if not attempt.acted:
                continue
            if attempt.outcome == "healed" and attempt.finished is not None and later - attempt.finished >= lasting:
                break
            if not since or attempt.owner != since[-1].owner:
                since.append(attempt)
            later = attempt.started
        return tuple(since)


def moment(seconds: float) -> str:
    """A moment in ISO 8601, UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
