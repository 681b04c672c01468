# SPDX-License-Identifier: GPL-3.0-or-later
"""Which end of a broken tunnel holds the old SAs: it is cleared first."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, LogLine, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import naming
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, lanes, spis, why_not


def deletion_retries(end: End) -> tuple[LogLine, ...]:
    """Log lines that say this end's data path did not delete an SA that it still holds for this peer.

    The line names the SPI of one SA. A line about an SA that is gone is history, and says nothing of now.
    """
    held = {sa.spi for entry in end.ipsec or () for sa in entry.sas}
    return tuple(line for line in naming(end.device, spis=held) if "deletion retry" in line.text.lower())


@once
def stale_end(tunnel: Tunnel) -> tuple[End | None, str]:
    """The end that uses SAs which the other has replaced or lost, and the proof in words.

    Strongest proof first: the end's own log says that an SA could not be deleted; its outbound SPI is in nobody's
    inbound list while the other's is accepted; it holds SAs where the other holds none; its SAs are the older ones.
    ``None`` when nothing is stale, or when it cannot be told.
    """
    reason = why_not(tunnel)
    if reason:
        return None, reason
    every = lanes(tunnel)
    broken = [lane for lane in every if len(lane.up) == 2 and lane.refused]
    one_sided = [lane for lane in every if len(lane.up) == 1]
    if not broken and not one_sided:
        return None, "each end accepts the SPIs that the other sends on"
    return _by_log(tunnel) or _by_refusal(broken) or _by_presence(one_sided) or _by_age(broken) or (None, _tie(broken))


def _by_log(tunnel: Tunnel) -> tuple[End, str] | None:
    complaining = [end for end in tunnel.ends if deletion_retries(end)]
    if len(complaining) != 1:
        return None
    end = complaining[0]
    numbers = spis({line.spi for line in deletion_retries(end) if line.spi is not None})
    return end, f"{end.name} logged that it could not delete the SA with SPI {numbers}, and holds it still"


def _by_refusal(broken: Sequence[Lane]) -> tuple[End, str] | None:
    refused = {side.end.name: side for lane in broken for side in lane.refused}
    if len(refused) != 1:
        return None
    (side,) = refused.values()
    return side.end, f"{side.end.name} sends on SPI {spis(side.outbound)}, which the other end does not hold"


def _by_presence(one_sided: Sequence[Lane]) -> tuple[End, str] | None:
    holders = {side.end.name: (lane, side) for lane in one_sided for side in lane.up}
    if len(holders) != 1:
        return None
    ((lane, holder),) = holders.values()
    loser = next(side for side in lane.sides if side is not holder)
    return holder.end, f"{holder.end.name} holds SAs that {loser.end.name} no longer has"


def _by_age(broken: Sequence[Lane]) -> tuple[End, str] | None:
    """The SAs of both ends expire after the same time, so those with less of it left are older."""
    for lane in broken:
        left, right = lane.sides
        mine, theirs = left.seconds_left, right.seconds_left
        if mine is not None and theirs is not None and mine != theirs:
            old, new = (left, right) if mine < theirs else (right, left)
            return old.end, (
                f"{old.end.name}'s SAs are the older ones: {old.seconds_left} s left against "
                f"{new.seconds_left} s at {new.end.name}"
            )
    return None


def _tie(broken: Sequence[Lane]) -> str:
    if not broken:
        return "each end holds SAs that the other no longer has"
    return "neither end's SAs are proven to be the older ones"
