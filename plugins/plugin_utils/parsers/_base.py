# SPDX-License-Identifier: GPL-3.0-or-later
"""What a parser is: one command of the ASA and the function that reads its output."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, Version

T = TypeVar("T")


class ParseError(Exception):
    """A text that no parser can be held to: the message says what, where, and what to do."""


class UnknownCommandError(ParseError):
    """No parser reads this command; the message lists the nearest ones."""


class Stage(enum.Enum):
    """When a collection reads a command, in this order.

    State and counters belong to a moment and are read every time, the rest once. Counters stand behind the SAs, so that
    nothing comes between the SAs of one end and those of the other; surroundings and log take long on some devices.
    """

    IDENTITY = "identity"
    CONFIG = "config"
    STATE = "state"
    COUNTERS = "counters"
    SURROUNDINGS = "surroundings"
    LOG = "log"


@dataclass(frozen=True)
class Parser(Generic[T]):
    """One command and its grammar.

    ``command`` is written in full words. ``options`` are the arguments under which the output keeps this grammar; a
    ``*`` in them stands for any one word. ``ask`` is what a collection sends when that is more than ``command``
    (``all``, ``detail``). ``stage`` says when it is sent, ``None`` that it never is; ``since`` and ``until`` bound
    the releases it is sent to, the latter exclusive. ``rank`` orders the commands of a stage. ``also`` are commands
    that print the rest of the same value to releases before ``also_until``.
    """

    command: str
    parse: Callable[[str], Parsed[T]]
    grammar: str
    stage: Stage | None = None
    since: tuple[int, int] | None = None
    until: tuple[int, int] | None = None
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    ask: str = ""
    rank: int = 50
    also: tuple[str, ...] = ()
    also_until: tuple[int, int] = (0, 0)

    @property
    def title(self) -> str:
        return self.grammar.strip().splitlines()[0]

    @property
    def sent(self) -> str:
        return self.ask or self.command

    def suits(self, version: Version | None) -> bool:
        """Whether to send it to this release. An unknown release gets what the oldest one understands."""
        release = _release(version)
        return (self.since is None or release >= self.since) and (self.until is None or release < self.until)

    def commands(self, version: Version | None) -> tuple[str, ...]:
        """What to send to this release to get the whole value."""
        return (self.sent, *self.also) if _release(version) < self.also_until else (self.sent,)


def _release(version: Version | None) -> tuple[int, int]:
    return (version.major, version.minor) if version else (7, 0)
