# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the parts of a tunnel have been there, in seconds at the time they were read."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, SaReading, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import lifetime_seconds

UNIVERSAL = frozenset({"UTC", "GMT"})
# Ages and clocks are printed in whole seconds; a clock of another zone may have been put forward or back since.
ROUNDING = 2
SUMMER_TIME = 3600


def session_age(end: End) -> int | None:
    """The duration of this peer's session, the longest of several; ``None`` when there is none or it is not known."""
    if end.peer_address is None:
        return None
    return max(
        (
            session.duration
            for session in end.device.sessions or ()
            if end.peer_address in (session.ip_addr, session.connection) and session.duration is not None
        ),
        default=None,
    )


def ike_age(end: End) -> int | None:
    """The age of the oldest IKE SA that is up. A rekey makes a young one, so that the tunnel may be older."""
    return max(
        (
            max(0, sa.lifetime - sa.lifetime_remaining)
            for sa in end.ike or ()
            if sa.up and sa.lifetime and sa.lifetime_remaining is not None
        ),
        default=None,
    )


def ike_ages(end: End) -> tuple[int, ...]:
    """The age of each IKE SA that is up, the youngest first; nothing when that of one of them is not known."""
    up = [sa for sa in end.ike or () if sa.up]
    known = [sa.lifetime - sa.lifetime_remaining for sa in up if sa.lifetime and sa.lifetime_remaining is not None]
    return tuple(sorted(known)) if len(known) == len(up) and min(known, default=0) >= 0 else ()


def ipsec_lifetime(tunnel: Tunnel) -> int | None:
    """The lower of both ends' lifetimes: it counts in IKEv1, and for the ages of IKEv2's SAs it is the safe one."""
    lifetimes = [
        lifetime_seconds(end.device.config, end.map_entry)
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None
    ]
    return min(lifetimes) if lifetimes and len(lifetimes) == len(tunnel.ends) else None


def newest_reading(end: End) -> SaReading | None:
    """The reading that ``End.ike`` is of."""
    readings = end.device.readings
    if not readings or end.ike is None:
        return None
    return readings[-1] if end.second_ike is not None else readings[0]


def after_last_change(end: End, age: int, started: float, finished: float) -> bool | None:
    """Whether what was ``age`` seconds old at a moment within these bounds is younger than the configuration's last
    change; ``None`` when that is not known.

    Both are told by the device's own clock. A unit of a failover pair has SAs that the other agreed.
    """
    device = end.device
    if device.uptime is None or device.failover not in (None, "off"):
        return None
    if device.config_changed is None:
        return True
    if device.clock is None:
        return None
    since = (device.clock.local - device.config_changed).total_seconds()
    doubt = ROUNDING if device.clock.zone in UNIVERSAL else SUMMER_TIME
    if since + started - device.clock.finished - age > doubt:
        return True
    return False if since + finished - device.clock.started - age < -doubt else None
