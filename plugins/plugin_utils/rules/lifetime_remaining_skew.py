# SPDX-License-Identifier: GPL-3.0-or-later
"""The SAs of both ends are equally old."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import lifetime_seconds
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, Side, comparable, where
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="lifetime-remaining-skew",
    title="The SAs of both ends are equally old",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="The two SAs of one negotiation expire together. When one end's have much less time left they are of an "
    "earlier negotiation, and that end is the one that missed the rekey. Volume counts each end's own traffic and "
    "says nothing.",
    reads=("show crypto ipsec sa", "show running-config crypto"),
    fixed_by="spi-mirror-mismatch names the cure; with SPIs that mirror there is nothing to do",
    practice=True,
    limits={"seconds": 120, "percent": 10},
)
SUBJECT = "time left"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    both = [lane for lane in lanes if len(lane.up) == 2]
    lifetimes = [_lifetime(end) for end in tunnel.ends]
    if both and _ikev2(tunnel) and (None in lifetimes or len(set(lifetimes)) > 1):
        # RFC 7296 section 2.8: each end keeps the lifetime it likes.
        yield RULE.not_applicable(tunnel, SUBJECT, "IKEv2 negotiates no lifetime, and the ends' are not known to agree")
        return
    judged: list[tuple[Lane, str]] = []
    for lane in both:
        left = [(side, seconds) for side in lane.sides if (seconds := _left(side, lane)) is not None]
        skew = _skew(left)
        if skew is None:
            continue
        words = " ".join(f"{side.end.name}: {seconds} s" for side, seconds in left)
        judged.append((lane, words))
        if skew <= limits["seconds"]:
            continue
        known = [lifetime for lifetime in lifetimes if lifetime]
        much = bool(known) and skew * 100 > min(known) * limits["percent"]
        if lane.refused:
            severity = Severity.ERROR if much else Severity.WARNING
            newest, _ = max(left, key=lambda each: each[1])
            words += f": {newest.end.name}'s are of a later negotiation"
        else:
            # They are the same SAs, and each end counts down as it likes.
            severity = Severity.INFO
            words += ", though the SPIs mirror"
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=str(lane), severity=severity))
    yield from findings
    if findings:
        return
    if judged:
        words = judged[0][1] if len(judged) == 1 else f"not more than {limits['seconds']} s apart"
        yield RULE.passes(tunnel, SUBJECT, words, where=where([lane for lane, _ in judged]))
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no proxy identities have SAs with a time at both ends")


def _left(side: Side, lane: Lane) -> int | None:
    """The seconds of the SA that both ends hold, else of this end's newest: a rekey keeps the old one for a while."""
    shared = {spi for each in lane.sides for spi in each.outbound if lane.mirrored}
    left = [sa.lifetime_seconds for sa in side.sas if sa.lifetime_seconds and (sa.spi in shared or not shared)]
    return max(left, default=None)


def _skew(left: Sequence[tuple[Side, int]]) -> int | None:
    """By how many seconds the SAs of the two ends expire apart at the least."""
    if len(left) < 2:
        return None
    moments = []
    for side, seconds in left:
        reading = side.end.device.readings[-1]
        if not math.isfinite(reading.started) or not math.isfinite(reading.finished):
            return None
        moments.append((seconds + reading.started, seconds + reading.finished))
    (first, last), (other_first, other_last) = moments
    return int(max(0.0, other_first - last, first - other_last))


def _lifetime(end: End) -> int | None:
    config, entry = end.device.config, end.map_entry
    return lifetime_seconds(config, entry) if config is not None and entry is not None else None


def _ikev2(tunnel: Tunnel) -> bool:
    """An IKE SA of version 2 is up, or an SA says that it made it."""
    if any(sa.version == 2 for end in tunnel.ends for sa in end.ike or ()):
        return True
    return any("IKEv2" in sa.settings for end in tunnel.ends for entry in end.ipsec or () for sa in entry.sas)
