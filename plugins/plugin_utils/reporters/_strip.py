# SPDX-License-Identifier: GPL-3.0-or-later
"""The time line as a page or a ticket shows it: what matters around the clears, in few rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Seconds before the first clear from which on log lines are shown at once, and the most rows that are.
LATELY = 10.0
ROWS = 80
FEW = 5
# Whom a line is about stands over its column.
_PEER = re.compile(r"(?:Group = [^,]{0,128}, )?(?:Username = [^,]{0,128}, )?IP = [^,\s]{1,45}, ")
# What a command's own row says already.
_TOLD = ("clear ", "cleared ", "configure ", "save ")


def strip(timeline: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is drawn, or nothing where nothing is known.

    ``ends``, ``head`` (what the times are), the rows shown (``now``) and those behind a click (``earlier``), ``clocks``
    in words and ``left_out``.
    A row has ``when`` (seconds since the first clear, or the time of day), ``clock`` (the time of day), ``side`` (0 or
    1, ``None`` for the controller), ``kind``, ``said`` (one or more lines), ``result``, ``clears``, ``times`` and
    ``note`` (the device's own time, and how exact the place in the order is).
    """
    if timeline is None or not timeline["events"]:
        return None
    events = [event for event in timeline["events"] if not _dull(event)]
    rows = list(_folded([_row(event, timeline) for event in events]))
    since = [row["since"] for row in rows]
    first = next((place for place, each in enumerate(since) if each is not None and each >= -LATELY), len(rows))
    if timeline["cleared"] is None:
        # What was configured, with a little of what was logged before; of a run that did nothing the newest.
        typed = (place - FEW for place, row in enumerate(rows) if row["kind"] == "command")
        first = max(next(typed, len(rows) - ROWS // 4), 0)
    first = max(first, len(rows) - ROWS)
    return {
        "ends": timeline["ends"],
        "head": "UTC" if timeline["cleared"] is None else "since the clear",
        "now": rows[first:],
        "earlier": rows[:first],
        "clocks": list(_clocks(timeline["clocks"])),
        "left_out": timeline["left_out"],
    }


def _dull(event: Mapping[str, Any]) -> bool:
    if event["kind"] == "command":
        return bool(event["text"].startswith("show "))
    return bool(event["kind"] == "controller" and event["device"] and event["text"].startswith(_TOLD))


def _row(event: Mapping[str, Any], timeline: Mapping[str, Any]) -> dict[str, Any]:
    since, clock = event["since_clear"], (event["time"] or "")[11:19]
    doubt = event["uncertainty_seconds"]
    notes = [f"its own clock: {event['device_time']}"] if event["device_time"] else []
    when = clock or "?"
    if event["time"] is None:
        notes.append("its place is not known")
    elif since is not None:
        # Which side of the clear it belongs to cannot be said.
        when = f"0 ±{doubt:.1f} s" if doubt and abs(since) <= doubt else _since(since)
    if doubt and doubt >= 1:
        notes.append(f"±{doubt:.1f} s")
    said = _PEER.sub("", event["text"]) if event["kind"] == "log" else event["text"]
    return {
        "since": since,
        "when": when,
        "time": event["time"],
        "clock": clock,
        "side": timeline["ends"].index(event["device"]) if event["device"] in timeline["ends"] else None,
        "device": event["device"],
        "kind": event["kind"],
        "said": [said],
        "result": event["result"],
        "clears": event["clears"],
        "note": ", ".join(notes),
        "times": 1,
    }


def _since(seconds: float) -> str:
    if abs(seconds) < 60:
        return f"{seconds:+.1f} s"
    sign = "-" if seconds < 0 else "+"
    whole = int(abs(seconds))
    parts = (whole // 3600, whole // 60 % 60, whole % 60)
    return sign + (f"{parts[0]}h {parts[1]}m" if parts[0] else f"{parts[1]}m {parts[2]}s")


def _folded(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same said again by the same end is one row, and so is what an end logged in one second without a break."""
    last: dict[str, dict[str, Any]] = {}
    before: dict[str, Any] | None = None
    told: list[dict[str, Any]] = []
    for row in rows:
        same = last.get(row["device"])
        if same and all(same[key] == row[key] for key in ("kind", "said", "result")) and not row["clears"]:
            same["times"] += 1
            continue
        if before and row["kind"] == "log" and all(before[key] == row[key] for key in ("kind", "device", "note")):
            before["said"] += row["said"]
            continue
        last[row["device"]] = before = row
        told.append(row)
    yield from told


def _clocks(readings: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """How each device's clock stands to the controller's, by its first and its last reading."""
    by_device: dict[str, list[Mapping[str, Any]]] = {}
    for each in readings:
        by_device.setdefault(each["device"], []).append(each)
    for device, found in by_device.items():
        first, last = found[0], found[-1]
        offset, doubt = last["offset_seconds"], last["uncertainty_seconds"]
        days, rest = divmod(abs(offset), 86400)
        far = f"{days:.0f} days and {rest:.1f} s" if days else f"{rest:.1f} s"
        moved = offset - first["offset_seconds"]
        drift = f", and moved by {moved:+.1f} s during the run" if abs(moved) > doubt + 0.1 else ""
        way = "ahead of" if offset > 0 else "behind"
        yield f"{device}'s clock ({last['zone'] or 'no zone'}) is {far} {way} the controller's{drift}"
