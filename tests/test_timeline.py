# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends on one time line: every event in its place, and how exact that place is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import timeline as lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    ClockReading,
    Output,
    OutputStatus,
    SaReading,
    Snapshot,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import Event, Kind, Offset, timeline
from tests.reporters import samples

DOCS = Path(__file__).parents[1] / "docs"
AT = datetime(2009, 6, 1, 2, 30, tzinfo=UTC).timestamp()
CLEAR = "clear crypto ipsec sa peer 203.0.113.2"
LOG = """Syslog logging: enabled
    Buffer logging: level informational, 3 messages logged
"""
OLD = "Jun 01 2009 03:29:50: %ASA-5-713119: Group = 203.0.113.2, IP = 203.0.113.2, PHASE 1 COMPLETED\n"
NEW = "Jun 01 2009 03:30:10: %ASA-5-713120: Group = 203.0.113.2, IP = 203.0.113.2, PHASE 2 COMPLETED (msgid=1)\n"
OTHERS = "Jun 01 2009 03:30:11: %ASA-5-713120: Group = 192.0.2.99, IP = 192.0.2.99, PHASE 2 COMPLETED (msgid=2)\n"


def clock(hour: int = 3, at: float = AT, took: float = 0.4, fraction: int = 250_000) -> ClockReading:
    local = datetime(2009, 6, 1, hour, 30, 0, fraction)
    return ClockReading(local, "CEST", at, at + took)


def snapshot(device: str, at: float, log: str, shown: str = "03:30:00.200 CEST Mon Jun 1 2009") -> Snapshot:
    outputs = (Output("show clock", f"{shown}\n", at, at + 0.4), Output("show logging", log, at + 1, at + 2))
    return Snapshot(device, at, at + 2, outputs)


# --- a device's clock ------------------------------------------------------------------------------------------------


def test_an_offset_is_as_exact_as_the_answer_was_quick() -> None:
    assert lines.offset("hq", clock()) == Offset("hq", AT + 0.2, 3600.05, 0.2, "CEST")
    # Of a clock that prints no thousandths nobody knows where in its second it was.
    assert lines.offset("hq", clock(fraction=0)) == Offset("hq", AT + 0.2, 3600.3, 0.7, "CEST")


@pytest.mark.parametrize(
    ("stamp", "seconds", "doubt"),
    [
        ("Jun 01 2009 03:30:10", 10.45, 0.7),
        ("Jun  1 2009 03:30:10", 10.45, 0.7),
        ("Jun 01 03:30:10", 10.45, 0.7),
        ("Jun 01 2009 03:30:10.500 CEST", 10.45, 0.2),
        ("Dec 31 03:30:10", 10.45 - 152 * 86400, 0.7),
    ],
)
def test_a_stamp_is_moved_onto_the_controllers_clock(stamp: str, seconds: float, doubt: float) -> None:
    moment, uncertainty = lines.placed(stamp, clock())
    assert moment is not None
    assert (round(moment - AT, 3), uncertainty) == (seconds, doubt)


@pytest.mark.parametrize("stamp", ["2009-06-01T02:30:10Z", "Jun 01 2009 03:30:10 EST", "Foo 01 2009 03:30:10", "10:00"])
def test_a_stamp_of_another_zone_or_none_has_no_place(stamp: str) -> None:
    assert lines.placed(stamp, clock()) == (None, None)


def test_without_a_clock_no_line_has_a_place() -> None:
    assert lines.placed("Jun 01 2009 03:30:10", None) == (None, None)


def test_universal_time_is_one_zone_by_two_names() -> None:
    moment, doubt = lines.placed("2009-06-01T03:30:10Z", replace(clock(), zone="GMT"))
    assert moment is not None
    assert (round(moment - AT, 3), doubt) == (10.45, 0.7)


def test_a_clock_that_was_set_in_between_makes_every_place_doubtful() -> None:
    """Ahead by an hour first and by 3602 s then: which of them held when the line was written is not known."""
    later = replace(clock(at=AT + 60), local=datetime(2009, 6, 1, 3, 31, 2, 250_000))
    moment, doubt = lines.placed("Jun 01 2009 03:30:30", later, clock())
    assert moment is not None
    assert (round(moment - AT, 3), doubt) == (29.45, 1.7)


def test_a_saved_clock_has_no_offset() -> None:
    saved = Snapshot(
        "hq", EARLIEST, LATEST, (Output("show clock", "03:30:00.2 CEST Mon Jun 1 2009\n", EARLIEST, LATEST),)
    )
    assert lines.clock_of(saved) is None
    assert lines.clock_of(Snapshot("hq", 1, 2)) is None


def test_a_clock_that_was_refused_is_none() -> None:
    refused = Output("show clock", "ERROR: % Invalid input\n", 1, 2, OutputStatus.REFUSED, "no")
    assert lines.clock_of(Snapshot("hq", 1, 2, (refused,))) is None


# --- the whole of it -------------------------------------------------------------------------------------------------


def whole() -> lines.Timeline:
    tunnel = samples.tunnel()
    first = samples.tunnel().ends[0].second
    assert first is not None
    peer = tunnel.ends[0].peer_address
    assert peer is not None
    entries = tuple(replace(entry, peer=peer) for entry in first)
    return timeline(
        tunnel,
        [
            {"time": AT + 9.5, "event": "clear", "device": "hq", "command": CLEAR},
            {"time": AT + 20, "event": "not_yet", "text": "no SA"},
        ],
        [Action(AT + 9.6, "hq", CLEAR, "done")],
        {
            "hq": [
                snapshot("hq", AT, LOG + OLD),
                snapshot("hq", AT + 60, LOG + OLD + NEW + OTHERS, "03:31:00.200 CEST Mon Jun 1 2009"),
            ]
        },
        {"hq": [SaReading(AT + 4, AT + 5, ipsec=entries), SaReading(AT + 30, AT + 31, ipsec=()), SaReading(AT, AT)]},
    )


def test_journal_commands_logs_and_readings_stand_in_one_order() -> None:
    told = whole()
    assert told.cleared == AT + 9.6
    assert told.offsets == (Offset("hq", AT + 0.2, 3600.0, 0.2, "CEST"), Offset("hq", AT + 60.2, 3600.0, 0.2, "CEST"))
    name, log = "Group = 203.0.113.2, IP = 203.0.113.2", Kind.LOG
    assert told.events == (
        Event(log, "hq", f"%ASA-5-713119: {name}, PHASE 1 COMPLETED", AT - 9.5, 0.7, "Jun 01 2009 03:29:50"),
        Event(Kind.READING, "hq", "sends on 0xA2280726, accepts 0x4E1F3B77", AT + 4.5, 0.5),
        Event(Kind.CONTROLLER, "hq", f"clear {CLEAR}", AT + 9.5),
        Event(Kind.COMMAND, "hq", CLEAR, AT + 9.6, result="done"),
        Event(log, "hq", f"%ASA-5-713120: {name}, PHASE 2 COMPLETED (msgid=1)", AT + 10.5, 0.7, "Jun 01 2009 03:30:10"),
        Event(Kind.CONTROLLER, "", "not yet", AT + 20, result="no SA"),
        Event(Kind.READING, "hq", "no SA", AT + 30.5, 0.5),
    )


def test_the_same_line_twice_in_one_buffer_is_two_events() -> None:
    tunnel = samples.tunnel()
    told = timeline(
        tunnel, [], [], {"hq": [snapshot("hq", AT, LOG + OLD + OLD), snapshot("hq", AT, LOG + OLD + OLD)]}, {}
    )
    assert len(told.events) == 2


def test_a_long_log_is_cut_at_its_older_end_and_says_so() -> None:
    numbered = "".join(NEW.replace("msgid=1", f"msgid={number:x}") for number in range(lines.LINES + 7))
    told = timeline(samples.tunnel(), [], [], {"hq": [snapshot("hq", AT, LOG + numbered)]}, {})
    assert told.left_out == {"hq": 7}
    assert len(told.events) == lines.LINES
    assert told.events[0].text.endswith("(msgid=7)")


def test_the_promised_shape_is_kept_and_is_the_one_of_the_report() -> None:
    schema = json.loads((DOCS / "timeline.schema.json").read_text())
    report = json.loads((DOCS / "report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    for told in (whole(), samples.told(), timeline(samples.tunnel(), [], [], {}, {})):
        Draft202012Validator(schema).validate(lines.document(told))
    promised = {name: value for name, value in schema.items() if name not in ("$schema", "$defs", "title")}
    assert report["$defs"]["timeline"] == promised


def test_an_event_as_data() -> None:
    told = lines.document(whole())
    assert (told["schema"], told["tunnel"], told["cleared"]) == (1, "hq-branch", "2009-06-01T02:30:09.600Z")
    assert told["events"][4] == {
        "time": "2009-06-01T02:30:10.500Z",
        "since_clear": 0.9,
        "uncertainty_seconds": 0.7,
        "device_time": "Jun 01 2009 03:30:10",
        "kind": "log",
        "device": "hq",
        "text": "%ASA-5-713120: Group = 203.0.113.2, IP = 203.0.113.2, PHASE 2 COMPLETED (msgid=1)",
        "result": "",
        "clears": False,
    }
