# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read around a clear for the evidence alone: a clear, and a reload even more, destroys it (sans I/O).

Before the clear: what shows the data path's own records and is judged by no rule. After the proof: the clock and the
log, in which the ends tell what they made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import doubted, output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Output, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    LostError,
    Sessions,
    StoppedError,
    Talk,
)

T = TypeVar("T")

#: What Cisco's support asks for in a case about an SA that cannot be deleted, and no collection reads.
BEFORE = (
    "show failover state",
    "show asp table vpn-context detail",
    "show asp table classify crypto",
    "show counters protocol ipsec",
)
AFTER = ("show clock", "show logging")


def keep(sessions: Sessions, devices: Sequence[str], commands: Sequence[str]) -> Talk[tuple[Snapshot, ...]]:
    """Read these show commands at each device. What cannot be read is missing, and never stops a remediation.

    :raises StoppedError: somebody ends the run.
    """
    taken = []
    for device in devices:
        started = sessions.clock()
        outputs: list[Output] = []
        lost = ""
        try:
            yield Arm(device)
            for command in commands:
                sent = sessions.clock()
                outputs.append(output((yield from sessions.ask(device, command)), sent, sessions.clock()))
        except LostError as error:
            lost = str(error)
        found = Snapshot(device, started, sessions.clock(), tuple(outputs))
        if outputs:
            taken.append(doubted(found, lost) if lost else found)
    return tuple(taken)


def around(
    sequence: Talk[T],
    sessions: Sessions,
    devices: Sequence[str],
    save: Callable[[Snapshot], None],
    acted: Callable[[T], bool],
) -> Talk[tuple[T, tuple[Snapshot, ...]]]:
    """A sequence with what is kept before it, which is saved at once, and after it, which is returned.

    ``acted`` says of the sequence's result whether there is something to read afterwards.
    """
    try:
        for snapshot in (yield from keep(sessions, devices, BEFORE)):
            save(snapshot)
    except StoppedError as stopped:
        next(sequence)
        return (yield from _told(sequence, stopped)), ()
    result = yield from sequence
    if not acted(result):
        return result, ()
    try:
        return result, (yield from keep(sessions, devices, AFTER))
    except StoppedError:
        return result, ()


def _told(sequence: Talk[T], stopped: StoppedError) -> Talk[T]:
    """Let a sequence end in its own words."""
    try:
        request = sequence.throw(stopped)
        while True:
            try:
                reply = yield request
            except (LostError, StoppedError) as error:
                request = sequence.throw(error)
            else:
                request = sequence.send(reply)
    except StopIteration as done:
        result: T = done.value
        return result
