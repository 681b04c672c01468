# SPDX-License-Identifier: GPL-3.0-or-later
"""One login's dialogue with an ASA's command line, without the wire (sans I/O).

Each conversation is a generator: it yields :class:`Send` and :class:`Receive`, is sent the bytes that came (``b""``
when none came in time) and returns its result. Whoever drives it owns the socket; tests drive it from memory and
cut it at any byte.

Three habits make a read trustworthy:

* The prompt is learnt, not guessed: an empty line must bring back the very same last line. Afterwards only that
  prompt ends an output, so a remark that ends in ``#`` or ``->`` does not.
* Every command must come back as an echo before its output, with nothing but prompts in front of it. Anything else
  in front means that the output before was cut, and is an error.
* The pager is turned off by whichever spelling the device allows, and ``show pager`` must say so. A ``More`` that
  still appears makes the output incomplete, never short.

Sources: ASA command reference (``terminal pager``, ``show pager``, ``show curpriv``, ``enable``, ``prompt``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer

T = TypeVar("T")

# A hostname has letters, digits and hyphens; `prompt` can add domain, priority, state and context around slashes.
_PROMPT_LIKE = re.compile(rb"(?:^|[\r\n])([A-Za-z0-9][\w.\-/]*(?:\(config[\w-]*\))?[>#] ?)$")
_FTD_PROMPT = re.compile(rb"(?:^|[\r\n])> ?$")
_SHELL_PROMPT = re.compile(rb"[^\r\n]*(?:[$%]|[\w.-]+@[^\r\n]*#) ?$")
_PASSWORD_PROMPT = re.compile(rb"[Pp]assword: ?$")
_MORE = b"<--- More --->"
_PRIVILEGE = re.compile(r"Current privilege level\s*:\s*(\d+)")
_TAIL = 160


@dataclass(frozen=True)
class Send:
    """Bytes for the device. ``secret`` keeps them out of every log."""

    data: bytes
    secret: bool = False


@dataclass(frozen=True)
class Receive:
    """Wait at most ``within`` seconds for the next bytes; ``b""`` is sent back when none came."""

    within: float


Conversation = Generator[Send | Receive, bytes, T]


class DialogueError(Exception):
    """The dialogue failed. The message names the device, the command and the last bytes seen."""

    def __init__(self, device: str, what: str, command: str = "", tail: bytes = b"", hint: str = "") -> None:
        self.what = what
        text = f"{device}: {what}"
        if command:
            text += f" (command: {command!r})"
        if tail:
            text += f"; last bytes seen: {printable(tail[-_TAIL:])!r}"
        if hint:
            text += f". {hint}"
        super().__init__(text)


class ClosedError(DialogueError):
    """The device closed the connection."""


class TimedOutError(DialogueError):
    """The device went silent before its prompt came."""


class OutOfStepError(DialogueError):
    """Bytes came that belong to no command that is under way: an output before was cut."""


class LoginError(DialogueError):
    """Logged in over SSH, but not to a usable ASA prompt."""


def printable(data: bytes) -> str:
    """Text for messages and files; bytes that are no UTF-8 stay visible as escapes."""
    return data.decode("utf-8", "backslashreplace")


@dataclass
class Dialogue:
    """The state of one login. ``prompt`` is the learnt prompt without its last character (``hq``, ``ctx/pri/act``)."""

    device: str
    connect_timeout: float = 30.0
    command_timeout: float = 30.0
    clock: Callable[[], float] = time.monotonic
    prompt: bytes = b""
    privileged: bool = False
    privilege: int | None = None
    pager_off: bool = False
    _buffer: bytearray = field(default_factory=bytearray)
    _ends: re.Pattern[bytes] = re.compile(b"$^")

    # --- conversations -----------------------------------------------------------------------------------------

    def login(self, enable_password: str | None = None, *, enable: bool = True) -> Conversation[None]:
        """From the first byte of the shell to a proven privileged prompt with the pager off.

        :raises LoginError: no prompt of an ASA, a refused ``enable``, or a pager that cannot be turned off.
        """
        yield from self._learn_prompt()
        if not self.privileged and enable:
            yield from self._enable(enable_password or "")
        yield from self._turn_pager_off()
        yield from self._read_privilege()

    def command(self, line: str, timeout: float | None = None) -> Conversation[Answer]:
        """Send one line and return what came between its echo and the prompt.

        :raises TimedOutError: no prompt within ``timeout`` seconds of silence.
        :raises OutOfStepError: something other than the echo came first.
        """
        if not line or "\n" in line or "\r" in line:
            raise ValueError(f"one command line is sent at a time, got {line!r}")
        silence = timeout or self.command_timeout
        yield Send(line.encode() + b"\n")
        yield from self._take_echo(line, silence)
        text, incomplete = yield from self._until_prompt(line, silence)
        return Answer(command=line, text=text, incomplete=incomplete)

    def configure(self, lines: tuple[str, ...]) -> Conversation[ConfigAnswer]:
        """Type configuration lines one by one, stop at the first that is refused, and always leave the mode."""
        entered = yield from self.command("configure terminal")
        if entered.refusal:
            return ConfigAnswer(applied=(), refused="configure terminal", reason=entered.refusal)
        applied: list[Answer] = []
        refused = reason = ""
        for line in lines:
            answer = yield from self.command(line)
            if answer.refusal:
                refused, reason = line, answer.refusal
                break
            applied.append(answer)
        yield from self.command("end")
        return ConfigAnswer(applied=tuple(applied), refused=refused, reason=reason)

    # --- login -------------------------------------------------------------------------------------------------

    def _learn_prompt(self) -> Conversation[None]:
        deadline = self.clock() + self.connect_timeout
        candidate = b""
        probed = False
        while (left := deadline - self.clock()) > 0:
            # A device that has said nothing for a while may be waiting for a key.
            chunk = yield Receive(min(left, 1.0 if candidate else max(left / 2, 0.01)))
            self._buffer += chunk
            if self._more_at_end():
                yield Send(b" ")
                self._buffer.clear()
                continue
            match = _PROMPT_LIKE.search(bytes(self._buffer[-_TAIL:]))
            if match and probed and match[1] == candidate:
                self._set_prompt(candidate)
                self._buffer.clear()
                return
            if match:
                candidate, probed = match[1], True
                self._buffer.clear()
                yield Send(b"\n")
            elif not chunk:
                self._refuse_strangers()
                yield Send(b"\n")
        self._fail(
            LoginError,
            f"no ASA prompt within {self.connect_timeout:g} s",
            hint="Expected a prompt such as 'hostname>' or 'hostname#'; raise ansible_connect_timeout if it is slow",
        )

    def _refuse_strangers(self) -> None:
        tail = bytes(self._buffer[-_TAIL:])
        if _FTD_PROMPT.search(tail):
            self._fail(
                LoginError,
                "this is the prompt of Firepower Threat Defense, not of an ASA",
                hint="Log in to the Lina CLI (system support diagnostic-cli), or collect its outputs to files",
            )
        if _SHELL_PROMPT.search(tail):
            self._fail(LoginError, "this is the prompt of a Unix shell, not of an ASA", hint="Check ansible_host")

    def _set_prompt(self, prompt: bytes) -> None:
        stripped = prompt.rstrip()
        self.privileged = stripped.endswith(b"#")
        self.prompt = re.sub(rb"\(config[\w-]*\)$", b"", stripped[:-1])
        self._ends = re.compile(rb"(?:^|[\r\n])" + re.escape(self.prompt) + rb"(?:\([\w-]+\))?[>#] ?$")

    def _enable(self, password: str) -> Conversation[None]:
        yield Send(b"enable\n")
        yield from self._take_echo("enable", self.connect_timeout)
        asked = 0
        deadline = self.clock() + self.connect_timeout
        while (left := deadline - self.clock()) > 0:
            tail = bytes(self._buffer[-_TAIL:])
            if _PASSWORD_PROMPT.search(tail):
                if asked:
                    yield from self._give_up_enable(tail)
                asked += 1
                self._buffer.clear()
                yield Send(password.encode() + b"\n", secret=True)
            elif end := self._ends.search(tail):
                self.privileged = end[0].rstrip().endswith(b"#")
                if not self.privileged:
                    self._fail(LoginError, "enable was refused", "enable", hint="Check ansible_become_password")
                self._buffer.clear()
                return
            self._buffer += yield Receive(left)
        self._fail(LoginError, f"enable did not finish within {self.connect_timeout:g} s", "enable")

    def _give_up_enable(self, tail: bytes) -> Conversation[NoReturn]:
        # Leave the password question, or the device keeps the session until its own time-out.
        yield Send(b"\n\n")
        self._fail(
            LoginError,
            "the enable password was refused",
            "enable",
            tail,
            hint="Set ansible_become_password to this device's enable password",
        )

    def _turn_pager_off(self) -> Conversation[None]:
        for spelling in ("terminal pager 0", "no terminal pager"):
            answer = yield from self.command(spelling, self.connect_timeout)
            if not answer.refusal:
                break
        else:
            self._fail(
                LoginError,
                f"the pager cannot be turned off: {answer.refusal}",
                "terminal pager 0",
                hint="Permit 'terminal pager' or 'no terminal pager' in the AAA command authorization",
            )
        proof = yield from self.command("show pager", self.connect_timeout)
        # A device that refuses the question is still guarded: a More in any output makes that output incomplete.
        if not proof.refusal:
            if "no pager" not in proof.text:
                self._fail(LoginError, "the pager is still on after it was turned off", "show pager", hint=proof.text)
            self.pager_off = True

    def _read_privilege(self) -> Conversation[None]:
        answer = yield from self.command("show curpriv", self.connect_timeout)
        if match := _PRIVILEGE.search(answer.text):
            self.privilege = int(match[1])
        elif not answer.refusal:
            self._fail(LoginError, "'show curpriv' does not answer like an ASA", "show curpriv", hint=answer.text)

    # --- reading -----------------------------------------------------------------------------------------------

    def _take_echo(self, line: str, silence: float) -> Conversation[None]:
        wanted = line.encode()
        while True:
            start = self._buffer.find(wanted)
            newline = self._buffer.find(b"\n", max(start, 0))
            if start >= 0 and newline >= 0:
                self._check_in_front(bytes(self._buffer[:start]), line)
                del self._buffer[: newline + 1]
                return
            if start < 0 and newline >= 0 and self._is_scrolled_echo(bytes(self._buffer[:newline]), wanted):
                del self._buffer[: newline + 1]
                return
            if start < 0 and len(self._buffer) > len(wanted) + 8 * _TAIL:
                self._check_in_front(bytes(self._buffer), line)
            self._buffer += yield from self._receive(line, silence)

    def _check_in_front(self, before: bytes, line: str) -> None:
        rest = re.sub(re.escape(self.prompt) + rb"(?:\([\w-]+\))?[>#]", b"", before).strip()
        if rest:
            self._fail(OutOfStepError, "bytes of an earlier output came before the echo", line, rest)

    @staticmethod
    def _is_scrolled_echo(first: bytes, wanted: bytes) -> bool:
        """A command longer than the 80 columns is echoed with ``$`` and backspaces; its end is still whole."""
        plain = first.replace(b"\r", b"").replace(b"\x08", b"").rstrip()
        return (b"$" in plain or b"\x08" in first) and plain.endswith(wanted[-12:])

    def _until_prompt(self, line: str, silence: float) -> Conversation[tuple[str, str]]:
        incomplete = ""
        while True:
            end = self._ends.search(bytes(self._buffer[-_TAIL:]))
            if end:
                length = len(self._buffer) - min(len(self._buffer), _TAIL) + end.start()
                text = bytes(self._buffer[:length])
                self._buffer.clear()
                return clean(text), incomplete
            if self._more_at_end():
                # Only a More that nothing follows is the pager's own.
                chunk = yield Receive(0.3)
                if chunk:
                    self._buffer += chunk
                    continue
                incomplete = "the pager stopped the output although it was turned off"
                yield Send(b"q")
            self._buffer += yield from self._receive(line, silence)

    def _more_at_end(self) -> bool:
        return bytes(self._buffer[-40:]).rstrip(b" \r\n").endswith(_MORE)

    def _receive(self, line: str, silence: float) -> Conversation[bytes]:
        chunk = yield Receive(silence)
        if not chunk:
            self._fail(
                TimedOutError,
                f"nothing came for {silence:g} s and the prompt is missing",
                line,
                hint="Raise ansible_command_timeout for a slow device",
            )
        return chunk

    def closed(self, command: str = "") -> ClosedError:
        """The error for a connection that ended while this dialogue was under way."""
        return ClosedError(self.device, "the device closed the connection", command, bytes(self._buffer))

    def _fail(
        self, kind: type[DialogueError], what: str, command: str = "", tail: bytes = b"", hint: str = ""
    ) -> NoReturn:
        raise kind(self.device, what, command, tail or bytes(self._buffer), hint)


def clean(data: bytes) -> str:
    """An output as text with plain newlines; the ASA ends lines with CR LF and sprinkles odd CRs."""
    text = printable(data).replace("\r\n", "\n").replace("\n\r", "\n").replace("\r", "\n" if b"\n" not in data else "")
    return text.rstrip("\n") + "\n" if text.strip() else ""
