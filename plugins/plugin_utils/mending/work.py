# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of a mending share: what was planned and read before, and what has happened since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import ANYBODY, Identity, arm
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    End,
    Judgement,
    ProxyIdentities,
    Snapshot,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, lanes, sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions, Talk
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear


@dataclass(frozen=True)
class Proof:
    """What two readings show. ``before`` are the proxy identities that had SAs when the tunnel was audited."""

    devices: tuple[Device, ...]
    judgement: Judgement
    before: tuple[ProxyIdentities, ...] = ()

    @property
    def tunnel(self) -> Tunnel:
        return self.judgement.tunnel

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        return lanes(self.tunnel)

    @property
    def up(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.up]

    @property
    def identities(self) -> list[ProxyIdentities]:
        """Those that had SAs before or have them now."""
        return list(dict.fromkeys([*self.before, *(lane.identities for lane in self.up)]))


@dataclass
class Work:
    """One run on one tunnel.

    ``seen`` are the snapshots that the plan was made of, ``expected`` who the devices are by the inventory, ``units``
    other hosts by which they are reached, all by device.

    ``may_go`` is asked right before the clears of each rung: the refusal of whoever has stopped them meanwhile, if any.

    ``trouble`` tells what went wrong with a clear of this rung, ``aside`` what an operator should know besides.
    ``answered`` is in how many seconds the first clear of this rung was answered. ``gone`` are the SPIs, by device,
    that must not be seen again.
    """

    plan: Plan
    tunnel: Tunnel
    seen: Mapping[str, Snapshot]
    clock: Callable[[], float]
    foreign_peers: Sequence[Address]
    settings: Settings
    expected: Mapping[str, Identity]
    units: Mapping[str, tuple[str, ...]]
    may_go: Callable[[], RefusedError | None] = lambda: None
    rung: int = 1
    trouble: str = ""
    aside: str = ""
    answered: float = 0.0
    snapshots: list[Snapshot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.clock)
        self.gone = {
            end.device: {number for numbers in end.spis.values() for number in numbers} for end in self.plan.ends
        }
        self._rung_began = 0

    @property
    def one_sided(self) -> bool:
        return len(self.plan.ends) == 1

    @cached_property
    def ends(self) -> tuple[End, ...]:
        """The ends that are touched as they were audited, in the plan's order."""
        by_name = {end.name: end for end in self.tunnel.ends}
        return tuple(by_name[planned.device] for planned in self.plan.ends)

    @property
    def devices(self) -> tuple[Device, ...]:
        return tuple(end.device for end in self.ends)

    def planned(self, device: str) -> PlannedEnd:
        return next(end for end in self.plan.ends if end.device == device)

    @property
    def in_band(self) -> tuple[str, ...]:
        """The devices that are reached through the tunnel itself."""
        return tuple(end.device for end in self.plan.ends if end.in_band)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The devices that are failover pairs, whose active unit may change while this runs."""
        return tuple(device.name for device in self.devices if (device.failover or "off").lower() != "off")

    def arm(self, devices: Collection[str] | None = None, *, again: bool = False) -> Talk[None]:
        """Log in to every end that is touched, or to these of them, and identify it; see :func:`arming.arm`."""
        for device in self.devices:
            if devices is not None and device.name not in devices:
                continue
            yield from arm(
                self.sessions,
                device,
                expected=self.expected.get(device.name, ANYBODY),
                units=self.units.get(device.name, ()),
                again=again,
            )

    # --- before ------------------------------------------------------------------------------------------------

    @cached_property
    def lanes_before(self) -> tuple[Lane, ...]:
        """As they were audited; of the one end that is touched, if only one is."""
        if not self.one_sided:
            return lanes(self.tunnel)
        return tuple(Lane(identities, (side,)) for identities, side in sides(self.ends[0]).items())

    @property
    def identities_before(self) -> tuple[ProxyIdentities, ...]:
        return tuple(lane.identities for lane in self.lanes_before if lane.up)

    # --- what was cleared --------------------------------------------------------------------------------------

    def next_rung(self, sample: Proof | None) -> None:
        """From here on, what ``sample`` shows must not be seen again either."""
        self.rung += 1
        for end in sample.tunnel.ends if sample else ():
            self.gone[end.name] |= {number for numbers in spis_of(end).values() for number in numbers}
        self.trouble = ""
        self._rung_began = len(self.sessions.actions)

    @property
    def clears(self) -> list[Action]:
        """The clears that were sent, in order."""
        return [action for action in self.sessions.actions if is_clear(action.command)]

    @property
    def gap(self) -> float | None:
        """The seconds between the two clears of this rung, if both were sent."""
        clears = [action for action in self.sessions.actions[self._rung_began :] if is_clear(action.command)]
        return clears[1].time - clears[0].time if len(clears) == 2 else None
