# SPDX-License-Identifier: GPL-3.0-or-later
"""When a change is allowed: what an operator may write, and which moments are in it."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import (
    Window,
    WindowError,
    holds,
    next_opening,
    open_at,
    read,
    words_of,
)

BERLIN = "Europe/Berlin"
NIGHT = "mon-fri 22:00-05:00 Europe/Berlin"


def one(text: object) -> Window:
    (window,) = read(text)
    return window


def at(text: str, zone: str = BERLIN, fold: int = 0) -> float:
    """The moment that a clock in that zone shows as this."""
    return datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=fold).timestamp()


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# --- what may be written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        NIGHT,
        [NIGHT],
        f"  {NIGHT}  ",
        "mon-fri 22:00 - 05:00 Europe/Berlin",
        {"days": "mon-fri", "from": "22:00", "to": "05:00", "zone": BERLIN},
        [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "22:00", "to": "5:00", "zone": BERLIN}],
        [{"days": ["Mon-Wed", "thu", "FRI"], "from": 1320, "to": "05:00", "zone": BERLIN}],
    ],
)
def test_a_window_is_read_in_every_form(written: object) -> None:
    assert read(written) == (Window(frozenset(range(5)), 22 * 60, 5 * 60, BERLIN),)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (NIGHT, "mon,tue,wed,thu,fri 22:00-05:00 Europe/Berlin"),
        ("daily 00:00-24:00 UTC", "daily 00:00-24:00 UTC"),
        ("fri-mon 9:30-10:00 UTC", "mon,fri,sat,sun 09:30-10:00 UTC"),
        ("sat,sun 06:00-06:00 UTC", "sat,sun 06:00-06:00 UTC"),
    ],
)
def test_a_window_is_written_as_it_may_be_read(written: str, words: str) -> None:
    assert str(one(written)) == words
    assert one(words) == one(written)


@pytest.mark.parametrize("nothing", [None, "", [], ()])
def test_nothing_is_no_window_and_then_it_is_always_allowed(nothing: object) -> None:
    assert read(nothing) == ()
    assert open_at((), 0.0)


def test_lines_may_be_joined() -> None:
    assert [str(each) for each in read("sat 01:00-02:00 UTC; sun 03:00-04:00 UTC")] == [
        "sat 01:00-02:00 UTC",
        "sun 03:00-04:00 UTC",
    ]


def written(**changes: Any) -> list[Any]:
    return [NIGHT, {"days": "mon", "from": "22:00", "to": "23:00", "zone": "UTC", **changes}]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7, "remediate_window is 7: give a list of windows, each such as 'mon-fri 22:00-05:00 Europe/Berlin'"),
        (
            ["nights"],
            "remediate_window, item 1 is 'nights': give days, hours and a time zone, such as "
            "'mon-fri 22:00-05:00 Europe/Berlin' or 'daily 00:00-24:00 UTC'",
        ),
        (
            [NIGHT, 5],
            "remediate_window, item 2 is 5: give a mapping of days, from, to, zone, or a line such as "
            "'mon-fri 22:00-05:00 Europe/Berlin'",
        ),
        (written(zones="UTC"), "remediate_window, item 2 has 'zones': did you mean 'zone'?"),
        (written(xyz=1), "remediate_window, item 2 has 'xyz': it has days, from, to, zone"),
        (
            written(zone=None, to=""),
            "remediate_window, item 2 has no 'to' and no 'zone': it needs days, from, to, zone",
        ),
        (written(days=[]), "remediate_window, item 2 has no 'days': it needs days, from, to, zone"),
        (
            written(days="mon-fry"),
            "remediate_window, item 2: 'fry' is no day: give mon, tue, wed, thu, fri, sat, sun, a range such as "
            "mon-fri, or daily",
        ),
        (written(**{"from": "24:00"}), "remediate_window, item 2, from is 24:00: a window starts at 00:00 to 23:59"),
        (
            written(to="24:01"),
            "remediate_window, item 2, to is '24:01': give a time from '00:00' to '24:00', in quotes",
        ),
        (written(to="5"), "remediate_window, item 2, to is '5': give a time from '00:00' to '24:00', in quotes"),
        (
            written(**{"from": 22}),
            "remediate_window, item 2, from is 22: give a time from '00:00' to '24:00', in quotes",
        ),
        (
            written(zone="europe/berln"),
            "remediate_window, item 2: there is no time zone 'europe/berln': did you mean Europe/Berlin?",
        ),
        (
            written(zone="zzzzzzzz"),
            "remediate_window, item 2: there is no time zone 'zzzzzzzz': give an IANA name such as Europe/Berlin",
        ),
        (
            written(zone="../etc/passwd"),
            "remediate_window, item 2: there is no time zone '../etc/passwd': give an IANA name such as Europe/Berlin",
        ),
    ],
)
def test_what_is_not_a_window_is_named_with_its_item_and_what_is_allowed(value: object, words: str) -> None:
    with pytest.raises(WindowError) as caught:
        read(value)
    assert str(caught.value) == words


def test_a_folder_of_zones_is_no_zone() -> None:
    with pytest.raises(WindowError, match=r"remediate_window, item 1: there is no time zone 'Europe': "):
        read("mon 22:00-23:00 Europe")


def test_a_controller_without_a_database_of_zones_is_told_which_package_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", absent)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    with pytest.raises(WindowError) as caught:
        read(NIGHT)
    assert str(caught.value) == (
        "remediate_window, item 1: this controller has no database of time zones, so 'Europe/Berlin' cannot be looked "
        "up: pip install tzdata, or write the hours in UTC"
    )
    assert str(one("mon 22:00-23:00 UTC")) == "mon 22:00-23:00 UTC"


# --- which moments are in it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "moment", "held"),
    [
        # 2026-03-02 is a Monday.
        (NIGHT, "2026-03-02T21:59:59", False),
        (NIGHT, "2026-03-02T22:00", True),
        (NIGHT, "2026-03-03T04:59:59", True),
        (NIGHT, "2026-03-03T05:00", False),
        (NIGHT, "2026-03-02T04:00", False),
        (NIGHT, "2026-03-07T04:59", True),
        (NIGHT, "2026-03-07T22:30", False),
        ("mon 09:00-17:00 Europe/Berlin", "2026-03-02T09:00", True),
        ("mon 09:00-17:00 Europe/Berlin", "2026-03-02T17:00", False),
        ("mon 09:00-17:00 Europe/Berlin", "2026-03-03T12:00", False),
        ("mon 20:00-24:00 Europe/Berlin", "2026-03-02T23:59:59", True),
        ("mon 20:00-24:00 Europe/Berlin", "2026-03-03T00:00", False),
        ("mon 20:00-00:00 Europe/Berlin", "2026-03-02T23:59:59", True),
        ("mon 20:00-00:00 Europe/Berlin", "2026-03-03T00:00", False),
        ("sun 22:00-05:00 Europe/Berlin", "2026-03-02T04:59", True),
        ("sat 06:00-06:00 Europe/Berlin", "2026-03-08T05:59", True),
        ("sat 06:00-06:00 Europe/Berlin", "2026-03-08T06:00", False),
        # The clock goes from 02:00 to 03:00 on 2026-03-29.
        ("sun 01:00-02:30 Europe/Berlin", "2026-03-29T01:59", True),
        ("sun 01:00-02:30 Europe/Berlin", "2026-03-29T03:00", False),
        ("sun 02:15-04:00 Europe/Berlin", "2026-03-29T03:00", True),
    ],
)
def test_a_moment_is_in_a_window_by_the_clock_of_its_zone(window: str, moment: str, held: bool) -> None:
    assert holds(one(window), at(moment)) is held


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_in_the_window_twice(fold: int) -> None:
    """The clock goes from 03:00 back to 02:00 on 2026-10-25."""
    assert holds(one("sun 02:00-02:30 Europe/Berlin"), at("2026-10-25T02:10", fold=fold))
    assert not holds(one("sun 02:00-02:30 Europe/Berlin"), at("2026-10-25T02:40", fold=fold))


@pytest.mark.parametrize(
    ("windows", "now", "opens"),
    [
        (NIGHT, "2026-03-02T12:00", "Mon 2026-03-02 22:00 CET"),
        (NIGHT, "2026-03-07T12:00:01", "Mon 2026-03-09 22:00 CET"),
        (f"{NIGHT}; sun 03:00-04:00 UTC", "2026-03-07T12:00", "Sun 2026-03-08 03:00 UTC"),
        ("sun 02:15-04:00 Europe/Berlin", "2026-03-29T01:00", "Sun 2026-03-29 03:00 CEST"),
        ("sun 02:15-02:45 Europe/Berlin", "2026-03-29T01:00", "Sun 2026-04-05 02:15 CEST"),
        ("sun 02:00-02:30 Europe/Berlin", "2026-10-25T02:35", "Sun 2026-10-25 02:00 CET"),
    ],
)
def test_the_next_opening_is_told_in_the_zone_of_the_window(windows: str, now: str, opens: str) -> None:
    found = next_opening(read(windows), at(now))
    assert found is not None
    moment, window = found
    assert words_of(moment, window.zone) == opens


def test_without_a_window_nothing_opens() -> None:
    assert next_opening((), 0.0) is None


# --- against a slow oracle -------------------------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC")
WINDOWS = st.builds(
    Window,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 1439),
    end=st.integers(0, 1440),
    zone=st.sampled_from(ZONES),
)
# Around the changes of the clock of these zones, and anywhere.
MOMENTS = st.one_of(
    st.integers(int(utc("2020-01-01")), int(utc("2040-01-01"))),
    st.builds(
        lambda day, second: int(utc(day)) + second,
        st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]),
        st.integers(-86400, 2 * 86400),
    ),
)


def slowly(window: Window, now: float) -> bool:
    """Every window of the days around, as a span of the clock on the wall, minute by minute."""
    shown = datetime.fromtimestamp(now, zoneinfo.ZoneInfo(window.zone)).replace(tzinfo=None, second=0, microsecond=0)
    for back in (0, 1):
        day: date = shown.date() - timedelta(days=back)
        if day.weekday() not in window.days:
            continue
        opened = datetime.combine(day, time()) + timedelta(minutes=window.start)
        length = (window.end - window.start) if window.end > window.start else (window.end - window.start + 1440)
        if any(opened + timedelta(minutes=minute) == shown for minute in range(length)):
            return True
    return False


@settings(deadline=None)
@given(WINDOWS, MOMENTS)
def test_holds_agrees_with_a_slow_oracle(window: Window, now: int) -> None:
    assert holds(window, now) is slowly(window, now)


@settings(deadline=None)
@given(WINDOWS, MOMENTS)
def test_the_next_opening_is_open_and_nothing_was_open_before(window: Window, now: int) -> None:
    found = next_opening((window,), now)
    if found is None:
        return
    moment, which = found
    assert which == window
    assert moment >= now
    assert holds(window, moment)
    steps = range(now, int(moment), max(60, (int(moment) - now) // 50))
    assert not any(slowly(window, each) for each in steps if each % 60 == 0)
    assert moment == now or moment % 60 == 0


@given(WINDOWS)
def test_what_is_written_is_read_back(window: Window) -> None:
    assert one(str(window)) == window
