# SPDX-License-Identifier: GPL-3.0-or-later
"""The rungs beside the clear itself: what is waited for before it, and what is left when it did not help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Judgement, Outcome, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes, live_sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import names

# An SA this close to its end is renewed by itself; what follows may mend the tunnel without a clear.
EXPIRES_SOON = 120
# A renewal that is due takes a few seconds more than the lifetime that was shown.
MARGIN = 5
# What is down stays down while it is waited for: dead peer detection may be set to an hour.
LONGEST = 300
# Failures that dead peer detection ends, once it has noticed.
NOTICED_BY_DPD = ("sa-one-sided", "child-without-ike")


def wait(judgement: Judgement, failing: Sequence[str]) -> tuple[float, str]:
    """The zeroth rung: how many seconds the tunnel may mend itself, and why; nothing when it will not."""
    tunnel = judgement.tunnel
    left = [side.seconds_left for side in live_sides(tunnel) if side.seconds_left is not None]
    if left and min(left) < EXPIRES_SOON:
        return min(left) + MARGIN, f"an SA expires in {min(left)} s, and what follows may mend the tunnel by itself"
    asking = [(end, seconds) for end in tunnel.ends if (seconds := _notices(end)) is not None]
    if asking and any(rule in NOTICED_BY_DPD for rule in failing):
        end, seconds = max(asking, key=lambda each: each[1])
        why = f"the dead peer detection of {end.name} may notice it within {seconds} s"
        if seconds + MARGIN > LONGEST:
            return LONGEST, f"{why}; no more than {LONGEST} s are waited"
        return seconds + MARGIN, why
    return 0.0, ""


def _notices(end: End) -> int | None:
    keepalive = end.tunnel_group.keepalive if end.tunnel_group else None
    return keepalive.detection_seconds if keepalive and end.ike else None


def beyond(tunnel: Tunnel, *, ike: bool) -> tuple[str, ...]:
    """The rungs that are never run from here, as sentences and lines to type."""
    return tuple(_beyond(tunnel, ike=ike))


def _beyond(tunnel: Tunnel, *, ike: bool) -> Iterator[str]:
    if not ike:
        yield (
            "clear the IKE SA of this peer at both ends, too: run this again with -e remediate_ike=true (the whole "
            "negotiation begins anew; only this peer is touched)"
        )
    for end in tunnel.ends:
        entry = end.map_entry
        if entry is None or entry.tunnel_interface or not end.interface:
            continue
        yield (
            f"by hand, in an agreed window, at {end.name}: 'no crypto map {entry.map} interface {end.interface}' and "
            f"'crypto map {entry.map} interface {end.interface}' build the map anew. EVERY tunnel on {end.interface} "
            "goes down, and what they protect may leave in clear meanwhile"
        )
    pairs = [end for end in tunnel.ends if (end.device.failover or "off").lower() != "off"]
    for end in tunnel.ends:
        move = "'failover active' on its standby unit" if end in pairs else "a reload"
        yield f"by hand, after TAC has what it asks for, at {end.name}: {move}"
    yield (
        f"for TAC before any reload of {names(tunnel.ends)}: this run's folder, evidence/ with both readings of both "
        "ends, and journal.jsonl. A reload destroys what the device still shows"
    )


def notes(judgement: Judgement) -> tuple[str, ...]:
    """What an operator should know besides: listed bugs, several networks, why it may come back."""
    return tuple(dict.fromkeys(_notes(judgement)))


def _notes(judgement: Judgement) -> Iterator[str]:
    tunnel = judgement.tunnel
    for finding in judgement.findings:
        if finding.rule == "known-bug-version" and finding.outcome is Outcome.FAIL:
            yield finding.message
    for end in tunnel.ends:
        if end.more_entries:
            others = ", ".join(map(str, end.more_entries))
            yield f"{end.name} names this peer in {others} too: the clear takes their SAs as well"
    yield from judgement.recurrence


def interrupts(tunnel: Tunnel, ends: Sequence[str]) -> str:
    """What goes down and for how long."""
    held = [lane for lane in lanes(tunnel) if lane.up]
    pairs = f" ({len(held)} pairs of networks)" if len(held) > 1 else ""
    until = "until new SAs are up (seconds)" if len(ends) == 2 else "until new SAs are up, if the other end agrees"
    return f"every connection through {tunnel.name}{pairs}, from the first clear {until}"
