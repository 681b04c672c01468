# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted command line that can be told to misbehave. It shares nothing with the plugins, nor with the lab.

A :class:`Fault` travels to the server as the user name of a login, so that one server serves every test in any order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields

RUNNING = "".join(f"access-list outside_in extended permit tcp any host 192.0.2.{n} eq https\r\n" for n in range(40))
SHOWN = {
    "show curpriv": "Username : enable_15\r\nCurrent privilege level : 15\r\nCurrent Mode/s : P_PRIV\r\n",
    "show version": "\r\nCisco Adaptive Security Appliance Software Version 8.2(5)\r\n\r\nhq up 3 days\r\n",
    "show running-config": f": Saved\r\n:\r\nhostname hq\r\n{RUNNING}: end\r\n",
    "show clock": "12:00:00.000 UTC Mon Nov 23 2009\r\n",
}
INVALID = "          ^\r\nERROR: % Invalid input detected at '^' marker.\r\n"
IOS = "          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"
MORE = "<--- More --->"
ENABLE = "fault-enable"


@dataclass(frozen=True)
class Fault:
    """What a login does wrong. Every field has the value of a device that does nothing wrong."""

    # The login.
    kind: str = "asa"
    password: str = "fault-password"
    shell: str = "open"
    banner: str = "Type help or '?' for a list of available commands.\r\n"
    # The stream: at so many bytes of output `do` one of stall, close, reset.
    at: int = -1
    do: str = ""
    size: int = 0
    every: float = 0.0
    newline: str = "\r\n"
    encoding: str = "utf-8"
    # The command line.
    name: str = "hq"
    answers: dict[str, str] = field(default_factory=dict)
    repeat: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    columns: int = 0
    scroll: bool = False
    pages: bool = False
    after: dict[str, str] = field(default_factory=dict)
    # A pause is written into a text as this character.
    pause: float = 0.3

    @property
    def user(self) -> str:
        """The user name that asks for this fault."""
        changed = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps({name: value for name, value in changed.items() if value != asdict(Fault())[name]})

    @classmethod
    def of(cls, user: str) -> Fault:
        return cls(**json.loads(user)) if user.startswith("{") else cls()


PAUSE = "\x00"
STALL, CLOSE, RESET = "\x01", "\x02", "\x03"


class Script:
    """Keys in, screen out; what is shown may hold a PAUSE, and a CLOSE after the login has ended."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.name = "Router" if fault.kind == "ios" else fault.name
        self.last = ">"
        self.typed = ""
        self.asked = 0
        self.question = False
        self.page = ""

    @property
    def prompt(self) -> str:
        if self.fault.kind == "shell":
            return "\x1b[?2004h\x1b]0;user@host: ~\x07user@host:~$ "
        return f"{self.name}{self.last} "

    def start(self) -> str:
        if self.fault.kind == "expired":
            return "Your password has expired.\r\nEnter new password: "
        if self.fault.shell == "full":
            return "Maximum number of SSH sessions reached. Try again later.\r\n" + CLOSE
        return self.fault.banner + self.prompt

    def keys(self, data: str) -> Iterator[str]:
        for key in data:
            if self.page:
                rest, self.page = self.page, ""
                yield "\r" + " " * len(MORE) + "\r" + (rest + self.prompt if key == " " else self.prompt)
            elif key == "\n":
                line, self.typed = self.typed, ""
                yield self.line(line)
            else:
                self.typed += key

    def line(self, line: str) -> str:
        if self.fault.kind == "expired":
            return "\r\nTYPED INTO THE QUESTION\r\n" + CLOSE
        if self.fault.kind == "shell":
            return f"{line}\r\n\x1b[?2004l\r" + (f"bash: {line}: command not found\r\n" if line else "") + self.prompt
        if self.question:
            return self.password(line)
        if line == "enable" and line not in self.fault.answers:
            self.question = True
            return self.echo(line) + "Password: "
        if line == "exit":
            return self.echo(line) + "\r\nLogoff\r\n" + CLOSE
        shown = self.shown(line)
        self.name = self.fault.renamed.get(line, self.name)
        if self.fault.pages and line == "show running-config":
            head, self.page = shown[:400], shown[400:]
            return self.echo(line) + head + MORE
        return self.echo(line) + shown + self.prompt + self.fault.after.get(line, "")

    def password(self, line: str) -> str:
        self.asked += 1
        if line == ENABLE:
            self.question, self.last = False, "#"
            return "\r\n" + self.prompt
        if self.asked < 3:
            return "\r\nInvalid password\r\nPassword: "
        self.question = False
        return "\r\nAccess denied.\r\n" + self.prompt

    def shown(self, line: str) -> str:
        if line in self.fault.answers:
            return self.fault.answers[line] * self.fault.repeat.get(line, 1)
        if not line or (self.fault.kind == "asa" and line in ("terminal pager 0", "no terminal pager")):
            return ""
        if self.fault.kind == "ios":
            return IOS
        return {"show pager": "no pager\r\n", **SHOWN}.get(line, INVALID)

    def echo(self, line: str) -> str:
        room = self.fault.columns - len(self.prompt)
        if self.fault.columns and len(line) > room:
            if self.fault.scroll:
                return f"{line[:room]}{chr(8) * 20}${line[room - 10 :]}\r\n"
            return f"{line[:room]}\r\n{line[room:]}\r\n"
        return line + "\r\n"


def encode(fault: Fault, text: str) -> Iterator[bytes]:
    """The bytes of a screen, apart at each order that it holds."""
    piece = ""
    for char in text if any(order in text for order in (PAUSE, STALL, CLOSE, RESET)) else [text]:
        if char in (PAUSE, STALL, CLOSE, RESET):
            yield _bytes(fault, piece)
            yield char.encode()
            piece = ""
        else:
            piece += char
    yield _bytes(fault, piece)


def _bytes(fault: Fault, text: str) -> bytes:
    return text.replace("\r\n", fault.newline).encode(fault.encoding, "surrogateescape")
