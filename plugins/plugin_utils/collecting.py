# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands make a snapshot of a device, in one login and in which order.

The parsers say what to ask; this says when. The release is read first, because it decides how the rest is spelled.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Output, OutputStatus, Snapshot, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands, find


class Scope(enum.Enum):
    """How much to read: everything, or the SAs and the device's counters alone (the second reading)."""

    EVERYTHING = "everything"
    SAS = "sas"


def snapshot(device: str, scope: Scope, run: Callable[[str], Answer], clock: Callable[[], float]) -> Iterator[Snapshot]:
    """Read a device; yields the snapshot after every command, so that what was read before a cut is not lost."""
    started = clock()
    outputs: list[Output] = []
    for command in _commands(scope, outputs):
        sent = clock()
        outputs.append(output(run(command), sent, clock()))
        yield Snapshot(device, started, clock(), tuple(outputs))


def doubted(snapshot: Snapshot, why: str) -> Snapshot:
    """The snapshot of a login that failed.

    Whether an output was cut is known only when the next command is echoed right behind it, so that the last one
    before a failure may be the half of what the device meant to say.
    """
    outputs = snapshot.outputs
    if outputs and outputs[-1].status is OutputStatus.READ:
        last = dataclasses.replace(
            outputs[-1], status=OutputStatus.INCOMPLETE, detail="the login failed right behind it"
        )
        outputs = (*outputs[:-1], last)
    return dataclasses.replace(snapshot, outputs=outputs, error=why)


def output(answer: Answer, sent: float, came: float) -> Output:
    """An answer with its times and with what became of the command."""
    if answer.incomplete:
        return Output(answer.command, answer.text, sent, came, OutputStatus.INCOMPLETE, answer.incomplete)
    if answer.refusal:
        return Output(answer.command, answer.text, sent, came, OutputStatus.REFUSED, answer.refusal)
    return Output(answer.command, answer.text, sent, came)


def _commands(scope: Scope, outputs: list[Output]) -> Iterator[str]:
    """The commands to send; the release is looked up in ``outputs`` once it has been read."""
    identity = commands(Stage.IDENTITY)
    yield from identity if scope is Scope.EVERYTHING else [find("show version").command]
    version = _version(outputs)
    if scope is Scope.EVERYTHING:
        yield from commands(Stage.CONFIG, version)
    # The SAs of both ends should be read close together: what takes long comes before or after them.
    yield from commands(Stage.STATE, version)
    yield from commands(Stage.COUNTERS, version)
    if scope is Scope.EVERYTHING:
        yield from commands(Stage.SURROUNDINGS, version)
        yield from commands(Stage.LOG, version)


def _version(outputs: list[Output]) -> Version | None:
    parser = find("show version")
    for output in outputs:
        if output.command == parser.sent and output.status is OutputStatus.READ:
            version: Version | None = parser.parse(output.text).value.version
            return version
    return None
