# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends tell the same time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    ClockReading,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule, values

RULE = Rule(
    id="clock-skew",
    title="Both ends tell the same time",
    severity=Severity.ERROR,
    group=Group.DATA,
    rationale="The logs of both ends tell one story only when their clocks agree, and a certificate is valid by the "
    "clock of the device that looks at it.",
    reads=("show clock", "show ntp status"),
    sources=("ASA command reference, show clock and ntp server",),
    fixed_by="ntp server: a human decides",
    practice=True,
    limits={"seconds": 60},
)
SUBJECT = "clock"
_UNIVERSAL = frozenset({"UTC", "GMT"})


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    left, right = tunnel.ends
    mine, theirs = left.device.clock, right.device.clock
    if mine is None or theirs is None:
        for end in tunnel.ends:
            if end.device.clock is None:
                yield RULE.unknown(tunnel, SUBJECT, f"the clock of {end.name} was not read")
        return
    words = values(tunnel, _words)
    if not _same_zone(mine, theirs):
        if all(_follows(end) for end in tunnel.ends):
            yield RULE.passes(tunnel, SUBJECT, f"{words}; both follow NTP")
        else:
            yield RULE.unknown(tunnel, SUBJECT, f"{words}: the words for the zones tell no difference in time")
        return
    skew, doubt = _skew(mine, theirs)
    if not math.isfinite(skew + doubt):
        yield RULE.unknown(tunnel, SUBJECT, f"{words}: when they were read is not known")
        return
    said = f"{words}, {round(skew)} s apart"
    if skew - doubt > limits["seconds"]:
        severity = Severity.ERROR if any(_certificate(end) for end in tunnel.ends) else Severity.WARNING
        fix = [Fix(end.name, ("ntp server ADDRESS",)) for end in tunnel.ends if not _follows(end)]
        yield RULE.fails(tunnel, SUBJECT, said, severity=severity, fix=fix)
    elif skew + doubt <= limits["seconds"]:
        yield RULE.passes(tunnel, SUBJECT, said)
    else:
        yield RULE.unknown(tunnel, SUBJECT, f"{said}, give or take {math.ceil(doubt)} s")


def _skew(mine: ClockReading, theirs: ClockReading) -> tuple[float, float]:
    """How far the clocks are apart in seconds, and how wrong that may be: a reading takes its time."""
    shown = (mine.local - theirs.local).total_seconds()
    moments = [(each.started + each.finished) / 2 for each in (mine, theirs)]
    # The device prints whole seconds where it prints no thousandths.
    doubt = sum((each.finished - each.started) / 2 for each in (mine, theirs)) + 1
    return abs(shown - (moments[0] - moments[1])), doubt


def _same_zone(mine: ClockReading, theirs: ClockReading) -> bool:
    zones = {each.zone for each in (mine, theirs)}
    return None not in zones and (len(zones) == 1 or zones <= _UNIVERSAL)


def _words(end: End) -> str:
    clock = end.device.clock
    if clock is None:
        return "not read"
    free = "" if clock.synchronized is not False else " (not synchronised)"
    return f"{clock.local:%Y-%m-%d %H:%M:%S} {clock.zone or 'without a zone'}{free}"


def _follows(end: End) -> bool:
    return end.device.ntp is not None and end.device.ntp.synchronized is True


def _certificate(end: End) -> bool:
    entry, group = end.map_entry, end.tunnel_group
    return bool((entry is not None and entry.trustpoint) or (group is not None and group.trustpoint))
