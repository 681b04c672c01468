# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way traffic can pass: one arrow for each SPI that an end sends on, or for a direction in which none is.

The rules decide what may be compared and what is accepted, so that a picture never says other than its verdict.
``accepted`` is ``None`` where they would not decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import ProxyIdentities, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Lane,
    Side,
    lanes,
    spi,
    unreadable,
    why_not,
)


@dataclass(frozen=True)
class Arrow:
    """One direction. ``sent`` and ``arrived`` are the packets that the two ends counted between the readings."""

    sender: str
    receiver: str
    identities: ProxyIdentities
    spi: int | None
    accepted: bool | None
    why: str
    sent: int | None = None
    arrived: int | None = None


def arrows(tunnel: Tunnel) -> tuple[Arrow, ...]:
    """Both directions of every pair of proxy identities that either end holds SAs for."""
    if not tunnel.ends:
        return ()
    doubt = why_not(tunnel)
    draw = _both_ways if tunnel.both else _alone
    return tuple(arrow for lane in lanes(tunnel) for arrow in draw(tunnel, lane, doubt))


def _both_ways(tunnel: Tunnel, lane: Lane, doubt: str) -> Iterator[Arrow]:
    doubt = doubt or unreadable(lane) or lane.unsettled
    if not lane.up and not lane.unsettled:
        return
    for sender, receiver in lane.directions:
        identities = lane.identities if sender.end is tunnel.ends[0] else lane.identities.mirrored()
        sent, arrived = sender.grown("pkts encaps"), receiver.grown("pkts decaps")
        for number in dict.fromkeys(sender.outbound) or (None,):
            accepted, why = (None, doubt) if doubt else _accepted(sender, receiver, number)
            yield Arrow(sender.end.name, receiver.end.name, identities, number, accepted, why, sent, arrived)
            # Counted for all the SAs of a lane together, so told once.
            sent = arrived = None


def _accepted(sender: Side, receiver: Side, number: int | None) -> tuple[bool, str]:
    if number is None:
        return False, f"{sender.end.name} has no outbound SA for this traffic"
    if number in receiver.inbound:
        return True, f"{receiver.end.name} has {spi(number)}"
    return False, f"{receiver.end.name} does not have {spi(number)}"


def _alone(tunnel: Tunnel, lane: Lane, doubt: str) -> Iterator[Arrow]:
    end, side = tunnel.ends[0], lane.sides[0]
    peer = str(end.peer_address or "peer")
    number = next(iter(side.outbound), None)
    sent, arrived = side.grown("pkts encaps"), side.grown("pkts decaps")
    yield Arrow(end.name, peer, lane.identities, number, None, doubt, sent=sent)
    yield Arrow(peer, end.name, lane.identities.mirrored(), None, None, doubt, arrived=arrived)
