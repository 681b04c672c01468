# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import EARLIEST, ClockReading, NtpStatus, Tunnel
from tests.build import half_read
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch - clock -"
NOON = datetime(2026, 3, 1, 12, 0, 0)


def clock(
    ahead: float = 0, zone: str | None = "UTC", at: float = 1000, takes: float = 1, **changes: Any
) -> ClockReading:
    """A clock that is this far ahead of the right one, read at that moment: it is noon at 1000."""
    return ClockReading(NOON + timedelta(seconds=at - 1000 + ahead), zone, at, at + takes, **changes)


def clocks(left: ClockReading | None, right: ClockReading | None, ntp: bool | None = None, **options: Any) -> Tunnel:
    status = None if ntp is None else NtpStatus(synchronized=ntp)
    return around(left={"clock": left, "ntp": status}, right={"clock": right, "ntp": status}, **options)


def said(mine: str, theirs: str, zone: str = "UTC") -> str:
    return f"hq: 2026-03-01 {mine} {zone} branch: 2026-03-01 {theirs} {zone}"


CASES = {
    "they agree": Case(clocks(clock(), clock(ahead=5)), f"pass: {SAYS} {said('12:00:00', '12:00:05')}, 5 s apart"),
    "they were read a minute apart": Case(
        clocks(clock(), clock(at=1090)), f"pass: {SAYS} {said('12:00:00', '12:01:30')}, 0 s apart"
    ),
    "branch is two minutes ahead": Case(
        clocks(clock(), clock(ahead=120)), f"fail warning: {SAYS} {said('12:00:00', '12:02:00')}, 120 s apart"
    ),
    "with certificates": Case(
        clocks(clock(), clock(ahead=120), mine={"map_changes": {"trustpoint": "CA"}}),
        f"fail error: {SAYS} {said('12:00:00', '12:02:00')}, 120 s apart",
    ),
    "a clock that is not set": Case(
        clocks(clock(), clock(ahead=-120, synchronized=False)),
        f"fail warning: {SAYS} {said('12:00:00', '11:58:00')} (not synchronised), 120 s apart",
    ),
    "UTC and GMT are one": Case(
        clocks(clock(), clock(zone="GMT")),
        f"pass: {SAYS} hq: 2026-03-01 12:00:00 UTC branch: 2026-03-01 12:00:00 GMT, 0 s apart",
    ),
    "two zones": Case(
        clocks(clock(), clock(zone="CET")),
        f"unknown: {SAYS} hq: 2026-03-01 12:00:00 UTC branch: 2026-03-01 12:00:00 CET: "
        "the words for the zones tell no difference in time",
    ),
    "two zones that follow NTP": Case(
        clocks(clock(), clock(zone="CET"), ntp=True),
        f"pass: {SAYS} hq: 2026-03-01 12:00:00 UTC branch: 2026-03-01 12:00:00 CET; both follow NTP",
    ),
    "a reading that took long": Case(
        clocks(clock(), clock(ahead=59, takes=12)),
        f"unknown: {SAYS} {said('12:00:00', '12:00:59')}, 54 s apart, give or take 8 s",
    ),
    "nobody wrote down when": Case(
        clocks(clock(), ClockReading(NOON, "UTC", EARLIEST, 1000)),
        f"unknown: {SAYS} {said('12:00:00', '12:00:00')}: when they were read is not known",
    ),
    "a clock was not read": Case(clocks(clock(), None), f"unknown: {SAYS} the clock of branch was not read"),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the clock of hq was not read",
        f"unknown: {SAYS} the clock of branch was not read",
    ),
}
