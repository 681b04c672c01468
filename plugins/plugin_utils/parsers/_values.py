# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, durations and labelled counters in the spellings of an ASA."""

from __future__ import annotations

import re

RULE = "separator line"

# A hyphen, a slash and the dots of an abbreviation are all one to a key.
_WORDS = re.compile(r"[a-z0-9]+")
_LABEL = re.compile(r"[A-Za-z][\w /()-]{1,60}")
_SESSION = re.compile(r"(?:(\d{1,6})d ?)?(\d{1,5})h:(\d{1,2})m:(\d{1,2})s")
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d)")
_UNITS = re.compile(r"(?:(\d{1,4})y)?(?:(\d{1,4})w)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?")
_AMOUNT = re.compile(r"(\d{1,12}) ?(Seconds?|Minutes?|Hours?)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def number(text: str) -> int | None:
    """A decimal count. No device prints more digits than a 64-bit counter has."""
    return int(text) if len(text) <= 20 and text.isascii() and text.isdigit() else None


def hexadecimal(text: str) -> int | None:
    """``0x4F456306``: up to 64 bits, which is what a pointer has."""
    digits = text.removeprefix("0x")
    if digits == text or not 1 <= len(digits) <= 16 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None


def key(label: str) -> str:
    """A label in snake case: ``D/H Group`` is ``d_h_group``."""
    return "_".join(_WORDS.findall(label.lower()))


def counter(line: str) -> tuple[str, int] | None:
    """``Label: N`` as key and count."""
    label, _, value = line.partition(":")
    count = number(value.strip())
    label = label.rstrip()
    return (key(label), count) if count is not None and _LABEL.fullmatch(label) else None


def seconds(text: str) -> int | None:
    """A duration: ``10d 7h:26m:52s``, ``6:16:26``, ``1w2d``, ``30 Minutes``."""
    if match := _SESSION.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if match := _CLOCK.fullmatch(text):
        hours, minutes, rest = map(int, match.groups())
        return (hours * 60 + minutes) * 60 + rest
    if match := _AMOUNT.fullmatch(text):
        return int(match[1]) * _SECONDS[match[2].lower().rstrip("s")]
    if text and (match := _UNITS.fullmatch(text)):
        years, weeks, days, hours = (int(part or 0) for part in match.groups())
        return ((years * 365 + weeks * 7 + days) * 24 + hours) * 3600
    return None


def is_rule(line: str) -> bool:
    """A line of dashes, equals signs or asterisks, which parts a table."""
    return len(line) > 3 and len(set(line)) == 1 and line[0] in "-=*"
