# SPDX-License-Identifier: GPL-3.0-or-later
"""One login of a run at a device of the lab: the product's own dialogue over the lab's session, in virtual time."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Dialogue, DialogueError, Send
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import LostError
from lab.cli.shell import Session
from lab.cli.transport import Hang, Pause, Write
from tests.chaos.scenario import Event
from tests.chaos.world import Process, World

STANDBY = (
    "Failover On\nFailover unit Secondary\n"
    "        This host: Secondary - Standby Ready\n        Other host: Primary - Active\n"
)
# What a device that answers late adds to the time between the two clears.
LATE = 8.0


class Login:
    """Stands in for SSH and for what the connection plugin does around the dialogue; ``mending`` lets events happen.

    ``unit`` is one of a pair that has an address of its own; without it a pair answers by whichever is active.
    """

    def __init__(self, world: World, actor: str, asked: str, mending: bool = False, unit: str = "") -> None:
        self.world, self.actor, self.asked, self.mending = world, actor, asked, mending
        others = dict(zip(world.kind.ends, world.kind.ends[::-1], strict=True))
        self.device = others[asked] if asked in world.swapped else asked
        self.open = True
        self.dialogue = Dialogue(asked, connect_timeout=20, command_timeout=20, clock=lambda: world.now)
        self._bytes = bytearray()
        self._ready = world.now
        self._closing = self._hung = False
        self.unit = unit
        self._box = world.box(unit or self.device)
        self._session = Session(self._box, "operator")
        self.number = world.number(self._session.number, self._box.name)
        self._do(self._session.start())

    def log_in(self) -> Process:
        """As a connection's first use.

        :raises LostError: nobody lets this login in, or it ends in no usable prompt.
        """
        yield 0.5
        if self.world.now < self.world.away_until.get(self.device, 0.0):
            yield 3.0
            self.open = False
            raise LostError(f"{self.asked}: cannot connect")
        self.world.sessions.append(self)
        self.world.tell("login", self.actor, self.device, asked=self.asked, session=self.number)
        yield from self._converse(self.dialogue.login("lab-enable"))

    def run(self, command: str) -> Process:
        """Type one command; the answer is an :class:`Answer`."""
        answer: Answer = yield from self._converse(self.dialogue.command(command))
        if not answer.incomplete:
            self.world.tell("answered", self.actor, self.device, asked=self.asked, session=self.number, text=command)
        return answer

    def fire(self, command: str) -> Process:
        """Type one command and read nothing."""
        yield from self._converse(self.dialogue.fire(command))

    def close(self, farewell: bool = True) -> None:
        if self.open and farewell:
            self._feed(b"exit\n")
        self.hang_up("left")

    def hang_up(self, kind: str = "closed") -> None:
        """The connection is gone, from whichever side."""
        if self.open:
            self.open = False
            self.world.tell(kind, self.actor, self.device, asked=self.asked, session=self.number)

    def check_unit(self) -> None:
        """The address of a pair goes with the unit that is active, and the connection does not."""
        if not self.unit and self._box is not self.world.box(self.device):
            self.hang_up()

    # --- bytes -------------------------------------------------------------------------------------------------

    def _converse(self, conversation: Any) -> Process:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Send):
                    yield self.world.scenario.latency
                    self._send(step.data)
                    step = conversation.send(b"")
                else:
                    step = conversation.send((yield from self._receive(step.within)))
        except StopIteration as done:
            return done.value
        except DialogueError as error:
            self.hang_up()
            raise LostError(str(error)) from None

    def _receive(self, within: float) -> Process:
        deadline = self.world.now + within
        while True:
            if self._bytes and self.world.now >= self._ready:
                data = bytes(self._bytes)
                self._bytes.clear()
                return data
            if not self.open or (self._closing and not self._bytes):
                raise self.dialogue.closed()
            # A device that reboots ends a login in the middle of a wait, so nobody sleeps for long.
            left = min(deadline - self.world.now, 1.0)
            if self._bytes:
                left = min(left, max(self._ready - self.world.now, 0.001))
            if left <= 0:
                return b""
            yield left

    def _send(self, data: bytes) -> None:
        line = data.decode().strip()
        if not self.open:
            raise self.dialogue.closed()
        for event in self.world.due(self.device, line, "before") if self.mending and line else ():
            if self.world.at_device(event, self.device):
                continue
            if event.what == "lose":
                self._end(event)
            elif event.what == "late":
                self._late(event)
        if not self.open:
            raise self.dialogue.closed()
        self._spoiled_by_quirk(line)
        before = len(self._bytes)
        self._feed(data)
        if not self.mending or not line:
            return
        for event in self.world.due(self.device, line, "after"):
            if not self.world.at_device(event, self.device):
                self._spoil(event, line, before)
        if line.startswith(("clear", "vpn-sessiondb")) and self.world.scenario.in_band == self.device:
            # The way that the answer would take is gone, and nobody ends this login properly.
            self._bytes.clear()
            self.hang_up()

    def _feed(self, data: bytes) -> None:
        self.world.typing = (self.actor, self.asked)
        try:
            actions = self._session.feed(data)
        finally:
            self.world.typing = ("", "")
        self._do(actions)

    def _do(self, actions: Any) -> None:
        for action in actions:
            match action:
                case Write(data) if not self._hung:
                    self._bytes += data
                case Pause(seconds):
                    self._ready = max(self._ready, self.world.now) + seconds
                case Hang():
                    self._hung = True
                case Write():
                    pass
                case _:
                    # Closed, or broken without a word.
                    self._closing = True

    def _spoiled_by_quirk(self, line: str) -> None:
        box = self._box
        prefixed = any(box.quirk(name, line) for name in ("hang", "empty", "authorization-failed", "garble"))
        refused = "refuse-clear" in box.quirks and line.startswith("clear")
        if prefixed or refused or {"slow", "level", "pager-stuck", "prompt"} & set(box.quirks):
            self._tell_spoiled(f"{line}: {box.quirks}")

    def _tell_spoiled(self, text: str) -> None:
        self.world.tell("spoiled", self.actor, self.device, asked=self.asked, session=self.number, text=text)

    # --- what chaos does to one answer -------------------------------------------------------------------------

    def _end(self, event: Event) -> None:
        self.world.tell("event", self.actor, self.device, text=str(event))
        self._bytes.clear()
        self.hang_up()

    def _late(self, event: Event) -> None:
        self.world.tell("event", self.actor, self.device, text=str(event))
        self._ready = max(self._ready, self.world.now) + LATE

    def _spoil(self, event: Event, line: str, before: int) -> None:
        answer = bytes(self._bytes[before:])
        prompt = self._session.prompt.encode()
        head = line.encode() + b"\r\n"
        body = answer[len(head) : -len(prompt)] if answer.endswith(prompt) else answer[len(head) :]
        if event.what == "lose":
            self._end(event)
        elif event.what == "late":
            self._late(event)
        elif answer.startswith(head):
            self.world.tell("event", self.actor, self.device, text=str(event))
            self._tell_spoiled(str(event))
            if event.what == "cut":
                self._bytes[before:] = answer[: max(1, len(answer) // 2)]
                self._closing = True
            else:
                self._bytes[before:] = head + _spoilt(event.what, body) + prompt


def _spoilt(what: str, body: bytes) -> bytes:
    if what == "cut-silently":
        # In the middle of a line: a device that ends at a line's end is one that has less to say.
        return body[: len(body) * 2 // 3].rstrip(b"\r\n")[:-3] + b"\r\n" if body else b""
    if what == "garbage":
        return b"\r\n".join(line[::-1] for line in body.split(b"\r\n"))
    if what == "standby":
        return STANDBY.replace("\n", "\r\n").encode()
    return b""
