# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen of a change when it was tried: ``trial.json`` as values. Its shape is in docs/gate.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1


class TrialError(ValueError):
    """The document is none that this version reads; the message says why."""


@dataclass(frozen=True)
class Problem:
    """Why the change could not be tried. ``text`` names file and line, and what to do."""

    device: str
    text: str
    line: int | None = None


@dataclass(frozen=True)
class Lost:
    """Where the last packet ended: whose it was, at which device, at which step, and on its way to which host.

    ``detail`` is the rule or the interface, by the step.
    """

    sender: str
    device: str
    step: str
    host: str
    detail: str = ""


@dataclass(frozen=True)
class Attempt:
    """One initiator's attempt: how long it took, or what it hung in and what the devices logged."""

    came_up: bool
    seconds: float | None = None
    state: str = ""
    phase1: bool = False
    log: tuple[str, ...] = ()
    phase2: bool = False
    lost: Lost | None = None


@dataclass(frozen=True)
class Rekeys:
    """Steady traffic over ``hours``: how many rekeys of each phase were seen, and the longest loss in seconds."""

    hours: float
    phase1: int
    phase2: int
    longest_loss: float


@dataclass(frozen=True)
class Facts:
    """One side of a tunnel. Seconds are until packets passed again; ``None`` is not within ``watched`` seconds.

    ``instead`` has, by device, what a host behind it said that came up where a list refuses a ping. ``backup`` has the
    ends of which the other one knows a second address, ``takeover`` the firewalls that are asked before an end.
    """

    up: Mapping[str, Attempt]
    traffic: Mapping[str, bool]
    rekeys: Rekeys | None
    reboot: Mapping[str, float | None]
    incident: Mapping[str, float | None]
    watched: float
    hidden_key: bool
    instead: Mapping[str, str] = field(default_factory=dict)
    backup: Mapping[str, float | None] = field(default_factory=dict)
    takeover: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def comes_up(self) -> bool:
        return any(each.came_up for each in self.up.values())

    @property
    def log(self) -> tuple[str, ...]:
        """What the devices said of the first attempt that failed."""
        return next((each.log for each in self.up.values() if not each.came_up and each.log), ())


@dataclass(frozen=True)
class Outage:
    """The longest silence in seconds while the lines were typed, and the line that was typed last before it."""

    seconds: float
    after: str
    up_at_end: bool
    watched: float


@dataclass(frozen=True)
class Tried:
    """One tunnel. A side is ``None`` where no end protects these networks, ``outage`` where nothing was typed.

    ``service`` is what of the networks' traffic it is for, as ``tcp any to 443``; nothing for all of it.
    """

    ends: tuple[str, str]
    networks: tuple[str, str]
    before: Facts | None
    after: Facts | None
    outage: Outage | None = None
    service: str = ""

    @property
    def protects(self) -> str:
        """The traffic, in words."""
        return ", ".join(filter(None, (f"{self.networks[0]} to {self.networks[1]}", self.service)))


@dataclass(frozen=True)
class Typed:
    """One line of the change; ``answer`` is what the device objected."""

    device: str
    line: str
    answer: str = ""


@dataclass(frozen=True)
class NotReached:
    """A line of the candidate that is not there after the change (``missing``), one that was ``left``, or one that
    stands elsewhere among its kind (``misplaced``).

    ``given``: the lines were somebody's and not computed.
    """

    device: str
    line: str
    kind: str
    given: bool


@dataclass(frozen=True)
class Trial:
    """All that was seen. With ``problems``, nothing was tried."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    untried: tuple[str, ...] = ()
    typed: tuple[Typed, ...] = ()
    not_reached: tuple[NotReached, ...] = ()
    tunnels: tuple[Tried, ...] = ()
    new_keys: tuple[tuple[str, str], ...] = ()
    """Who has a new key for whom that does not show its own."""

    @property
    def declared(self) -> frozenset[str]:
        """The ends that are somebody else's."""
        return frozenset(name for name, each in self.devices.items() if each["declared"])


def read_trial(document: Mapping[str, Any]) -> Trial:
    """:raises TrialError: another version wrote it, or something is missing."""
    if document.get("schema") != SCHEMA:
        raise TrialError(f"its schema is {document.get('schema')!r}, and this tunnelmend reads {SCHEMA}")
    try:
        return Trial(
            problems=tuple(Problem(each["device"], each["text"], each["line"]) for each in document["problems"]),
            notes=tuple(document["notes"]),
            devices=document["devices"],
            untried=tuple(document["untried"]),
            typed=tuple(Typed(each["device"], each["line"], each["answer"]) for each in document["changes"]),
            not_reached=tuple(
                NotReached(each["device"], each["line"], each["kind"], each["given"])
                for each in document["not_reached"]
            ),
            tunnels=tuple(_tried(each) for each in document["tunnels"]),
            new_keys=tuple((each["device"], each["peer"]) for each in document["new_keys"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise TrialError(f"something is missing in it: {error}") from error


def _tried(told: Mapping[str, Any]) -> Tried:
    (one, other), (here, there) = told["ends"], told["networks"]
    change = told["change"]
    outage = change and Outage(change["longest_outage"], change["after"], change["up_at_end"], change["watched"])
    facts = (_facts(told["before"]), _facts(told["after"]))
    return Tried((one, other), (here, there), *facts, outage, told["service"])


def _facts(told: Mapping[str, Any] | None) -> Facts | None:
    if told is None:
        return None
    rekeys = told["rekeys"]
    return Facts(
        up={
            device: Attempt(
                each["came_up"],
                each["seconds"],
                each["state"],
                each["phase1"],
                tuple(each["log"]),
                each["phase2"],
                each["lost"] and Lost(**each["lost"]),
            )
            for device, each in told["up"].items()
        },
        traffic=told["traffic"],
        rekeys=rekeys and Rekeys(rekeys["hours"], rekeys["phase1"], rekeys["phase2"], rekeys["longest_loss"]),
        reboot=told["reboot"],
        incident=told["incident"],
        watched=told["watched"],
        hidden_key=told["key"] != "clear",
        instead=told["instead"],
        backup=told["backup"],
        takeover=told["takeover"],
    )
