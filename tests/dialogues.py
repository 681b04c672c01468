# SPDX-License-Identifier: GPL-3.0-or-later
"""An ASA's command line in memory, and a wire that carries a dialogue to it in chunks of any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import (
    Conversation,
    Dialogue,
    Send,
)

T = TypeVar("T")
MORE = "<--- More --->"
INVALID = "          ^\r\nERROR: % Invalid input detected at '^' marker.\r\n"
SHORT = "Cryptochecksum: 1\r\n"


@dataclass
class Asa:
    """Answers typed lines as an ASA does. A text in ``outputs`` replaces what a command shows."""

    name: str = "hq"
    banner: str = "Type help or '?' for a list of available commands.\r\n"
    last: str = ">"
    enable: str | None = "secret"
    question: str = "Password: "
    outputs: dict[str, str] = field(default_factory=dict)
    echo: Callable[[str], str] = str
    refused_lines: tuple[str, ...] = ()
    received: list[str] = field(default_factory=list)
    mode: str = ""
    _asks: bool = False
    _keys: str = ""

    @property
    def prompt(self) -> str:
        return f"{self.name}{self.mode}{self.last} "

    def start(self) -> str:
        return self.banner + self.prompt

    def feed(self, data: str) -> str:
        shown = ""
        self._keys += data
        while "\n" in self._keys:
            line, self._keys = self._keys.split("\n", 1)
            shown += self.password(line) if self._asks else self.line(line)
        return shown

    def password(self, line: str) -> str:
        self._asks = line != self.enable
        if self._asks:
            return "\r\nInvalid password\r\n" + self.question
        self.last = "#"
        return "\r\n" + self.prompt

    def line(self, line: str) -> str:
        self.received += [line] if line else []
        echo = self.echo(line) + "\r\n"
        if line == "enable" and line not in self.outputs:
            self._asks = self.enable is not None
            self.last = self.last if self._asks else "#"
            return echo + (self.question if self._asks else self.prompt)
        shown = self.outputs.get(line)
        if shown is None:
            shown = self.answer(line)
        return echo + shown + self.prompt

    def answer(self, line: str) -> str:
        if line in self.refused_lines:
            return INVALID
        if line == "configure terminal":
            self.mode = "(config)"
        if line == "end":
            self.mode = ""
        return {"show pager": "no pager\r\n", "show curpriv": CURPRIV.format(15)}.get(line, "")


CURPRIV = "Username : enable_15\r\nCurrent privilege level : {}\r\nCurrent Mode/s : P_PRIV\r\n"


@dataclass
class Wire:
    """Carries a conversation to a device: in chunks that end at ``ends`` or after ``size`` bytes, closed at ``cut``.

    At ``hush`` nothing comes any more. At ``slip`` what the device never said comes in between, one chunk each.
    """

    device: Asa
    ends: frozenset[int] = frozenset()
    size: int = 10**9
    cut: int | None = None
    hush: int | None = None
    slip: tuple[int, tuple[bytes, ...]] = (0, ())
    now: float = 0.0
    given: int = 0
    sent: list[Send] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pending = self.device.start().encode("latin-1")
        self.dialogue = Dialogue("hq", connect_timeout=30, command_timeout=20, clock=lambda: self.now)

    def __call__(self, conversation: Conversation[T]) -> T:
        step = next(conversation)
        try:
            while True:
                if isinstance(step, Send):
                    self.sent.append(step)
                    self.pending += self.device.feed(step.data.decode()).encode("latin-1")
                    step = conversation.send(b"")
                else:
                    step = conversation.send(self.receive(step.within))
        except StopIteration as done:
            result: T = done.value
            return result

    def receive(self, within: float) -> bytes:
        assert within > 0
        if self.cut is not None and self.given >= self.cut:
            raise self.dialogue.closed()
        at, strange = self.slip
        if strange and self.given >= at:
            self.slip = (at, strange[1:])
            return strange[0]
        if not self.pending or (self.hush is not None and self.given >= self.hush):
            self.now += within
            self.silences.append(within)
            return b""
        length = min(self.size, len(self.pending))
        stops = {*self.ends, self.cut or 0, self.hush or 0, at}
        length = min([length, *(stop - self.given for stop in stops if stop > self.given)])
        chunk, self.pending = self.pending[:length], self.pending[length:]
        self.given += length
        return chunk

    def login(self, password: str | None = "secret") -> Dialogue:
        self(self.dialogue.login(password))
        return self.dialogue

    def run(self, line: str) -> Answer:
        return self(self.dialogue.command(line))


def logged_in(**options: object) -> Wire:
    """A wire after a login; the options go to the device."""
    wire = Wire(Asa(**options))  # type: ignore[arg-type]
    wire.login()
    return wire
