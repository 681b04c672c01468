# SPDX-License-Identifier: GPL-3.0-or-later
"""One CLI session as a state machine: bytes from the client in, actions for the transport out.

Behaviour follows the Cisco ASA CLI guide ("Using the Command-Line Interface"): echo, prompts, pager, filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lab.cli import actions as _actions  # noqa: F401 registers
from lab.cli import configure, configure_ike, debugging, help, show_config, show_crypto, show_misc, show_sessions  # noqa: F401 registers
from lab.cli import configure_access as _configure_access  # noqa: F401 registers
from lab.cli import configure_certificates as _configure_certificates  # noqa: F401 registers
from lab.cli import configure_rest as _configure_rest  # noqa: F401 registers
from lab.cli import failover as _failover  # noqa: F401 registers
from lab.cli.box import Box, holdings
from lab.cli.contexts import refused
from lab.cli.filters import filtered, split_filter
from lab.cli.prompts import prompt_name
from lab.cli.transport import Action, Close, Die, Hang, Pause, Write, joined
from lab.cli.tree import INVALID, Ask, Failure, Match, Tree, tree_of
from lab.engine.syslog import Syslog

MORE = b"<--- More --->"
ERASE = b"\r              \r"
AUTHORIZATION_FAILED = "Command authorization failed"
CLEARING = ("clear", "vpn-sessiondb")
# The guide names `show` and `more`; that a trace can be filtered, too, is from practice.
FILTERED = ("show", "more", "packet-tracer")


class Session:
    """State of one logged-in user. Handlers get the session and their match, and give back lines or `Ask`."""

    def __init__(self, box: Box, user: str, context: str = "") -> None:
        self.box = box
        # `device` is where `changeto` led to, `home` where the login landed.
        self.device = self.home = box.contexts[context] if context else box.device
        self.user = user
        self.shown_user = user
        box.sessions += 1
        self.number = box.sessions
        self.privilege = 1
        self.enabled = False
        self.mode = ""
        self.submode_of = ""
        self.page = self._configured_page()
        self.closed = False
        # Whoever carries the bytes is told here of a death that nothing typed brought about.
        self.on_death: Callable[[], None] | None = None
        # And here of what comes by itself: the lines of a debug.
        self.on_output: Callable[[list[Action]], None] | None = None
        self.debugs: dict[str, int] = {}
        self._watched: Syslog | None = None
        self._feeding = False
        self._entry = 0
        self._asked_to_clear = False
        self.hung = False
        self._typed = bytearray()
        self._after_cr = False
        self._pages: list[str] = []
        self._ask: Ask | None = None
        self._out: list[Action] = []
        self._sent = 0
        account = box.accounts.get(user)
        if self._auto_enable() and account:
            self.enabled, self.privilege = True, account.privilege
        box.logins.append(self)

    # -- prompts -------------------------------------------------------------------------------------------

    @property
    def prompt(self) -> str:
        name = self.box.quirks.get("prompt") or prompt_name(self.device)
        mode = f"({self.mode})" if self.mode else ""
        return f"{name}{mode}{'#' if self.enabled else '>'} "

    @property
    def train(self) -> str:
        return "legacy" if self.device.legacy else "modern"

    @property
    def asking(self) -> bool:
        """Is the next line an answer, and no command?"""
        return self._ask is not None

    def _configured_page(self) -> int:
        lines = self.device.config.value("pager", "lines") or self.device.config.value("pager")
        return int(lines) if lines and lines.isdigit() else 24

    def _auto_enable(self) -> bool:
        line = self.device.config.value("aaa", "authorization", "exec")
        return bool(line and line.endswith("auto-enable"))

    # -- bytes ---------------------------------------------------------------------------------------------

    def start(self) -> list[Action]:
        banner = [" ".join(b.words[2:]) for b in self.device.config.starting("banner", "motd")]
        self._lines([*banner, "Type help or '?' for a list of available commands."])
        self._prompt()
        return self._flush()

    def feed(self, data: bytes) -> list[Action]:
        self._feeding = True
        for byte in data:
            if self.closed or self.hung:
                break
            self._byte(byte)
        self._feeding = False
        return self._flush()

    def _byte(self, byte: int) -> None:
        if byte == 0x0A and self._after_cr:
            self._after_cr = False
            return
        self._after_cr = byte == 0x0D
        if self._pages:
            self._pager_key(byte)
        elif self._ask and self._ask.single:
            self._write(b"\r\n")
            self._answer(chr(byte))
        elif byte in (0x0D, 0x0A):
            line = self._typed.decode("utf-8", "replace")
            self._typed.clear()
            self._write(b"\r\n")
            if self._ask:
                self._answer(line)
            else:
                self._run(line)
        elif byte in (0x08, 0x7F):
            if self._typed:
                self._typed.pop()
                self._write(b"\b \b")
        elif byte == 0x15:
            self._write(b"\b \b" * len(self._typed))
            self._typed.clear()
        elif byte == 0x03:
            self._typed.clear()
            self._ask = None
            self._write(b"^C\r\n")
            self._prompt()
        elif byte == 0x3F and not self._ask:
            self._help()
        elif byte == 0x09 and not self._ask:
            self._complete()
        elif byte >= 0x20 or byte == 0x09:
            self._typed.append(byte)
            if not (self._ask and self._ask.secret):
                self._write(bytes([byte]))

    def _help(self) -> None:
        line = self._typed.decode("utf-8", "replace")
        self._write(b"?\r\n")
        self._lines(help.listed(self, line))
        self._prompt()
        self._write(bytes(self._typed))

    def _complete(self) -> None:
        line = help.completed(self, self._typed.decode("utf-8", "replace"))
        self._write(b"\b \b" * len(self._typed) + line.encode())
        self._typed[:] = line.encode()

    # -- commands ------------------------------------------------------------------------------------------

    def _tree(self) -> Tree:
        if self.mode:
            return tree_of("config" if self.mode == "config" else self.mode, self.train)
        return tree_of("exec", self.train, 15 if self.enabled else 1)

    def _run(self, line: str) -> None:
        if not line.strip():
            self._prompt()
            return
        self._entry = self._note("config" if self.mode else "exec", line)
        before, after = self.box.watch(self, line)
        for deed in before:
            deed()
        if self.closed or self.hung:
            return
        if pause := self.box.pause(line):
            self._out.append(Pause(pause))
        result = self._respond(line)
        for deed in after:
            deed()
        if result is None:
            self.hang()
        elif not (self.closed or self.hung):
            self._take(result)

    def _note(self, mode: str, line: str) -> int:
        return self.box.note(self.number, self.user, self.privilege, mode, line, self.device.context)

    def _respond(self, line: str) -> list[str] | Ask | None:
        """What the device answers, as its quirks have it; None for never."""
        if self.box.quirk("hang", line):
            return None
        if self.box.quirk("empty", line):
            return []
        if self.box.quirk("authorization-failed", line):
            return [AUTHORIZATION_FAILED]
        if self.box.refuses_clear(line):
            return ["ERROR: Unable to clear: the request could not be processed"]
        result = self._execute(line)
        if self.box.quirk("garble", line):
            lines = result if isinstance(result, list) else []
            return [text[::-1][: max(1, len(text) * 2 // 3)] for text in lines]
        return result

    def carry_out(self, line: str) -> None:
        """Do what a line says without a terminal: no quirk and no script applies."""
        self._entry = self._note("exec", line)
        self._execute(line)

    def _take(self, result: list[str] | Ask) -> None:
        if isinstance(result, Ask):
            self._ask = result
            self._write(result.question.encode())
        elif not self.closed:
            self._finish(result)

    def _answer(self, reply: str) -> None:
        ask, self._ask = self._ask, None
        if ask is None:
            return
        shown = "*" * 8 if ask.secret else reply
        mode = "password" if ask.secret else "answer"
        self._entry = self._note(mode, shown)
        clearing, self._asked_to_clear = self._asked_to_clear, False
        self._take(self._observed(lambda: ask.then(reply), clearing))

    def _observed(self, do: Callable[[], Any], clearing: bool) -> list[str] | Ask:
        """Carry a command out; of a clear the record shall hold what it did, whatever it says."""
        device = self.device
        before = holdings(device) if clearing else None
        result = _as_lines(do())
        if before and isinstance(result, Ask):
            self._asked_to_clear = True
        elif before:
            self.box.settle(self._entry, before, holdings(device))
        return result

    def _execute(self, line: str) -> list[str] | Ask:
        command, filters = split_filter(line)
        found = configure.parse(self, command) if self.mode else self._tree().parse(command)
        if isinstance(found, Match):
            found = refused(self, command, found) or found
        if isinstance(found, Failure):
            return found.lines(self.prompt)
        if not self._authorised(found):
            if self.device.config.value("aaa", "authorization", "command") is not None:
                return [AUTHORIZATION_FAILED]
            return Failure(INVALID, len(command) - len(command.lstrip())).lines(self.prompt)
        if filters is not None and found.words[0] not in FILTERED:
            return Failure(INVALID, line.index("|")).lines(self.prompt)
        clearing = found.words[0] in CLEARING
        result = self._observed(lambda: found.command.handler(self, found), clearing)
        if filters is not None and isinstance(result, list):
            return filtered(result, filters) or []
        return result

    def _authorised(self, found: Match) -> bool:
        return self.privilege >= found.command.level or found.command.level <= 1

    # -- output --------------------------------------------------------------------------------------------

    def _finish(self, lines: Iterable[str]) -> None:
        """Show a command's output through the pager, then the prompt."""
        self._pages = list(lines)
        size = self.page if "pager-stuck" not in self.box.quirks else 24
        if size and len(self._pages) > size:
            self._next_page(size)
        else:
            self._lines(self._pages)
            self._pages = []
            self._prompt()

    def _next_page(self, count: int) -> None:
        shown, self._pages = self._pages[:count], self._pages[count:]
        self._lines(shown)
        if self._pages:
            self._write(MORE)
        else:
            self._prompt()

    def _pager_key(self, byte: int) -> None:
        size = self.page or 24
        if byte in (0x20, 0x0D, 0x0A):
            self._write(ERASE)
            self._next_page(size if byte == 0x20 else 1)
        elif byte in (ord("q"), ord("Q"), 0x03):
            self._pages = []
            self._write(ERASE)
            self._prompt()

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._write(line.encode() + b"\r\n", counted=True)

    def _prompt(self) -> None:
        if not self.closed:
            self._write(self.prompt.encode())

    def _write(self, data: bytes, counted: bool = False) -> None:
        limit = self.box.quirks.get("drop-after")
        if counted and limit is not None:
            left = int(limit) - self._sent
            self._sent += len(data)
            if len(data) > left:
                if left > 0:
                    self._out.append(Write(data[:left]))
                self.close()
                return
        if not self.closed:
            self._out.append(Write(bytes(data)))

    def close(self) -> None:
        """End the session as `exit` does: what was said before is still delivered."""
        if not self.closed:
            self.hung_up()
            self._out.append(Close())

    def die(self) -> None:
        """The connection breaks: what was about to be answered never is."""
        if not self.closed:
            self.hung_up()
            self._out.append(Die())
            if self.on_death and not self._feeding:
                self.on_death()

    def hang(self) -> None:
        """Say nothing more, and keep the connection."""
        if not self.closed:
            self.hung = True
            self._out.append(Hang())

    # -- debugs ----------------------------------------------------------------------------------------------

    def debug(self, kind: str, level: int) -> None:
        """Show from now on what IKE of the device says, until `undebug`, or the end of the session."""
        self.debugs[kind] = level
        if self._watched is None:
            self._watched = self.device.syslog
            self._watched.watchers.append(self._said)

    def undebug(self) -> None:
        self.debugs.clear()
        if self._watched:
            self._watched.watchers.remove(self._said)
            self._watched = None

    def _said(self, severity: int, number: int, text: str) -> None:
        line = debugging.dressed(self, self.debugs, severity, number, text)
        if line is None or self.closed or self.hung:
            return
        self._write(line.encode() + b"\r\n")
        if self.on_output and not self._feeding:
            self.on_output(self._flush())

    def hung_up(self) -> None:
        """The other side went away, or is about to."""
        self.closed = True
        self.undebug()
        if self in self.box.logins:
            self.box.logins.remove(self)

    def _flush(self) -> list[Action]:
        """Hand over what is to be done."""
        done, self._out = joined(self._out), []
        return done


def _as_lines(result: Any) -> list[str] | Ask:
    if isinstance(result, Ask):
        return result
    if result is None:
        return []
    if isinstance(result, str):
        return result.split("\n")
    return list(result)
