# SPDX-License-Identifier: GPL-3.0-or-later
"""Multiple mode: one box with a system space and security contexts, each an engine of its own.

Who logs in to the admin context may go everywhere with `changeto`; who logs in to another context stays there. The
system space has no interfaces with addresses, and so neither tunnels nor the commands that speak of them.

Sources: Cisco ASA General Operations CLI Guide, "Multiple Context Mode"; Command Reference, `changeto`, `show context`.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from lab.cli.prompts import SYSTEM
from lab.cli.tree import INVALID, Failure, Match, registry

if TYPE_CHECKING:
    from lab.cli.shell import Session

NOT_HERE = "Command not valid in current execution space"
# What the system space has of the commands that the lab knows.
_SYSTEM_HAS = (
    "changeto", "show context", "show version", "show hostname", "show curpriv", "show clock", "show mode", "show ntp",
    "show failover", "show pager", "show running-config", "show startup-config", "show interface", "show logging",
    "more", "terminal", "no terminal", "enable", "disable", "exit", "quit", "logout", "end", "help", "configure",
    "write", "copy", "failover", "no failover", "hostname", "prompt", "pager", "clear logging",
)  # fmt: skip
_SYSTEM_HAS_NOT = (
    "show running-config tunnel-group", "show running-config group-policy", "show running-config all",
    "show running-config access-list", "show running-config access-group", "show running-config nat",
    "show running-config route", "show running-config sysopt", "show running-config aaa",
)  # fmt: skip


def refused(session: Session, line: str, match: Match) -> Failure | None:
    """The error where a command that exists is typed in a space that does not have it."""
    device = session.device
    if not device.context:
        return None
    starts = [found.start() for found in re.finditer(r"\S+", line)]
    if device.context != SYSTEM:
        return Failure(INVALID, starts[1]) if match.words[0] == "more" else None
    for beginning in map(str.split, _SYSTEM_HAS_NOT):
        if list(match.words[: len(beginning)]) == beginning:
            return Failure(INVALID, starts[len(beginning) - 1])
    known = [_common(match.words, beginning.split()) for beginning in _SYSTEM_HAS]
    return None if -1 in known else Failure(INVALID, starts[min(max(known), len(starts) - 1)])


def _common(words: tuple[str, ...], beginning: list[str]) -> int:
    """How many words both begin with; -1 when they are all of the beginning."""
    count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, beginning, strict=False)))
    return -1 if count == len(beginning) else count


@registry.exec("changeto context <word>")
def changeto_context(session: Session, match: Match) -> list[str]:
    return _go(session, match.args["word"])


@registry.exec("changeto system")
def changeto_system(session: Session, match: Match) -> list[str]:
    return _go(session, SYSTEM)


def _go(session: Session, name: str) -> list[str]:
    box = session.box
    if not box.contexts:
        return Failure(INVALID, 0).lines(session.prompt)
    if session.home.context != box.admin:
        return [NOT_HERE]
    if name not in box.contexts:
        return [f"ERROR: Context {name} does not exist"]
    session.device = box.contexts[name]
    session.mode, session.submode_of = "config" if session.mode else "", ""
    return []


@registry.exec("show mode")
def show_mode(session: Session, match: Match) -> str:
    return f"Security context mode: {'multiple' if session.box.contexts else 'single'} "


@registry.exec("show context")
def show_context(session: Session, match: Match) -> list[str]:
    box = session.box
    if not box.contexts:
        return Failure(INVALID, len("show ")).lines(session.prompt)
    names = sorted((name for name in box.contexts if name != SYSTEM), key=lambda name: name != box.admin)
    here = session.device.context
    shown = names if here == SYSTEM else [here]
    lines = ["", "Context Name      Class      Interfaces           Mode         URL"]
    for name in shown:
        ports = [block.words[1] for block in box.contexts[name].config.starting("interface")]
        star = "*" if name == box.admin else " "
        first, *more = [f"{port}," for port in ports[:-1]] + ports[-1:] or [""]
        lines.append(f"{star}{name:<17}{'default':<11}{first:<21}{'Routed':<13}disk0:/{name}.cfg")
        lines += [f"{'':29}{port}" for port in more]
    return [*lines, "", f"Total active Security Contexts: {len(shown)}"]
