# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run consists of: drawn from its seed alone, so that the seed is the whole story."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.chaos import topologies

#: What may be typed while a tunnel is mended, by its beginning; an event waits for one of them.
LINES = (
    "enable",
    "show version",
    "show failover",
    "show crypto ipsec sa peer",
    "clear",
    "vpn-sessiondb",
    "clear crypto ikev1",
    "ping",
    "show crypto isakmp sa",
    "show crypto ipsec sa",
)
#: The lab's own faults that may come while a tunnel is mended.
FAULTS = ("lost-peer", "deletion-retry", "undeletable-sa", "dead-asp-context", "kb-lifetime-zero", "underlay-dead")
#: What happens once, when a line is received: before it has an effect, or after it and before its answer is out.
MOMENTARY = (
    "lose", "lose", "reboot", "other-clears", "other-clears-both", "rekey", "drop-deletes", "power-both", *FAULTS,
)  # fmt: skip
#: What spoils the answer to that line.
SPOILING = ("cut", "cut-silently", "garbage", "nothing", "standby", "late")
#: How a device behaves from that line on.
LASTING = (
    "refuse-clear", "refuse-all-shows", "refuse-pings", "slow", "hang-proof", "hang-clear", "level", "pager", "prompt",
    "wrong-device", "away", "garble-sas", "empty-sas", "keep-broken",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """``what`` happens at ``device`` when it gets a line that begins with ``line`` for the ``nth`` time in the mending.

    ``when`` is ``before`` (the device does not get it) or ``after`` (it has carried it out, nobody has the answer).
    """

    what: str
    device: str
    line: str
    nth: int = 1
    when: str = "after"

    def __str__(self) -> str:
        return f"{self.what} at {self.device}, {self.when} its {self.nth}. {self.line!r}"


@dataclass(frozen=True)
class Cut:
    """The run itself is ended at its request ``step``: ``kill`` (SIGKILL) or ``stop`` (a signal that can be told)."""

    how: str
    step: int
    when: str = "before"


@dataclass(frozen=True)
class Scenario:
    """``second`` is when another controller starts on the same tunnel, in seconds after the first.

    From its note ``lost_at`` on the file of the first run's state is gone; ``forgets`` removes it before the run
    ``again``, which starts ``elsewhere`` on another controller, where nobody can tell whether the first one lives.
    ``units`` tells the run by which other hosts a pair is reached. ``in_band`` names an end whose logins die with the
    tunnel's SAs. ``waits`` leaves the plan its zeroth rung.
    """

    seed: int
    topology: str
    releases: tuple[str, str]
    fault: str
    at: int
    events: tuple[Event, ...] = ()
    cut: Cut | None = None
    check: bool = False
    second: float | None = None
    full_at: int | None = None
    again: bool = False
    latency: float = 0.05
    interval: float = 5.0
    timeout: float = 60.0
    ike: bool = False
    one_sided: str = ""
    in_band: str = ""
    underlay: bool = True
    soak: float = 0.0
    waits: bool = False
    lost_at: int | None = None
    forgets: bool = False
    elsewhere: bool = False
    units: bool = False

    @property
    def kind(self) -> topologies.Topology:
        return topologies.ALL[self.topology]

    @property
    def calm(self) -> bool:
        """Nothing disturbs the first run."""
        return not (self.events or self.cut or self.second is not None or self.full_at or self.lost_at or self.check)

    def __str__(self) -> str:
        parts = [f"{self.topology} {'/'.join(self.releases)}", f"{self.fault} at end {self.at}"]
        parts += [str(event) for event in self.events]
        parts += [f"{self.cut.how} {self.cut.when} request {self.cut.step}"] if self.cut else []
        parts += ["check mode"] if self.check else []
        parts += [f"another controller {self.second:g} s later"] if self.second is not None else []
        parts += [f"the journal is full from note {self.full_at} on"] if self.full_at else []
        parts += [f"the state is gone from note {self.lost_at} on"] if self.lost_at else []
        parts += ["a second run follows"] if self.again else []
        parts += ["the state is lost before it"] if self.again and self.forgets else []
        parts += ["it runs on another controller"] if self.again and self.elsewhere else []
        parts += ["both units are known"] if self.units else []
        parts += ["the second rung is allowed"] if self.ike else []
        parts += [f"one-sided at {self.one_sided}"] if self.one_sided else []
        parts += [f"{self.in_band} is reached through the tunnel"] if self.in_band else []
        parts += [f"soak {self.soak:g} s"] if self.soak else []
        parts += ["the zeroth rung is waited for"] if self.waits else []
        return "; ".join(parts)


def draw(seed: int) -> Scenario:
    """The scenario of a seed."""
    dice = random.Random(f"chaos/{seed}")
    topology = dice.choice(list(topologies.ALL))
    kind = topologies.ALL[topology]
    events = [_event(dice, kind) for _ in range(dice.choice((0, 1, 1, 1, 1, 2, 2, 3)))]
    cut = None
    if dice.random() < 0.3:
        # The clears lie between requests 18 and 28: most cuts go there, the rest anywhere.
        step = dice.randint(17, 29) if dice.random() < 0.6 else dice.randint(1, 60)
        cut = Cut(dice.choice(("kill", "stop")), step, dice.choice(("before", "after")))
    check = dice.random() < 0.05
    second = None
    if not check and dice.random() < 0.2:
        # Only who starts right behind the other reads the same SAs, and wants to act on them, too.
        second = round(dice.uniform(0, 2) if dice.random() < 0.7 else dice.uniform(0, 40), 2)
    fault = dice.choices(kind.faults, kind.weights)[0]
    # Only the end that starts conversations calls back by itself: the other one stays lost.
    at = int(dice.random() < 0.9) if fault == "lost-peer" else dice.randint(0, 1)
    return Scenario(
        seed,
        topology,
        (dice.choice(kind.releases), dice.choice(kind.releases)),
        fault,
        at,
        tuple(events),
        cut,
        check,
        second,
        dice.randint(1, 5) if dice.random() < 0.06 else None,
        (cut is not None and cut.how == "kill") or dice.random() < 0.3,
        round(dice.choice((0.01, 0.05, 0.3)) * dice.uniform(0.5, 1.5), 3),
        dice.choice((3.0, 5.0, 10.0)),
        dice.choice((40.0, 60.0, 90.0)),
        dice.random() < 0.3,
        dice.choice(kind.ends) if dice.random() < 0.06 else "",
        dice.choice(kind.ends) if dice.random() < 0.06 else "",
        dice.random() < 0.8,
        dice.choice((30.0, 90.0)) if dice.random() < 0.2 else 0.0,
        dice.random() < 0.2,
        dice.randint(1, 5) if dice.random() < 0.05 else None,
        dice.random() < 0.1,
        dice.random() < 0.15,
        bool(kind.units) and dice.random() < 0.5,
    )


def _event(dice: random.Random, kind: topologies.Topology) -> Event:
    what = dice.choice(dice.choice((MOMENTARY, MOMENTARY, SPOILING, LASTING)))
    if kind.units and dice.random() < 0.4:
        what = "switch"
    line = dice.choice((*LINES, "clear", "clear", "clear"))
    if what == "standby":
        line = "show failover"
    nth = dice.choice((1, 1, 1, 2, 3)) if line.startswith(("ping", "show crypto")) else 1
    return Event(what, dice.choice(kind.ends), line, nth, dice.choice(("before", "after")))
