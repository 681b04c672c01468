# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sequence (mending, hardening) asks of its driver, and what it may be told (sans I/O).

A sequence is a generator: it yields requests and is sent the answers, so that every interruption can be tried in
memory. Its driver holds the logins to both ends. Whatever is typed is typed in the login that was armed (:class:`Arm`):
a new login could be on another device, and nothing was compared in it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import cleared_by, is_clear

T = TypeVar("T")

#: The result of a command whose answer was not waited for.
FIRED = "sent; its answer was not waited for"


@dataclass(frozen=True)
class Arm:
    """Log in unless a login stands, and bind to it all that is typed at this device from now on.

    ``host`` is the name in the inventory under which the device is reached; empty: its own. A login in which a line was
    fired does not stand any more.
    """

    device: str
    host: str = ""


@dataclass(frozen=True)
class Ask:
    """Type a command in the armed login; the answer is an :class:`Answer`."""

    device: str
    command: str


@dataclass(frozen=True)
class Fire:
    """Type a command in the armed login and do not wait for its answer: it may cut the way that the answer takes."""

    device: str
    command: str


@dataclass(frozen=True)
class Configure:
    """Type configuration lines in the armed login; the answer is a :class:`ConfigAnswer`."""

    device: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Pause:
    """Wait, and say why; a `why` that ends in "in" is `ahead` so many seconds, of which this wait may be a part."""

    seconds: float
    why: str
    ahead: float = 0.0


@dataclass(frozen=True)
class Note:
    """Write this to the run's journal, on disk, before anything else happens. LostError says that it did not work."""

    event: str
    device: str = ""
    command: str = ""
    text: str = ""


@dataclass(frozen=True)
class Shield:
    """Hold back (or let through again) the signals that would stop the run. It does not go up once one has come."""

    up: bool


Request: TypeAlias = Arm | Ask | Fire | Configure | Pause | Note | Shield
Reply: TypeAlias = Answer | ConfigAnswer | None
Talk: TypeAlias = Generator[Request, Reply, T]


class LostError(Exception):
    """A session ended, went silent or answered out of step; or a note could not be written."""


class PrivilegeError(LostError):
    """A login that may not see or do enough; the message says what was seen."""


class NotSentError(LostError):
    """The command surely did not reach the device."""


class HoldLostError(LostError):
    """Another run holds this tunnel now, and may have mended it: nothing more may be sent."""


class StoppedError(Exception):
    """Somebody ends the run while no shield is up: it may be told in notes, and nothing else is carried out."""


@dataclass
class Sessions:
    """The logins to both ends as a sequence sees them. ``actions`` has all that was typed, and its result.

    ``hosts`` are the names under which devices are reached, where they are not their own.
    """

    clock: Callable[[], float]
    actions: list[Action] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)

    def ask(self, device: str, command: str, proof: str = "") -> Talk[Answer]:
        """Type a command; ``LostError`` leaves it among the actions, without a result, unless it was not sent.

        It counts as done when its answer holds ``proof``.

        :raises UnsafeStepError: it could clear more than one literal peer.
        """
        answer = yield from self._typed(Ask(device, command), command)
        assert isinstance(answer, Answer)
        result = "done" if proof in answer.text else f"no {proof}: {answer.text.strip()!r}"
        self._result(answer.refusal or answer.incomplete or result)
        return answer

    def configure(self, device: str, lines: tuple[str, ...]) -> Talk[ConfigAnswer]:
        """Type configuration lines; as :meth:`ask`."""
        answer = yield from self._typed(Configure(device, lines), " / ".join(line.strip() for line in lines))
        assert isinstance(answer, ConfigAnswer)
        self._result(answer.reason or "done")
        return answer

    def fire(self, device: str, command: str) -> Talk[None]:
        """Type a command and do not wait for its answer; as :meth:`ask`."""
        yield from self._typed(Fire(device, command), command)
        self._result(FIRED)

    def note(self, event: str, device: str = "", command: str = "", text: str = "") -> Talk[None]:
        """A note that tells what has happened: a journal that cannot be written must not stop what is under way."""
        with contextlib.suppress(LostError):
            yield Note(event, device, command, text)

    def _typed(self, request: Ask | Fire | Configure, command: str) -> Talk[Reply]:
        if is_clear(command):
            cleared_by(command)
        self.actions.append(Action(self.clock(), request.device, command))
        try:
            return (yield request)
        except NotSentError:
            self.actions.pop()
            raise
        except StoppedError:
            self._result("interrupted")
            raise

    def _result(self, result: str) -> None:
        last = self.actions[-1]
        self.actions[-1] = Action(last.time, last.device, last.command, result)
