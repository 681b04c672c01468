# SPDX-License-Identifier: GPL-3.0-or-later
"""Active/standby failover: two devices with one configuration, of which one owns the addresses and the tunnels.

The configuration is copied from the active unit to the standby one, never back. With `failover link` the SAs are
copied too (stateful failover): after a switch both SPIs stay what they were. Without it a switch loses every SA, and
the peers keep theirs. An SA that was cleared on the standby unit is not copied a second time.

What is copied is IKE's knowledge, from which the other unit's data path is filled: an SA whose deletion one unit's
data path refuses is therefore none on the other, and neither is one whose volume is used up or whose entry is stale.

A unit that is down is copied nothing; when it is back it gets the configuration and the SAs anew.

Sources: Cisco ASA General Operations CLI Guide, "Failover for High Availability"; Command Reference, `failover`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from lab.config import Block, Config
from lab.engine.ike_sa import Exchanges
from lab.engine.ipsec import SaPair

if TYPE_CHECKING:
    from lab.engine.network import Device

SILENCE = "HELLO not heard from mate"
UNIT_LINE = ("failover", "lan", "unit")
# By which steps a unit becomes active; captured histories show them within one second.
TAKING_OVER = ("Just Active", "Active Drain", "Active Applying Config", "Active Config Applied", "Active")
JOINING = ("Negotiation", "Cold Standby", "Sync Config", "Sync File System", "Bulk Sync", "Standby Ready")


@dataclass(frozen=True)
class Change:
    """A line of `show failover history`."""

    when: datetime
    before: str
    after: str
    reason: str


class Unit:
    """One device's place in its pair."""

    def __init__(self, pair: Pair, device: Device, primary: bool) -> None:
        self.pair = pair
        self.device = device
        self.primary = primary
        self.serial = ""
        self.history: list[Change] = []
        self.active_seconds = 0.0
        self.active_since = 0.0

    @property
    def name(self) -> str:
        return "Primary" if self.primary else "Secondary"

    @property
    def active(self) -> bool:
        return self.pair.active is self

    @property
    def mate(self) -> Unit:
        return self.pair.units[1 if self.primary else 0]

    @property
    def state(self) -> str:
        """As its mate shows it, too."""
        return "Failed" if not self.device.up else "Active" if self.active else "Standby Ready"

    @property
    def seconds_active(self) -> float:
        """How long this unit has been active, all its times together."""
        now = self.device.scheduler.now
        return self.active_seconds + (now - self.active_since if self.active else 0.0)

    def note(self, states: tuple[str, ...], reason: str) -> None:
        for before, after in pairwise(states):
            self.history.append(Change(self.device.now, before, after, reason))


class Pair:
    """Two units, the primary one first, which is active at the beginning."""

    def __init__(self, name: str, primary: Device, secondary: Device) -> None:
        self.name = name
        self.units = Unit(self, primary, True), Unit(self, secondary, False)
        self.active = self.units[0]
        self.switched: datetime | None = None
        self._copied_from: tuple[Config, int] | None = None
        self._copy: Config | None = None
        self._known: set[object] = set()
        for unit in self.units:
            unit.device.unit = unit
            unit.device.own_config = _as_unit(unit.device.own_config, unit)
            unit.device.own_startup = unit.device.own_config.copy()
        self.active.note(("Negotiation", *TAKING_OVER), "No Active unit found")
        self.active.mate.note(JOINING, "Detected an Active mate")

    @property
    def stateful(self) -> bool:
        return self.active.device.own_config.value("failover", "link") is not None

    @property
    def _linked(self) -> bool:
        return all(unit.device.up for unit in self.units)

    @property
    def diverged(self) -> bool:
        """Was something typed on the standby unit, which is copied nowhere?"""
        return self._copy is not None and self._copy.revision != 0

    def switch(self, reason: str = "Set by the config command") -> Unit:
        """Let the other unit take over now; returns the unit that is active then. ValueError when that one is down."""
        if not self.active.mate.device.up:
            raise ValueError(f"{self.active.mate.device.name} is down and cannot take over")
        self.replicate_config()
        self.replicate_sas()
        old, new = self.active, self.active.mate
        old.active_seconds, new.active_since = old.seconds_active, new.device.scheduler.now
        old.note(("Active", "Standby Ready"), reason)
        cause = SILENCE if reason == SILENCE else "Other unit wants me Active"
        new.note(("Standby Ready", *TAKING_OVER), cause)
        self.active, self.switched = new, new.device.now
        old.device.syslog.log(1, 104002, f"({old.name}) Switching to STANDBY (cause: {reason})")
        new.device.syslog.log(1, 104001, f"({new.name}) Switching to ACTIVE (cause: {cause})")
        old.device.own_ike.lose_everything()
        old.device.own_datapath.lose_everything()
        new.device.own_ike.take_over()
        self._forget_copies()
        return new

    # -- power ---------------------------------------------------------------------------------------------

    def lost_power(self, unit: Unit) -> None:
        """A unit goes down: the other one takes over if it is there; what this one had copied is copied anew."""
        if unit.active and unit.mate.device.up:
            self.switch(SILENCE)
        self._forget_copies()

    def came_back(self, unit: Unit) -> None:
        """A unit has booted: it joins the one that is active, or becomes that when there is none."""
        if not unit.device.up:
            return
        unit.history.clear()
        unit.active_seconds, unit.active_since = 0.0, unit.device.scheduler.now
        if not unit.active and not unit.mate.device.up:
            self.active = unit
            self._forget_copies()
        if unit.active:
            unit.note(("Negotiation", *TAKING_OVER), "No Active unit found")
        else:
            unit.note(JOINING, "Detected an Active mate")

    def _forget_copies(self) -> None:
        self._copied_from = self._copy = None
        self._known.clear()

    # -- the configuration ---------------------------------------------------------------------------------

    def replicate_config(self, force: bool = False) -> None:
        """Copy what the active unit has to the standby one; not over what was typed there, unless forced."""
        source = self.active.device.own_config
        if not self._linked:
            return
        if not force and (self.diverged or self._copied_from == (source, source.revision)):
            return
        mate = self.active.mate
        mate.device.own_config = self._copy = _as_unit(source, mate)
        self._copied_from = source, source.revision

    def write_startup(self) -> None:
        """`write memory` on the active unit saves on both."""
        if not self._linked:
            return
        self.replicate_config()
        mate = self.active.mate
        mate.device.own_startup = mate.device.own_config.copy()

    # -- the SAs -------------------------------------------------------------------------------------------

    def replicate_sas(self) -> None:
        """Bring the standby unit's SAs to where stateful failover has them by now."""
        ours, theirs = self.active.device, self.active.mate.device
        if not self.stateful or not self._linked:
            return
        children = ours.own_ike.phase2.children
        phase2 = theirs.own_ike.phase2
        spis = {child.spi_in for child in children}
        for gone in [copy for copy in phase2.children if copy.spi_in not in spis]:
            phase2.drop(gone)
            theirs.own_datapath.delete(gone.spi_in)
        for child in children:
            if self._is_new(child.spi_in):
                pair = _fresh(child.pair)
                theirs.own_datapath.install(pair)
                phase2.adopt(replace(child, pair=pair, timers=[]))
        superseded = {child.spi_in for child in children if child.superseded}
        for copy in phase2.children:
            copy.superseded = copy.spi_in in superseded
        cookies = {sa.cookies for sa in ours.own_ike.sas}
        theirs.own_ike.sas.keep(lambda sa: sa.cookies in cookies)
        for sa in ours.own_ike.sas:
            if sa.active and self._is_new(sa.cookies):
                theirs.own_ike.sas.append(
                    replace(
                        sa, timers=[], queue=[], resend=None, rekey_of=None, rekeying=False, exchanges=Exchanges()
                    )
                )  # fmt: skip
        sessions, theirs_by_peer = ours.own_ike.sessions, theirs.own_ike.sessions
        for peer, session in sessions.items():
            if self._is_new((peer, session.index)):
                theirs_by_peer[peer] = replace(session)
        for peer in [peer for peer in theirs_by_peer if peer not in sessions]:
            del theirs_by_peer[peer]

    def _is_new(self, key: object) -> bool:
        """True once for each key since the last switch."""
        new = key not in self._known
        self._known.add(key)
        return new


def _fresh(pair: SaPair) -> SaPair:
    """The same keys, with counters of their own, and nothing of what has befallen the other data path."""
    return replace(
        pair, bytes_in=0, bytes_out=0, packets_in=0, packets_out=0, refuses_delete=False, refuses_clear=False,
        exhausted=False, retry=None,
    )  # fmt: skip


def _as_unit(config: Config, unit: Unit) -> Config:
    """The only line in which the configurations of the two units differ."""
    line = " ".join((*UNIT_LINE, unit.name.lower()))
    size = len(UNIT_LINE)
    return Config(
        [
            Block(line if tuple(block.words[:size]) == UNIT_LINE else block.line, list(block.children))
            for block in config.blocks
        ]
    )
