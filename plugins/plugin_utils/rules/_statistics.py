# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device counted for all of its tunnels, and what one tunnel has to do with it."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    IpsecStatistics,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes, live_sides, why_not
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._moments import BURST, uncounted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

# As many packets as one end must have sent before silence at the other is a sign.
FEW = 5


def judge_growth(rule: Rule, tunnel: Tunnel, subject: str, part: str, counter: str) -> Iterator[Finding]:
    """Judge a counter of ``show crypto ipsec stats`` by its growth between the two readings.

    ``part`` is ``totals``, ``inbound`` or ``outbound``. The counter is the whole device's: a tunnel that shows no
    trouble of its own is told of it, and not blamed for it.
    """
    subject = f"{subject}, device-wide"
    findings = []
    known: list[tuple[End, int]] = []
    for end in tunnel.ends:
        growth = _growth(end, part, counter)
        if isinstance(growth, str):
            findings.append(rule.unknown(tunnel, subject, growth))
        else:
            known.append((end, growth))
    words = " ".join(f"{end.name}: +{growth}" for end, growth in known)
    if any(growth for _, growth in known):
        if sign := trouble(tunnel):
            severity = min(rule.severity, Severity.WARNING) if carries(tunnel) else rule.severity
            yield rule.fails(tunnel, subject, f"{words}, and {sign}", severity=severity)
        else:
            words += ", and this tunnel shows no trouble of its own"
            yield rule.fails(tunnel, subject, words, severity=Severity.INFO)
    elif known and not findings:
        yield rule.passes(tunnel, subject, words)
    yield from findings


def trouble(tunnel: Tunnel) -> str:
    """The sign that this very tunnel loses packets, or nothing."""
    for side in live_sides(tunnel):
        if side.grown("recv errors"):
            return f"{side.end.name}'s SAs of this tunnel count receive errors"
    if why_not(tunnel):
        return ""
    for lane in lanes(tunnel):
        if lane.unsettled:
            continue
        if len(lane.up) == 1:
            return f"{lane.up[0].end.name} alone has SAs for this tunnel"
        if len(lane.up) < 2:
            continue
        if lane.refused:
            return "this tunnel's SPIs do not mirror"
        for sender, receiver in lane.directions:
            sent, back = sender.grown("pkts encaps") or 0, sender.grown("pkts decaps")
            silent = not back and receiver.grown("pkts decaps") == 0
            if sent >= FEW and silent and BURST * uncounted(sender, receiver) < 1:
                return f"{receiver.end.name} decrypts nothing of what {sender.end.name} sends in this tunnel"
    return ""


def carries(tunnel: Tunnel) -> bool:
    """Whether packets passed both ways between the readings."""
    return any(side.grown("pkts encaps") and side.grown("pkts decaps") for side in live_sides(tunnel))


def _growth(end: End, part: str, counter: str) -> int | str:
    """By how much the counter grew between the readings, or why that is not known."""
    counted = [reading.statistics for reading in end.device.readings]
    read = [each for each in counted if each is not None]
    if not read:
        return f"`show crypto ipsec stats` of {end.name} was not read"
    if len(counted) < 2 or counted[0] is None or counted[-1] is None:
        return f"`show crypto ipsec stats` of {end.name} was read once: growth needs two readings"
    then, now = _count(counted[0], part, counter), _count(counted[-1], part, counter)
    if then is None or now is None:
        return f"{end.name}'s release prints no such counter"
    if now < then:
        return f"{end.name}'s counters were reset between the readings"
    return now - then


def _count(statistics: IpsecStatistics, part: str, counter: str) -> int | None:
    counters = {"totals": statistics.totals, "inbound": statistics.inbound, "outbound": statistics.outbound}
    return counters[part].get(counter)
