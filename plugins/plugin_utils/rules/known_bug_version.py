# SPDX-License-Identifier: GPL-3.0-or-later
"""Neither release is listed for a bug that leaves tunnels up and empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, passes, together, unknown
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="known-bug-version",
    title="Neither release is listed for a bug that leaves tunnels up and empty",
    severity=Severity.WARNING,
    group=Group.DATA,
    rationale="Some releases lose SAs by themselves. No setting cures that: the tunnel dies again until the device is "
    "upgraded.",
    reads=("show version", "show crypto ipsec sa"),
    sources=(
        "Cisco bug search, CSCsd48512, CSCtq57752 and CSCwc48375",
        "community.cisco.com: ta-p/3132242",
        "engineerdirect.co.uk: tunnel stops passing traffic until the SA is cleared",
    ),
    fixed_by="an upgrade: a human decides",
)
SUBJECT = "release"


@dataclass(frozen=True)
class _Bug:
    """``releases`` says whether a release is listed; ``seen`` whether this end shows what the bug does.

    ``needs_sight`` is for a bug whose releases were not published one by one.
    """

    id: str
    does: str
    releases: Callable[[Version], bool]
    seen: Callable[[End], bool]
    needs_sight: bool = False


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from together(RULE, tunnel, SUBJECT, [(end, _say(end)) for end in tunnel.ends])


def _say(end: End) -> Said:
    version = end.device.version
    if version is None:
        return unknown(f"the release of {end.name} was not read")
    hits = [bug for bug in _BUGS if bug.releases(version)]
    seen = [bug for bug in hits if bug.seen(end)]
    hits = [bug for bug in hits if bug in seen or not bug.needs_sight]
    if not hits:
        return passes(f"{version} is not listed")
    words = [_words(bug, bug in seen) for bug in hits]
    severity = Severity.WARNING if seen else Severity.INFO
    return fails(f"{version} {listed(words)}: look at its release notes", severity)


def _words(bug: _Bug, seen: bool) -> str:
    if bug.needs_sight:
        return f"shows what {bug.id} describes ({bug.does})"
    return f"is listed for {bug.id} ({bug.does}{', as is seen here' if seen else ''})"


def _before(*fixed: Version) -> Callable[[Version], bool]:
    """Listed from the train's first release to the one that mends it."""
    return lambda version: any(_train(version) == _train(each) and version < each for each in fixed)


def _train(version: Version) -> tuple[int, int]:
    return version.major, version.minor


def _missing_grows(end: End) -> bool:
    counts = [
        reading.statistics.totals["missing_sa_failures"]
        for reading in end.device.readings
        if reading.statistics is not None and "missing_sa_failures" in reading.statistics.totals
    ]
    return len(counts) > 1 and counts[-1] > counts[0]


def _no_volume_left(end: End) -> bool:
    return any(sa.lifetime_kilobytes == 0 and sa.lifetime_seconds for entry in end.ipsec or () for sa in entry.sas)


def _leaked(end: End) -> bool:
    """One SA to send on and several to receive on, in both readings, none of them on its way out."""
    if not end.device.failover or end.device.failover == "off" or end.first is None or end.second is None:
        return False
    earlier = {entry.identities: entry.spis(Direction.INBOUND) for entry in end.first}
    return any(
        len(entry.spis(Direction.OUTBOUND)) == 1
        and len(entry.spis(Direction.INBOUND)) > 1
        and entry.spis(Direction.INBOUND) == earlier.get(entry.identities)
        and all((sa.lifetime_seconds or 0) > 120 for sa in entry.sas)
        for entry in end.second
    )


_BUGS = (
    _Bug(
        "CSCsd48512",
        "peers that reconnect get no traffic through, and missing SA failures grow",
        _before(Version(7, 0, 4, 13), Version(7, 1, 2, 1), Version(7, 2, 0, 46)),
        _missing_grows,
    ),
    _Bug(
        "CSCtq57752",
        "an SA whose volume is used up is not rekeyed",
        _before(Version(8, 6, 1, 5)),
        _no_volume_left,
    ),
    _Bug(
        "CSCwc48375",
        "a failover pair keeps inbound SAs that it has replaced",
        lambda version: version.major == 9,
        _leaked,
        needs_sight=True,
    ),
)
