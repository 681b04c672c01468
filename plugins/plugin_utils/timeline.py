# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ends and the controller did, on one time line.

The controller's clock is the measure. A device writes its log by its own clock, so each of its lines is moved by what
``show clock`` said in the same run, keeps the device's own time beside it, and says how exact the move is.
``docs/timeline.schema.json`` promises the shape of ``timeline.json``.
"""

from __future__ import annotations

import enum
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    ClockReading,
    Device,
    Direction,
    End,
    IpsecEntry,
    LogLine,
    Output,
    OutputStatus,
    SaReading,
    Snapshot,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import touching
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear

SCHEMA = 1

# Log lines of one end: a buffer may hold months, and what happened before the last hour is in the evidence.
LINES = 400
_UNIVERSAL = frozenset({"UTC", "GMT"})
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STAMP = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?: ([A-Z]{2,5}))?")
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?")


class Kind(enum.Enum):
    """Who says it: the run's journal, a command with its answer, a device's log, or a reading of the SAs."""

    CONTROLLER = "controller"
    COMMAND = "command"
    LOG = "log"
    READING = "reading"


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``time`` is on the controller's clock, ``None`` where that cannot be said.

    ``uncertainty`` is by how many seconds ``time`` may be wrong either way. ``device_time`` is the device's own text.
    ``device`` is empty for the controller alone.
    """

    kind: Kind
    device: str
    text: str
    time: float | None
    uncertainty: float | None = 0.0
    device_time: str | None = None
    result: str = ""

    @property
    def clears(self) -> bool:
        return self.kind is Kind.COMMAND and is_clear(self.text)


@dataclass(frozen=True)
class Offset:
    """A device's clock minus the controller's in seconds, as far as ``show clock`` tells, and how wrong that may be.

    ``time`` is when it was read. The device prints the time of its place, so the offset of its time zone is in it.
    """

    device: str
    time: float
    seconds: float
    uncertainty: float
    zone: str | None = None


@dataclass(frozen=True)
class Timeline:
    """``events`` in the order of the latest moment at which each may have happened, those without a time first: a
    line that is exact to the second must not stand before the command that it answers. ``cleared`` is the moment of the
    first clear.

    ``left_out`` counts for each device the older lines of its log that concern the tunnel and are not among the events.
    """

    tunnel: str
    ends: tuple[str, ...]
    events: tuple[Event, ...]
    offsets: tuple[Offset, ...] = ()
    cleared: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def timeline(
    tunnel: Tunnel,
    journal: Iterable[Mapping[str, Any]],
    actions: Sequence[Action],
    snapshots: Mapping[str, Sequence[Snapshot]],
    readings: Mapping[str, Sequence[SaReading]],
) -> Timeline:
    """All of it in order.

    ``journal`` has the journal's entries, ``snapshots`` and ``readings`` by device all that was read in this run,
    oldest first.
    """
    # That a run is still there is no event.
    events = [_noted(entry) for entry in journal if entry["event"] != "watching"]
    events += [Event(Kind.COMMAND, each.device, each.command, each.time, result=each.result) for each in actions]
    offsets, left_out = [], {}
    for end in tunnel.ends:
        taken = snapshots.get(end.name, ())
        events += _spis_read(end, readings.get(end.name, ()))
        offsets += [offset(end.name, clock) for each in taken if (clock := clock_of(each))]
        lines = _logged(end, taken, readings.get(end.name, ()))
        left_out[end.name] = max(len(lines) - LINES, 0)
        events += lines[-LINES:]
    ordered = sorted(events, key=_latest)
    cleared = min((each.time for each in ordered if each.clears and each.time is not None), default=None)
    ends = tuple(end.name for end in tunnel.ends)
    told = {device: count for device, count in left_out.items() if count}
    return Timeline(tunnel.name, ends, tuple(ordered), tuple(offsets), cleared, told)


def clock_of(snapshot: Snapshot) -> ClockReading | None:
    """What this login's ``show clock`` said, if it was read."""
    output = _read(snapshot, "show clock")
    clock = find("show clock").parse(output.text).value if output else None
    if output is None or clock is None or clock.local is None or not math.isfinite(output.started + output.finished):
        return None
    local = datetime.fromisoformat(clock.local)
    return ClockReading(local, clock.zone, output.started, output.finished, clock.source, clock.synchronized)


def offset(device: str, clock: ClockReading) -> Offset:
    """The device answered at some moment between the question and the end of the answer."""
    middle = (clock.started + clock.finished) / 2
    # A clock that prints no fraction shows a second for as long as it lasts.
    whole = 0.0 if clock.local.microsecond else 0.5
    seconds = clock.local.replace(tzinfo=UTC).timestamp() + whole - middle
    doubt = (clock.finished - clock.started) / 2 + whole
    return Offset(device, round(middle, 3), round(seconds, 3), round(doubt, 3), clock.zone)


def placed(
    stamp: str, clock: ClockReading | None, earlier: ClockReading | None = None
) -> tuple[float | None, float | None]:
    """A device's time stamp on the controller's clock, and by how much that may be wrong.

    ``earlier`` is a reading of the same clock before: when it was set in between, or goes wrong, nobody knows at which
    moment. ``None`` where no clock of the device was read, or where the stamp is of another time zone than that clock.
    """
    if clock is None or (found := _stamp(stamp, clock)) is None:
        return None, None
    local, zone, fine = found
    if zone is not None and zone != clock.zone and not {zone, clock.zone} <= _UNIVERSAL:
        return None, None
    shift = offset("", clock)
    moved = offset("", earlier).seconds - shift.seconds if earlier else 0.0
    half = 0.0 if fine else 0.5
    moment = local.replace(tzinfo=UTC).timestamp() + half - shift.seconds - moved / 2
    return round(moment, 3), round(shift.uncertainty + half + abs(moved) / 2, 3)


def document(told: Timeline) -> dict[str, Any]:
    """The time line as plain data."""
    return {
        "schema": SCHEMA,
        "tunnel": told.tunnel,
        "ends": list(told.ends),
        "cleared": told.cleared and _instant(told.cleared),
        "clocks": [
            {
                "device": each.device,
                "time": _instant(each.time),
                "offset_seconds": each.seconds,
                "uncertainty_seconds": each.uncertainty,
                "zone": each.zone,
            }
            for each in told.offsets
        ],
        "left_out": dict(told.left_out),
        "events": [
            {
                "time": None if each.time is None else _instant(each.time),
                "since_clear": None
                if each.time is None or told.cleared is None
                else round(each.time - told.cleared, 3),
                "uncertainty_seconds": each.uncertainty,
                "device_time": each.device_time,
                "kind": each.kind.value,
                "device": each.device,
                "text": each.text,
                "result": each.result,
                "clears": each.clears,
            }
            for each in told.events
        ],
    }


def _latest(event: Event) -> tuple[bool, float]:
    return event.time is not None, (event.time or 0.0) + (event.uncertainty or 0.0)


def _noted(entry: Mapping[str, Any]) -> Event:
    said = " ".join(filter(None, (str(entry["event"]).replace("_", " "), entry.get("command", ""))))
    return Event(Kind.CONTROLLER, entry.get("device", ""), said, float(entry["time"]), result=entry.get("text", ""))


def _spis_read(end: End, readings: Sequence[SaReading]) -> list[Event]:
    events = []
    for reading in readings:
        if reading.ipsec is None or not math.isfinite(reading.started + reading.finished):
            continue
        mine = _mine(end, reading)
        sent = [spi for entry in mine if (spi := entry.outbound_spi)]
        accepted = {spi for entry in mine for spi in entry.spis(Direction.INBOUND)}
        said = f"sends on {spis(sent)}, accepts {spis(accepted)}" if mine else "no SA"
        middle, half = (reading.started + reading.finished) / 2, (reading.finished - reading.started) / 2
        events.append(Event(Kind.READING, end.name, said, round(middle, 3), round(half, 3)))
    return events


def _mine(end: End, reading: SaReading) -> list[IpsecEntry]:
    return [entry for entry in reading.ipsec or () if entry.peer == end.peer_address]


def _logged(end: End, snapshots: Sequence[Snapshot], readings: Sequence[SaReading]) -> list[Event]:
    """The lines that concern this end's tunnel, once each though two readings of one buffer have most in common."""
    merged: list[tuple[LogLine, tuple[ClockReading | None, ClockReading | None]]] = []
    clock, first = next((clock for each in snapshots if (clock := clock_of(each))), None), True
    for snapshot in snapshots:
        output = _read(snapshot, "show logging")
        if output is None:
            continue
        earlier, clock, first = None if first else clock, clock_of(snapshot) or clock, False
        known = Counter(line for line, _ in merged)
        for line in find("show logging").parse(output.text).value:
            if known[line]:
                known[line] -= 1
            else:
                merged.append((line, (clock, earlier)))
    # A clock may be set meanwhile: a line keeps that of the reading that showed it first.
    clocks = dict(reversed(merged))
    ours: Device = replace(end.device, log=tuple(line for line, _ in merged))
    held = [entry for reading in readings for entry in _mine(end, reading)]
    numbers = {spi for entry in (*(end.ipsec or ()), *held) for way in Direction for spi in entry.spis(way)}
    found = []
    for line in touching(replace(end, device=ours), numbers):
        moment, doubt = placed(line.time, *clocks[line]) if line.time else (None, None)
        found.append(Event(Kind.LOG, end.name, _without(line), moment, doubt, line.time))
    return found


def _without(line: LogLine) -> str:
    """A log line without the time in front, which stands beside it."""
    text = line.text.strip()
    return text[text.find(line.time) + len(line.time) :].lstrip(" :") if line.time else text


def _stamp(text: str, clock: ClockReading) -> tuple[datetime, str | None, bool] | None:
    """The stamp without an offset, its zone if it names one, and whether it has a fraction of a second."""
    try:
        if match := _ISO.fullmatch(text):
            local = datetime.fromisoformat(match[1] + (match[2] or "")[:7])
            return local, "UTC" if match[3] == "Z" else match[3], bool(match[2])
        if match := _STAMP.fullmatch(text):
            month, day, year, hour, minute, second = match.groups()[:6]
            fraction = int(float(match[7] or 0) * 1_000_000)
            at = (_MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), fraction)
            local = datetime(int(year) if year else clock.local.year, *at)
            if not year and (local - clock.local).days > 1:
                # A stamp without a year that lies ahead of the clock is of the year before.
                local = local.replace(year=local.year - 1)
            return local, match[8], bool(match[7])
    except ValueError:
        return None
    return None


def _read(snapshot: Snapshot, command: str) -> Output | None:
    output = snapshot.output(command)
    return output if output is not None and output.status is OutputStatus.READ else None


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


__all__ = ["Event", "Kind", "Offset", "Timeline", "clock_of", "document", "offset", "placed", "timeline"]
