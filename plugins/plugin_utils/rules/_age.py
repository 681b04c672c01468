# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the parts of a tunnel have been there, in seconds at the time they were read."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End


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
