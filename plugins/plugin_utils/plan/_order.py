# SPDX-License-Identifier: GPL-3.0-or-later
"""Which end is cleared first, and why."""

from __future__ import annotations

from collections.abc import Collection

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import stale_end

Placed = tuple[End, str]


def order(tunnel: Tunnel, in_band: Collection[str] = ()) -> tuple[Placed, Placed]:
    """Both ends, each with the reason for its place.

    An end that is reached through the tunnel itself comes first, while it can be reached: the other end keeps its own
    way and makes the tunnel anew. Else the stale end comes first; on a tie whoever answers, and the initiator last.
    """
    first, reason = _first(tunnel, in_band)
    other = tunnel.other(first)
    assert other is not None
    return (first, f"first: {reason}"), (other, "second: at once, so that the ends do not drift apart again")


def _first(tunnel: Tunnel, in_band: Collection[str]) -> Placed:
    inside = [end for end in tunnel.ends if end.name in in_band]
    if len(inside) == 1:
        (end,) = inside
        outside = tunnel.other(end)
        assert outside is not None
        return end, (
            f"{end.name} is reached through this tunnel, and only as long as it stands; {outside.name} keeps its own "
            "way and makes the tunnel anew"
        )
    stale, reason = stale_end(tunnel)
    if stale is not None:
        return stale, reason
    passive = [end for end in tunnel.ends if not end.initiates]
    answering = [end for end in tunnel.ends for sa in end.ike or () if (sa.role or "").lower() == "responder"]
    end = next(iter(passive or answering), tunnel.ends[0])
    return end, f"{reason}; {end.name} answers, and the end whose traffic rebuilds the tunnel comes last"
