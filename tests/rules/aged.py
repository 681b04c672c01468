# SPDX-License-Identifier: GPL-3.0-or-later
"""A tunnel whose IKE SAs, sessions and configurations have an age."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import ClockReading, End, Tunnel, VpnSession
from tests.build import BRANCH, HQ, ike, tunnel

NOW = datetime(2026, 11, 23, 17, 4)


def aged(
    *ages: int,
    changed: int | None = 86400,
    session: int | None = 3600,
    version: int = 1,
    made: Tunnel | None = None,
    clock: dict[str, Any] | None = None,
    theirs: dict[str, Any] | None = None,
    **device: Any,
) -> Tunnel:
    """IKE SAs of these ages in seconds, and when the configuration was changed, in seconds before they were read.

    ``device`` changes both devices, ``theirs`` branch alone. The IKE SAs are of the second reading, at 30 seconds.
    """
    healthy = made or tunnel()

    def at(end: End, peer: str, also: dict[str, Any]) -> End:
        sas = tuple(replace(ike(peer, lifetime=86400, lifetime_remaining=86400 - age), version=version) for age in ages)
        facts = {
            "clock": ClockReading(NOW, **{"zone": "UTC", "started": 30.0, "finished": 30.0, **(clock or {})}),
            "config_changed": None if changed is None else NOW - timedelta(seconds=changed),
            "uptime": 5_000_000,
            "sessions": (VpnSession(ip_addr=ip_address(peer), duration=session),),
            **device,
            **also,
        }
        return replace(end, second_ike=sas, device=replace(end.device, **facts))

    hq, branch = healthy.ends
    return replace(healthy, ends=(at(hq, BRANCH, {}), at(branch, HQ, theirs or {})))
