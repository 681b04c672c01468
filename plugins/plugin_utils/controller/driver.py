# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a sequence (mending, hardening) over real sessions.

It arms the logins, asks, waits, writes the journal, and holds back the signals that end a run: a sequence always comes
to its own end, and what it did is told before the process goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, TypeVar

from ansible.errors import AnsibleError

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Dialogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Configure,
    Fire,
    LostError,
    Note,
    NotSentError,
    Pause,
    PrivilegeError,
    Reply,
    Request,
    Shield,
    StoppedError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.telling import Line, Telling

T = TypeVar("T")


class Journal:
    """What is about to happen, on disk before it happens; one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, note: Note) -> None:
        entry = {"time": round(time.time(), 3), "event": note.event}
        entry |= {name: value for name in ("device", "command", "text") if (value := getattr(note, name))}
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


class _CutError(BaseException):
    """Raised by a signal in what it may cut short. No ``except Exception`` on the way must take it."""


class Signals:
    """Holds back the signals that end a run, and delivers the first that came when its ``with`` block is left.

    SIGHUP is what a lost terminal sends; SIGALRM is Ansible's own time-out of a task. One that is ignored (``nohup``)
    ends nothing, and stays ignored.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM)

    def __init__(self) -> None:
        self.shielded = False
        # Whether the sequence that runs now knows that it was stopped.
        self.told = False
        self._came: int | None = None
        self._may_cut = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        for number in self.NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._keep)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._came is not None:
            os.kill(os.getpid(), self._came)

    @property
    def came(self) -> bool:
        """Whether somebody has asked this process to end."""
        return self._came is not None

    @contextlib.contextmanager
    def cutting(self) -> Iterator[None]:
        """A signal that came, or comes meanwhile, cuts short what happens inside, unless a shield is up.

        It does so until the sequence was told: what it still says then is the telling of its end. What is raised while
        libssh runs may be lost there, in its call back into Python's log, and is raised again when libssh is left.
        """
        try:
            self._may_cut = True
            self.cut()
            yield
            self._may_cut = False
            self.cut()
        finally:
            self._may_cut = False

    def cut(self) -> None:
        """End what is under way if a signal came, unless a shield is up or the sequence was told."""
        if self._came is not None and not self.shielded and not self.told:
            # Once until it arrives: a second signal must not break into the way out.
            self._may_cut = False
            raise _CutError

    def _keep(self, number: int, _frame: FrameType | None) -> None:
        # No word on the screen from here: it goes through a queue whose lock this signal may have caught half way.
        self._came = self._came or number
        if self._may_cut:
            self.cut()


class _Driver:
    def __init__(
        self, connections: Mapping[str, Connection], journal: Journal, signals: Signals, telling: Telling
    ) -> None:
        self._connections = connections
        self._journal = journal
        self._signals = signals
        self._armed: dict[str, tuple[Connection, Dialogue]] = {}
        self._fired: dict[str, Connection] = {}
        self._telling = telling

    def carry_out(self, request: Request) -> Reply:
        match request:
            case Note():
                self._note(request)
            case Shield(up):
                if up:
                    self._signals.cut()
                self._signals.shielded = up
            case Pause(seconds, why, ahead):
                for tick in self._telling.pause(seconds, why, ahead):
                    # What is shown goes through a queue that a signal must not cut half way.
                    self._show([tick.line])
                    with self._signals.cutting():
                        time.sleep(tick.seconds)
            case Ask() | Configure():
                return self._told(request)
            case _:
                with self._signals.cutting():
                    return self._talk(request)
        return None

    def _told(self, request: Ask | Configure) -> Reply:
        self._telling.asked(request, time.time())
        try:
            with self._signals.cutting():
                reply = self._talk(request)
        except LostError as lost:
            self._show(self._telling.answered(request, None, str(lost)))
            raise
        self._show(self._telling.answered(request, reply))
        return reply

    def _talk(self, request: Arm | Ask | Fire | Configure) -> Reply:
        try:
            if isinstance(request, Arm):
                self._arm(request)
                return None
            connection = self._standing(request)
            match request:
                case Ask():
                    return connection.run(request.command)
                case Configure():
                    return connection.configure(request.lines)
                case Fire():
                    # What comes back, if anything does, belongs to no question: this login asks nothing more.
                    del self._armed[request.device]
                    self._fired[request.device] = connection
                    connection.fire(request.command)
            return None
        except LostError:
            raise
        except login.PrivilegeError as lost:
            raise PrivilegeError(lost.seen) from None
        except AnsibleError as lost:
            raise LostError(lost.message) from None
        except Exception as lost:  # whatever it is, only the sequence knows what must still be done
            raise LostError(f"{request.device}: {type(lost).__name__}: {lost}") from lost

    def _arm(self, request: Arm) -> None:
        if fired := self._fired.pop(request.device, None):
            fired.close()
        connection = self._connections[request.host or request.device]
        before = self._armed.get(request.device)
        if before and before[0] is not connection:
            # An ASA has five logins at most.
            before[0].close()
        self._armed.pop(request.device, None)
        login.require_privilege(connection, request.device)
        self._armed[request.device] = connection, connection.dialogue

    def _standing(self, request: Ask | Fire | Configure) -> Connection:
        """The connection whose login was armed, if that login stands."""
        connection, dialogue = self._armed.get(request.device, (None, None))
        if connection is None or not connection.connected or connection.dialogue is not dialogue:
            what = "the configuration" if isinstance(request, Configure) else repr(request.command)
            raise NotSentError(f"{request.device}: the login that was armed has ended, so {what} was not sent")
        return connection

    def _note(self, note: Note) -> None:
        try:
            self._journal.write(note)
        except LostError:
            raise
        except Exception as lost:  # whatever it is, an end that is cleared must not be left alone for it
            what = str(lost) if isinstance(lost, OSError) else f"{type(lost).__name__}: {lost}"
            raise LostError(f"the journal cannot be written: {what}") from None
        finally:
            self._show(self._telling.noted(note, time.time()))

    def _show(self, lines: Iterable[Line]) -> None:
        """What cannot be shown, on a screen that is gone for instance, stops nothing."""
        with contextlib.suppress(Exception):
            screen.show(lines)


def drive(
    sequence: Talk[T],
    connections: Mapping[str, Connection],
    journal: Journal,
    signals: Signals,
    telling: Telling | None = None,
) -> T:
    """Run a sequence to its end over these connections, which go by the names of hosts."""
    driver = _Driver(connections, journal, signals, telling or Telling(max(map(len, connections)), screen.EVERY))
    # What one sequence was told, the next was not.
    signals.told = False
    reply: Reply = None
    error: LostError | StoppedError | None = None
    while True:
        try:
            request = sequence.throw(error) if error else sequence.send(reply)
        except StopIteration as done:
            result: T = done.value
            return result
        reply = error = None
        try:
            reply = driver.carry_out(request)
        except LostError as lost:
            error = lost
        except _CutError:
            signals.told = True
            error = StoppedError()
        except Exception as lost:  # a fault in here: the sequence alone knows what must still be done, and tells it
            error = LostError(f"{type(lost).__name__}: {lost}")
