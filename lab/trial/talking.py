# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that talk until their tunnels are up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lab.trial.tunnel import Tunnel
from lab.trial.world import World

# An initiator gives up after its retransmissions, some 32 s in IKEv1 and two minutes in IKEv2.
UP_SECONDS = 150


def settle(world: World, tunnels: Sequence[Tunnel], place: int, seconds: int = UP_SECONDS) -> list[Tunnel]:
    """Let one end of each tunnel talk until all are up or time is over; returns those that are."""
    waiting = list(tunnels)
    for second in range(seconds):
        waiting = [tunnel for tunnel in taking_turns(waiting, second) if not world.talk(tunnel, tunnel.ends[place])]
        if not waiting:
            break
        world.advance(1)
    return [tunnel for tunnel in tunnels if tunnel not in waiting]


def taking_turns(tunnels: Iterable[Tunnel], second: int) -> list[Tunnel]:
    """Of the tunnels of two ends another one talks first each second.

    A responder that refuses the first of them lets go of the IKE SA, and of what waited for it: else one that is wrong
    would keep those behind it down for ever.
    """
    groups: dict[tuple[str, str], list[Tunnel]] = {}
    for tunnel in tunnels:
        groups.setdefault(tunnel.ends, []).append(tunnel)
    return [
        tunnel for group in groups.values() for tunnel in (*group[second % len(group) :], *group[: second % len(group)])
    ]
