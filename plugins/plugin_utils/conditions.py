# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a proof, each with the value that was read: what an operator checks by eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Condition
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, lanes, spis, why_not

IKE = "IKE up at both ends"
FRESH = "SPIs new at both ends"
MIRRORED = "mirrored in two readings"
COUNTING = "counting both ways"


def conditions(tunnel: Tunnel, plan: Plan) -> tuple[Condition, ...]:
    """What the two newest readings of this tunnel show of each condition; ``plan`` has the SPIs of before."""
    found = (_ike(tunnel), _fresh(tunnel, plan), _mirrored(tunnel), _counting(tunnel))
    if tunnel.both:
        return found
    (end,) = tunnel.ends
    return tuple(replace(each, name=each.name.replace("both ends", end.name)) for each in found)


def _ike(tunnel: Tunnel) -> Condition:
    unread = any(end.ike is None for end in tunnel.ends)
    said = ", ".join(f"{end.name} {_states(end)}" for end in tunnel.ends)
    return Condition(IKE, None if unread else all(map(alive, tunnel.ends)), said)


def _states(end: End) -> str:
    if end.ike is None:
        return "not read"
    return " and ".join(sa.state for sa in end.ike) or "no IKE SA"


def _fresh(tunnel: Tunnel, plan: Plan) -> Condition:
    before = {end.device: {spi for numbers in end.spis.values() for spi in numbers} for end in plan.ends}
    said: list[str] = []
    held: list[bool | None] = []
    for end in tunnel.ends:
        now = spis_of(end)
        kept = before.get(end.name, set()) & {spi for numbers in now.values() for spi in numbers}
        if end.ipsec is None:
            held.append(None)
            said.append(f"{end.name} not read")
        else:
            held.append(not kept and any(now.values()))
            shown = spis(now[Direction.OUTBOUND.value], "no SA")
            said.append(f"{end.name} still holds {spis(kept)}" if kept else f"{end.name} {shown}")
    return Condition(FRESH, None if None in held else all(held), ", ".join(said))


def _mirrored(tunnel: Tunnel) -> Condition:
    if reason := why_not(tunnel):
        return Condition(MIRRORED, None, reason)
    up = [lane for lane in lanes(tunnel) if lane.up]
    if not up:
        return Condition(MIRRORED, False, "no SA")
    crossed = [lane for lane in up if not lane.mirrored]
    unsettled = next((lane.unsettled for lane in up if lane.unsettled), "")
    if crossed:
        return Condition(
            MIRRORED, False, f"{len(crossed)} of {counted(len(up), 'pair')} of networks do not: {crossed[0]}"
        )
    if unsettled:
        return Condition(MIRRORED, None, unsettled)
    return Condition(MIRRORED, True, f"{counted(len(up), 'pair')} of networks")


def _counting(tunnel: Tunnel) -> Condition:
    grown = list(_growth(tunnel))
    if not grown and (reason := why_not(tunnel)):
        return Condition(COUNTING, None, reason)
    said = ", ".join(f"{name} {way} {'not known' if number is None else number}" for name, way, number in grown)
    numbers = [number for *_, number in grown]
    held = False if 0 in numbers else None if None in numbers else bool(numbers)
    return Condition(COUNTING, held, said or "no SA")


def _growth(tunnel: Tunnel) -> Iterator[tuple[str, str, int | None]]:
    """What each end has sent and received between the readings, over all its networks."""
    up = [lane for lane in lanes(tunnel) if lane.up]
    for place, end in enumerate(tunnel.ends if up else ()):
        for counter, way in (("pkts encaps", "sent"), ("pkts decaps", "received")):
            each = [lane.sides[place].grown(counter) for lane in up]
            known = [number for number in each if number is not None]
            yield end.name, way, sum(known) if len(known) == len(each) else None
