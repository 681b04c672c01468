# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab in memory, its virtual time, what chaos does to it, and the witness of all of it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Attempt
from lab.cli.box import Box
from lab.cli.shell import Session
from lab.engine.faults import FaultError
from lab.engine.messages import Delete
from lab.engine.traffic import send
from lab.truth import truth
from tests.chaos import topologies
from tests.chaos.lines import CLEARS
from tests.chaos.scenario import FAULTS, LINES, Event, Scenario
from tests.chaos.trace import Entry, Spis, Trace

#: A part of the simulation: it yields the seconds that it waits, and others go on meanwhile.
Process = Generator[float, None, Any]


class World:
    """The lab of a scenario with the hooks of chaos. Everything that happens ends up in ``trace``."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.kind = topologies.ALL[scenario.topology]
        self.lab = topologies.build(scenario.topology, scenario.releases, scenario.seed)
        self.trace = Trace()
        self.start = self.lab.network.start.timestamp()
        # Who is typing right now, for what a device records by itself.
        self.typing = ("", "")
        self.sessions: list[Any] = []
        self.away_until: dict[str, float] = {}
        self.swapped: set[str] = set()
        # Devices whose data path takes every new SA under a wrong SPI until IKE starts anew: the first rung is in vain.
        self.stubborn: set[str] = set()
        self._waiting: list[Event] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._deletes_to_lose = 0
        self.graveyard: list[Any] = []
        self._numbers = {name: 100 * place for place, name in enumerate(self.kind.units)}
        # By run, how far the state on disk says that it came.
        self.ledgers: dict[str, Callable[[], str]] = {}
        # By run, what the state has of it in the end.
        self.attempts: dict[str, tuple[Attempt, ...]] = {}
        for name, box in self.lab.boxes.items():
            self._listen(self.end_of(name), box)
        self._lossy()
        self.configured = self._configurations()

    # --- the ends ----------------------------------------------------------------------------------------------

    def end_of(self, device: str) -> str:
        """The end that a device is, or is a unit of."""
        return self.kind.ends[0] if device in self.kind.units else device

    def box(self, device: str) -> Box:
        """The box of this name; of a pair, that of the unit which is active now."""
        if device not in self.lab.boxes:
            return next(each for each in map(self.lab.boxes.get, self.kind.units) if each and not each.device.standby)
        return self.lab.boxes[device]

    def number(self, session: int, device: str) -> int:
        """The number of a login, another one for each at either unit of a pair."""
        return session + self._numbers.get(device, 0)

    # --- time --------------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds since the epoch, in virtual time."""
        return self.start + self.lab.scheduler.now

    def wait(self, seconds: float) -> None:
        self.lab.advance(seconds)

    def drain(self, process: Process) -> Any:
        """Run a part of the simulation alone, to its end."""
        while True:
            try:
                self.wait(next(process))
            except StopIteration as done:
                return done.value

    def simulate(self, *processes: tuple[float, Process]) -> None:
        """Run processes side by side, each from its start (in seconds from now) on."""
        queue = [(self.now + start, number, process) for number, (start, process) in enumerate(processes)]
        heapq.heapify(queue)
        while queue:
            wake, number, process = heapq.heappop(queue)
            if wake > self.now:
                self.wait(wake - self.now)
            try:
                pause = next(process)
            except StopIteration:
                continue
            heapq.heappush(queue, (self.now + pause, number, process))

    # --- the witness -------------------------------------------------------------------------------------------

    def tell(self, kind: str, actor: str = "", device: str = "", **more: Any) -> None:
        passes, mirrors = self._truth()
        entry = Entry(
            len(self.trace.entries), self.now, kind, actor, device, healthy=passes and mirrors, mirrors=mirrors, **more
        )
        self.trace.entries.append(entry)

    def _listen(self, name: str, box: Box) -> None:
        """Tell every line that a device records, at the moment when it does, and every clear its engine carries out."""
        note, clear, teardown = box.note, box.device.ike.phase2.clear, box.device.ike.teardown
        datapath, box_name = box.device.datapath, box.name
        install = datapath.install

        def noted(session: int, user: str, privilege: int, mode: str, line: str, context: str) -> Any:
            actor, asked = self.typing
            text = "(secret)" if mode == "password" else line
            session_number = session
            session = self.number(session, box_name)
            if CLEARS.match(line) and actor in self.ledgers:
                self.tell("state", actor, name, asked=asked, session=session, text=self.ledgers[actor]())
            self.tell("received", actor, name, asked=asked, session=session, text=text, spis=self.spis())
            return note(session_number, user, privilege, mode, line, context)

        def cleared(pairs: Any) -> None:
            actor, asked = self.typing
            peers = ",".join(sorted({pair.peer for pair in pairs})) or "nothing"
            self.tell("carried", actor, name, asked=asked, text=f"ipsec {peers}")
            clear(pairs)

        def torn(sa: Any, reason: str, tell: bool = True) -> None:
            actor, asked = self.typing
            if reason == "Administrator Reset" and actor:
                self.tell("carried", actor, name, asked=asked, text=f"ike {sa.peer}")
                self.stubborn.discard(name)
            teardown(sa, reason, tell)
            if name not in self.stubborn and reason == "Administrator Reset":
                for pair in [pair for pair in datapath.pairs() if pair.peer == sa.peer]:
                    datapath.destroy(pair)

        def installed(pair: Any) -> None:
            if name in self.stubborn:
                pair.spi_in ^= 0x0FFF
            install(pair)

        box.note = noted  # type: ignore[method-assign]
        box.device.ike.phase2.clear = cleared  # type: ignore[method-assign]
        box.device.ike.teardown = torn  # type: ignore[method-assign]
        datapath.install = installed  # type: ignore[method-assign]

    def _configurations(self) -> dict[str, tuple[list[str], list[str]]]:
        return {name: (_lines(box.device.config), _lines(box.device.startup)) for name, box in self.lab.boxes.items()}

    def rewritten(self) -> list[str]:
        """Devices whose running or start-up configuration is not what it was."""
        now = self._configurations()
        return [name for name in now if now[name] != self.configured[name]]

    # --- the truth ---------------------------------------------------------------------------------------------

    def healthy(self) -> bool:
        """Whether packets would pass both ways right now, and each end knows the SPIs that the other sends on."""
        return all(self._truth())

    def _truth(self) -> tuple[bool, bool]:
        """Whether packets would pass, and whether the SPIs mirror."""
        ends = set(self.kind.ends)
        pairs = [pair for pair in truth(self.lab)["pairs"] if set(map(self.end_of, pair["ends"])) == ends]
        return any(pair["passes"] for pair in pairs), any(pair["mirrors"] for pair in pairs)

    def passes(self) -> bool:
        """Send one real packet each way; it moves counters and may start a negotiation, so only at the very end."""
        one, other = (IPv4Address(topologies.HOSTS[end]) for end in self.kind.ends)
        network = self.lab.network
        return send(network, one, other) and send(network, other, one)

    def spis(self) -> tuple[Spis, Spis]:
        one, other = (self._spis(end) for end in self.kind.ends)
        return one, other

    def _spis(self, end: str) -> Spis:
        pairs = [p for p in self.box(end).device.datapath.pairs() if p.peer == self.kind.peers[end]]
        return frozenset(p.spi_in for p in pairs), frozenset(p.spi_out for p in pairs)

    def spoke_spis(self) -> frozenset[int]:
        """The inbound SPIs of the tunnel that nobody mends."""
        if not self.kind.spoke:
            return frozenset()
        return frozenset(pair.spi_in for pair in self.lab.network.devices[self.kind.spoke].datapath.pairs())

    # --- chaos -------------------------------------------------------------------------------------------------

    def break_it(self) -> None:
        """The fault that the run is called for."""
        scenario = self.scenario
        if scenario.fault == "none":
            return
        where = self.kind.ends[scenario.at]
        try:
            self.lab.fault(scenario.fault, where)
        except FaultError as error:
            self.tell("event", device=where, text=f"{scenario.fault} was not possible: {error}")
        else:
            self.tell("event", device=where, text=scenario.fault)

    def expect(self, events: tuple[Event, ...]) -> None:
        """From now on these events wait for their lines."""
        self._waiting = list(events)
        self._counts.clear()

    def due(self, device: str, line: str, when: str) -> list[Event]:
        """The events that this line sets off; each happens once."""
        if when == "before":
            for prefix in LINES:
                if _begins(line, prefix):
                    self._counts[device, prefix] = self._counts.get((device, prefix), 0) + 1
        found = [
            event
            for event in self._waiting
            if (event.device, event.when) == (device, when)
            and _begins(line, event.line)
            and self._counts.get((device, event.line), 0) >= event.nth
        ]
        self._waiting = [event for event in self._waiting if event not in found]
        return found

    def quirk(self, device: str, text: str) -> None:
        self.box(device).set_quirk(text)

    def at_device(self, event: Event, device: str) -> bool:
        """Do what an event does to a device or to the network; whether it was such an event."""
        act = {
            "reboot": lambda: self.reboot(device, 8.0),
            "power-both": lambda: [self.reboot(end, 4.0) for end in self.kind.ends],
            "away": lambda: self.reboot(device, 1e6, power=False),
            "other-clears": lambda: self.operator(device),
            "other-clears-both": lambda: [self.operator(end) for end in self.kind.ends],
            "rekey": lambda: self._rekey(device),
            **{name: lambda name=name: self._fault(name, device) for name in FAULTS},
            "drop-deletes": self._lose_deletes,
            "wrong-device": lambda: self.swapped.add(device),
            "keep-broken": lambda: self.stubborn.add(device),
            "switch": self._switch,
        }.get(event.what)
        if act is None and event.what not in QUIRKS:
            return False
        self.tell("event", device=device, text=str(event))
        if act:
            act()
        for quirk in QUIRKS.get(event.what, ()):
            self.quirk(device, quirk)
        for line in self.sessions:
            # Whatever it was, the other unit of a pair may have taken over.
            line.check_unit()
        return True

    def reboot(self, device: str, seconds: float, power: bool = True) -> None:
        """Every login ends and none is let in for a while; without ``power`` only the way to it is gone."""
        self.away_until[device] = self.now + seconds
        if power:
            self.box(device).device.power_cut()
        for line in self.sessions:
            if line.device == device:
                line.hang_up()
        if self.kind.units and device == self.kind.ends[0] and power:
            # The other unit has taken over, and answers at once.
            del self.away_until[device]

    def _switch(self) -> None:
        """The other unit of the pair takes over."""
        if self.kind.units:
            self.lab.failover(self.kind.ends[0])

    def operator(self, device: str) -> None:
        """Somebody else clears this tunnel at this end by hand."""
        before, self.typing = self.typing, ("", "")
        session = Session(self.box(device), "operator")
        session.start()
        session.feed(f"enable\nlab-enable\nclear crypto ipsec sa peer {self.kind.peers[device]}\n".encode())
        session.close()
        self.typing = before

    def _rekey(self, device: str) -> None:
        phase2 = self.box(device).device.ike.phase2
        for child in phase2.of(self.kind.peers[device]):
            phase2.rekey(child)

    def _fault(self, name: str, device: str) -> None:
        try:
            self.lab.act(f"fault {name} {device}")
        except FaultError as error:
            self.tell("event", device=device, text=f"{name} was not possible: {error}")

    def _lose_deletes(self) -> None:
        self._deletes_to_lose = 2

    def _lossy(self) -> None:
        carry: Callable[..., None] = self.lab.network.carry_ike

        def lossy(source: str, destination: str, message: Any) -> None:
            if isinstance(message, Delete) and self._deletes_to_lose:
                self._deletes_to_lose -= 1
                self.tell("event", text=f"a DELETE from {source} to {destination} is lost")
                return
            carry(source, destination, message)

        self.lab.network.carry_ike = lossy  # type: ignore[method-assign]


#: What lasts from an event on, as quirks of the lab's device.
QUIRKS = {
    "refuse-clear": ("refuse-clear",),
    "refuse-all-shows": ("authorization-failed=show",),
    "refuse-pings": ("authorization-failed=ping",),
    "slow": ("slow=3",),
    "hang-proof": ("hang=show crypto isakmp",),
    "hang-clear": ("hang=clear",),
    "level": ("level=3",),
    "pager": ("pager-stuck",),
    "prompt": ("prompt=hq-new",),
    "garble-sas": ("garble=show crypto ipsec sa",),
    "empty-sas": ("empty=show crypto ipsec sa",),
}


def _begins(line: str, prefix: str) -> bool:
    # What is kept for the evidence alone decides nothing.
    return line.startswith(prefix) and line != "show failover state"


def _lines(config: Any) -> list[str]:
    return [line for block in config.blocks for line in (block.line, *block.children)]
