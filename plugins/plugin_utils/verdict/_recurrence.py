# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether it will come back, as far as the facts say."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import lifetime_seconds
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import deletion_retries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._cause import Cause
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._facts import Facts

MISMATCH = ("spi-mirror-mismatch", "spi-half-match", "sa-duplicate-stale")
SCHEDULED = 0.8
"""From this share of the lifetime on a new SA is a scheduled rekey: 715080 shows a timer of 24480 s for 28800 s."""


def recurrence(facts: Facts, of: Cause) -> tuple[str, ...]:
    """Sentences; none when nothing is known of it."""
    return tuple(dict.fromkeys(_hints(facts, of)))


def _hints(facts: Facts, of: Cause) -> Iterator[str]:
    tunnel = facts.tunnel
    if of.rule in MISMATCH:
        for lane in facts.lanes:
            yield from _at_rekey(lane)
        retrying = [end for end in tunnel.ends if deletion_retries(end)]
        if retrying:
            yield (
                f"{names(retrying)} could not delete an SA from its data path: that is a fault of its software, and "
                "it may come back at any rekey"
            )
    if restarted := facts.failure("uptime-vs-sa-age"):
        yield f"it may come back at the next restart: {facts.words(restarted)}"
    if of.rule in (*MISMATCH, "sa-one-sided", "child-without-ike"):
        for rule in ("dpd-disabled", "dpd-infinite-both"):
            if (finding := facts.failure(rule)) and finding.severity >= Severity.WARNING:
                yield f"nothing will notice the next time: {facts.words(finding)}"
    if of.rule == "kb-lifetime-zero":
        yield "it comes back each time an SA has carried its volume"
    if of.rule == "pfs-mismatch" and not facts.down:
        yield "it fails at the next rekey that the other end starts"


def _at_rekey(lane: Lane) -> Iterator[str]:
    """The ends parted at a scheduled rekey: the newer SA was made when the older had come to its rekey."""
    if len(lane.up) != 2:
        return
    old, new = sorted(lane.sides, key=lambda side: side.seconds_left or 0)
    total = _lifetime(old.end, new.end)
    if old.seconds_left is None or new.seconds_left is None or not total:
        return
    apart = new.seconds_left - old.seconds_left
    if SCHEDULED * total <= apart <= total:
        yield (
            f"the ends parted at a scheduled rekey: {new.end.name}'s SA was made {apart} s after {old.end.name}'s, "
            f"of a lifetime of {total} s; it may come back at each rekey"
        )


def _lifetime(*ends: End) -> int | None:
    """The lower lifetime wins; nothing is said without both configurations."""
    found = [
        lifetime_seconds(end.device.config, end.map_entry)
        for end in ends
        if end.device.config is not None and end.map_entry is not None
    ]
    return min(found) if len(found) == len(ends) else None
