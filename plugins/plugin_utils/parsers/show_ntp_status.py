# SPDX-License-Identifier: GPL-3.0-or-later
"""``show ntp status``: whether the clock is synchronised, with what, and how far off it is.

::

    Clock is synchronized, stratum 5, reference is 172.23.56.249
    nominal freq is 99.9984 Hz, actual freq is 100.0266 Hz, precision is 2**6
    reference time is c02bca16.5b02b4ad (10:43:34.355 EST Thu Feb 7 2002)
    clock offset is 0.2403 msec, root delay is 42.51 msec
    root dispersion is 135.01 msec, peer dispersion is 22.52 msec

    Clock is unsynchronized, stratum 16, no reference clock

Two lines of logs can be compared only when both clocks are synchronised. The zone is a word of the configuration and
tells no offset, so the time is given without one.

From engineering practice: a reference without an address (``.INIT.``).

Source: Cisco ASA command reference, ``show ntp status`` (7.0 and later).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import NtpStatus, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import address_or_name
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show ntp status"

_DECIMAL = r"(-?\d{1,9}(?:\.\d{1,9})?)"
_TIME = re.compile(
    r"reference time is [0-9a-fA-F]{8}\.[0-9a-fA-F]{8} \((\d\d?:\d\d:\d\d)(?:\.\d{1,9})? (\S{1,16}) "
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d\d? \d{4})\)"
)
# The parts between commas, each with what it is called here.
_PARTS: tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...] = (
    ("synchronized", re.compile(r"Clock is ((?:un)?synchronized)"), "synchronized".__eq__),
    ("stratum", re.compile(r"stratum (\d{1,3})"), int),
    ("reference", re.compile(r"reference is (\S{1,64})"), address_or_name),
    ("reference", re.compile(r"(no) reference clock"), lambda _: None),
    ("nominal_freq_hz", re.compile(rf"nominal freq is {_DECIMAL} Hz"), float),
    ("actual_freq_hz", re.compile(rf"actual freq is {_DECIMAL} Hz"), float),
    ("precision", re.compile(r"precision is 2\*\*(-?\d{1,3})"), int),
    ("clock_offset_msec", re.compile(rf"clock offset is {_DECIMAL} msec"), float),
    ("root_delay_msec", re.compile(rf"root delay is {_DECIMAL} msec"), float),
    ("root_dispersion_msec", re.compile(rf"root dispersion is {_DECIMAL} msec"), float),
    ("peer_dispersion_msec", re.compile(rf"peer dispersion is {_DECIMAL} msec"), float),
)


def _line(line: str) -> dict[str, Any] | None:
    """What a line says, if every part of it is known."""
    if match := _TIME.fullmatch(line):
        try:
            moment = datetime.strptime(f"{match[3]} {match[1]}", "%b %d %Y %H:%M:%S")
        except ValueError:
            return None
        return {"reference_time": moment.isoformat(), "reference_zone": match[2]}
    facts: dict[str, Any] = {}
    for part in line.rstrip(",").split(","):
        text = part.strip()
        found = next(((name, read(hit[1])) for name, each, read in _PARTS if (hit := each.fullmatch(text))), None)
        if found is None:
            return None
        facts[found[0]] = found[1]
    return facts


def parse(text: str) -> Parsed[NtpStatus]:
    account = Account(COMMAND, text)
    facts: dict[str, Any] = {}
    for number, line in account.lines:
        found = _line(line)
        if found is None or facts.keys() & found.keys():
            account.unknown(number, line)
        else:
            facts |= found
    missing = ""
    if "synchronized" not in facts:
        missing = "there is no line 'Clock is synchronized' or 'Clock is unsynchronized'"
    elif "peer_dispersion_msec" not in facts:
        missing = "the output ends before 'peer dispersion'"
    return account.parsed(NtpStatus(**facts), missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.SURROUNDINGS, rank=10)
