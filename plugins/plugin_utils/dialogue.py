# SPDX-License-Identifier: GPL-3.0-or-later
"""One login's dialogue with an ASA's command line, without the wire (sans I/O).

Each conversation is a generator: it yields :class:`Send` and :class:`Receive`, is sent the bytes that came, ``b""``
when none came in time, and returns its result. Whoever drives it owns the socket; tests drive it from memory.

Three habits make a read trustworthy:

* The prompt is learnt: an empty line must bring back the very same last line. Afterwards only that prompt ends an
  output, so a remark that ends in ``#`` or ``->`` does not.
* Every command must come back as an echo before its output, with nothing in front of it. Anything in front means that
  the output before was cut, and is an error. :meth:`Dialogue.settle` proves it for the last command of a login.
* The pager is turned off by either spelling, and ``show pager`` must say so. A ``More`` that still appears makes the
  output incomplete, never short.

Sources: ASA command reference (``terminal pager``, ``show pager``, ``show curpriv``, ``enable``, ``prompt``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.screen import (
    ASA_PROMPT,
    FTD_PROMPT,
    MORE,
    PASSWORD_PROMPT,
    PASSWORD_QUESTION,
    SHELL_PROMPT,
    clean,
    echo,
    holds_echo,
    is_scrolled_echo,
    lines,
    may_be_prompt,
    printable,
    prompt_at_end,
    require_one_line,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

T = TypeVar("T")

_PRIVILEGE = re.compile(r"Current privilege level\s*:\s*(\d+)")
_TAIL = 160
# Every login types it, so whoever may log in may type it again.
_HARMLESS = "show curpriv"
# A banner pauses for less than this; a device at its prompt stays silent.
_QUIET = 0.2
# A device that has said nothing, or stopped in the middle of a line, may be waiting for a key.
_PATIENCE = 3.0
# Only a More that nothing follows is the pager's own.
_PAGER_QUIET = 1.0


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
    """The dialogue failed. The message names the device, the command and the last bytes seen, secrets masked."""

    def __init__(self, device: str, what: str, command: str = "", tail: bytes = b"", hint: str = "") -> None:
        self.tail = tail
        text = f"{device}: {what}"
        if command:
            text += f" (command: {mask(command)!r})"
        if tail:
            # Masked before it is shortened: the cut could take away the word that tells a secret.
            text += f"; last bytes seen: {mask(printable(tail[-8 * _TAIL :]))[-_TAIL:]!r}"
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
    _ends: re.Pattern[bytes] = re.compile(rb"(?!)")
    _under_way: str = ""
    _configuring: bool = False
    _whoami: str = ""
    # Empty lines typed before the prompt was known bring prompts late, but never after an echo.
    _late_prompts: bool = True

    # --- conversations -----------------------------------------------------------------------------------------

    def login(self, enable_password: str | None = None, *, enable: bool = True) -> Conversation[None]:
        """From the first byte of the shell to a proven privileged prompt with the pager off.

        :raises LoginError: no prompt of an ASA, a refused ``enable``, or a pager that cannot be turned off at level 15.
        """
        yield from self._learn_prompt()
        if not self.privileged and enable:
            yield from self._enable(enable_password or "")
        yield from self._read_privilege()
        yield from self._turn_pager_off()

    def command(self, line: str, timeout: float | None = None) -> Conversation[Answer]:
        """Send one line and return what came between its echo and the prompt.

        :raises TimedOutError: no prompt within ``timeout`` seconds of silence.
        :raises OutOfStepError: something other than the echo came first.
        """
        require_one_line(line)
        silence = timeout or self.command_timeout
        yield from self._type(line, silence)
        text, incomplete = yield from self._until_prompt(silence)
        if holds_echo(text, self.prompt, line):
            self._out_of_step("the command was echoed twice, so an output before was cut", text.encode())
        return Answer(command=line, text=text, incomplete=incomplete)

    def fire(self, line: str) -> Conversation[None]:
        """Send one line whose answer nobody will read. The dialogue is over: what comes next belongs to no command."""
        require_one_line(line)
        self._under_way = line
        yield Send(line.encode() + b"\n")

    def change_to(self, line: str) -> Conversation[Answer]:
        """Send a line that may change the prompt (``changeto context NAME``), and learn the prompt as at the login.

        The level and the pager are those of the place, and are looked at anew.

        :raises TimedOutError: no prompt of an ASA came.
        :raises LoginError: one came that an empty line does not bring back, or the pager cannot be turned off.
        """
        require_one_line(line)
        yield from self._type(line, self.command_timeout)
        while not ASA_PROMPT.fullmatch(last := (self._lines() or [b""])[-1]):
            self._buffer += yield from self._receive(self.command_timeout)
        text = clean(self._buffer[: self._buffer.rfind(last)])
        yield from self._learn_prompt()
        self._late_prompts = True
        answer = Answer(line, text)
        if not answer.refusal:
            yield from self._read_privilege()
            yield from self._turn_pager_off()
        return answer

    def settle(self) -> Conversation[None]:
        """Prove that the last output was whole: a harmless command must be echoed and answered right behind its prompt.

        An empty line proves less: an output can hold the prompt that it brings. It can hold the echo of a command too,
        and then it is the answer that is not the one of the login.

        :raises OutOfStepError: the rest of an output came.
        """
        last = self._under_way
        try:
            answer = yield from self.command(_HARMLESS)
            if answer.text == self._whoami:
                return
            rest = answer.text.encode()
        except OutOfStepError as error:
            rest = error.tail
        self._out_of_step("more bytes of this output came after the prompt, so it was cut", rest, last)

    def configure(self, lines: tuple[str, ...]) -> Conversation[ConfigAnswer]:
        """Type configuration lines one by one, stop at the first that is refused, and always leave the mode."""
        for line in lines:
            require_one_line(line)
        entered = yield from self.command("configure terminal")
        if entered.refusal:
            return ConfigAnswer(applied=(), refused="configure terminal", reason=entered.refusal)
        if not self._configuring:
            self._fail(OutOfStepError, "configuration mode was not entered", hint="No line was sent")
        applied: list[Answer] = []
        refused = reason = ""
        for line in lines:
            answer = yield from self.command(line)
            if answer.refusal or answer.incomplete:
                refused, reason = line, answer.refusal or answer.incomplete
                break
            applied.append(answer)
        yield from self.command("end")
        if self._configuring:
            self._fail(
                OutOfStepError, "'end' did not leave configuration mode", hint="Look at the lines that were sent"
            )
        return ConfigAnswer(applied=tuple(applied), refused=refused, reason=reason)

    # --- login -------------------------------------------------------------------------------------------------

    def _learn_prompt(self) -> Conversation[None]:
        deadline = self.clock() + self.connect_timeout
        probed = seen = b""
        while (left := deadline - self.clock()) > 0:
            line = (self._lines() or [b""])[-1]
            if probed and set(self._lines()) == {probed}:
                self._believe(probed)
                self._buffer.clear()
                return
            chunk = yield Receive(min(left, _QUIET if may_be_prompt(line) else _PATIENCE))
            self._buffer += chunk
            if chunk:
                continue
            if PASSWORD_QUESTION.fullmatch(line):
                # Whatever is typed could become the new password.
                hint = (
                    "Nothing was typed. Log in by hand and answer it (an expired password?), then set ansible_password"
                )
                self._fail(LoginError, "the device asks for a password after the login", hint=hint)
            paging = self._more_at_end()
            probed = b"" if paging else line
            yield Send(b" " if paging else b"\n")
            seen = bytes(self._buffer) or seen
            self._buffer.clear()
        self._fail(
            LoginError,
            f"no ASA prompt within {self.connect_timeout:g} s",
            tail=bytes(self._buffer) or seen,
            hint="Expected a prompt such as 'hostname>' or 'hostname#'; raise ansible_connect_timeout if it is slow",
        )

    def _lines(self) -> list[bytes]:
        return lines(bytes(self._buffer[-8 * _TAIL :]))

    def _believe(self, prompt: bytes) -> None:
        """Take a prompt that an empty line brought back, or refuse a login that is none of an ASA."""
        if ASA_PROMPT.fullmatch(prompt):
            self._set_prompt(prompt[:-1], prompt[-1:])
        elif FTD_PROMPT.fullmatch(prompt):
            self._fail(
                LoginError,
                "this is the prompt of Firepower Threat Defense, not of an ASA",
                hint="Log in to the Lina CLI (system support diagnostic-cli), or collect its outputs to files",
            )
        elif SHELL_PROMPT.fullmatch(prompt):
            self._fail(LoginError, "this is the prompt of a Unix shell, not of an ASA", hint="Check ansible_host")
        else:
            self._fail(
                LoginError,
                "the login does not end at the prompt of an ASA",
                hint="Expected a prompt such as 'hostname>' or 'hostname#'; log in by hand and see what it asks",
            )

    def _set_prompt(self, name: bytes, last: bytes) -> None:
        self.prompt = name
        self.privileged = last == b"#"
        self._ends = prompt_at_end(name, re.escape(last))

    def _enable(self, password: str) -> Conversation[None]:
        either = prompt_at_end(self.prompt, b"([>#])")
        asked = False
        yield from self._type("enable", self.connect_timeout)
        while not (end := either.search(self._buffer)):
            if not PASSWORD_PROMPT.search(self._buffer):
                self._buffer += yield from self._receive(self.connect_timeout)
                continue
            if asked:
                # Leave the password question, or the device keeps the session until its own time-out.
                yield Send(b"\n\n")
                self._refuse_enable("the enable password was refused")
            asked = True
            self._buffer.clear()
            yield Send(password.encode() + b"\n", secret=True)
        if end[2] != b"#":
            self._refuse_enable("enable was refused")
        self._set_prompt(self.prompt, b"#")
        self._buffer.clear()

    def _refuse_enable(self, what: str) -> NoReturn:
        self._fail(LoginError, what, hint="Set ansible_become_password to this device's enable password")

    def _turn_pager_off(self) -> Conversation[None]:
        for spelling in ("terminal pager 0", "no terminal pager"):
            answer = yield from self.command(spelling, self.connect_timeout)
            if not answer.refusal:
                break
        else:
            # A low level may not turn it off, and may not be enough anyway: whoever needs more says so by its number.
            if not self.privileged or (self.privilege or 15) < 15:
                return
            self._fail(
                LoginError,
                f"the pager cannot be turned off: {answer.refusal}",
                hint="Permit 'terminal pager' or 'no terminal pager' in the AAA command authorization",
            )
        proof = yield from self.command("show pager", self.connect_timeout)
        # A device that refuses the question is still guarded: a More in any output makes that output incomplete.
        if not proof.refusal:
            if "no pager" not in proof.text:
                self._fail(
                    LoginError,
                    f"the pager is still on after it was turned off: {proof.text.strip()!r}",
                    hint="Log in by hand and see what 'terminal pager 0' and 'show pager' answer",
                )
            self.pager_off = True

    def _read_privilege(self) -> Conversation[None]:
        answer = yield from self.command(_HARMLESS, self.connect_timeout)
        self._whoami = answer.text
        if match := _PRIVILEGE.search(answer.text):
            self.privilege = int(match[1])
        # A refusal without `ERROR:` in front is that of IOS, whose prompt is the same.
        elif not answer.refusal or answer.refusal.startswith("%"):
            self._fail(
                LoginError,
                f"'show curpriv' does not answer like an ASA: {answer.text.strip()[:_TAIL]!r}",
                hint="Check ansible_host",
            )

    # --- reading -----------------------------------------------------------------------------------------------

    def _type(self, line: str, silence: float) -> Conversation[None]:
        """Send a line and take its echo."""
        self._under_way = line
        wanted = line.encode()
        yield Send(wanted + b"\n")
        wanted_echo = echo(wanted)
        while not (found := wanted_echo.search(self._buffer)):
            newline = self._buffer.find(b"\n")
            if newline >= 0 and is_scrolled_echo(bytes(self._buffer[:newline]), wanted, self.prompt):
                self._late_prompts = False
                del self._buffer[: newline + 1]
                return
            if len(self._buffer) > len(wanted) + 8 * _TAIL:
                self._check_in_front(bytes(self._buffer))
            self._buffer += yield from self._receive(silence)
        self._check_in_front(bytes(self._buffer[: found.start()]))
        self._late_prompts = False
        del self._buffer[: found.end()]

    def _check_in_front(self, before: bytes) -> None:
        prompt = re.escape(self.prompt) + rb"[>#]"
        rest = (re.sub(prompt, b"", before) if self._late_prompts else before).strip()
        if rest:
            self._out_of_step("bytes of an earlier output came before the echo, so that output was cut", rest)

    def _out_of_step(self, what: str, rest: bytes, command: str = "") -> NoReturn:
        hint = "Trust nothing that was read in this login; run it again"
        raise OutOfStepError(self.device, what, command or self._under_way, rest, hint)

    def _until_prompt(self, silence: float) -> Conversation[tuple[str, str]]:
        incomplete = ""
        while not (end := self._at_prompt()):
            if not incomplete and self._more_at_end():
                chunk = yield Receive(_PAGER_QUIET)
                self._buffer += chunk
                if chunk:
                    continue
                incomplete = "the pager stopped the output although it was turned off"
                yield Send(b"q")
            self._buffer += yield from self._receive(silence)
        self._configuring = end[1] is not None
        del self._buffer[end.start() :]
        text = clean(self._buffer)
        self._buffer.clear()
        return text, incomplete

    def _at_prompt(self) -> re.Match[bytes] | None:
        # Only the end is looked at, so that an output of any length is read in linear time.
        return self._ends.search(self._buffer, max(len(self._buffer) - len(self.prompt) - _TAIL, 0))

    def _more_at_end(self) -> bool:
        return bytes(self._buffer[-40:]).rstrip().endswith(MORE)

    def _receive(self, silence: float) -> Conversation[bytes]:
        chunk = yield Receive(silence)
        if not chunk:
            hint = "If the device is only slow, raise ansible_command_timeout (at login, ansible_connect_timeout)"
            last = (self._lines() or [b""])[-1]
            if self.prompt and ASA_PROMPT.fullmatch(last) and last[:-1] != self.prompt:
                before = printable(self.prompt) + ("#" if self.privileged else ">")
                hint = (
                    f"It was {before!r} before: did the hostname, the context or the prompt change? Then run it again"
                )
            self._fail(TimedOutError, f"nothing came for {silence:g} s and the prompt is missing", hint=hint)
        return chunk

    def closed(self) -> ClosedError:
        """The error for a connection that ended while this dialogue was under way."""
        return ClosedError(
            self.device,
            "the device closed the connection",
            self._under_way,
            bytes(self._buffer),
            "Look at its log and at 'show ssh sessions', then run it again",
        )

    def _fail(self, kind: type[DialogueError], what: str, *, tail: bytes = b"", hint: str = "") -> NoReturn:
        raise kind(self.device, what, self._under_way, tail or bytes(self._buffer), hint)
