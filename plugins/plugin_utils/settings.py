# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator sets for a remediation: the role's variables without their prefix ``remediate_``."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import Window


@dataclass(frozen=True)
class Settings:
    """Durations are in seconds.

    ``change_id`` is the ticket given with this run, ``change_pattern`` the expression it must match as a whole (empty:
    no ticket is needed). ``windows`` are when a clear is allowed (none: always). ``one_sided`` names the only end to
    clear. ``ike`` allows the second rung of the ladder, which takes the IKE SA down, too.
    """

    confirm: str = ""
    change_id: str = ""
    change_pattern: str = ""
    windows: tuple[Window, ...] = ()
    enabled: bool = True
    kill_switch: str = ""
    shadow: bool = False
    shadow_alert: int = 3
    max_tunnels: int = 1
    max_per_day: int = 10
    cool_down: int = 600
    cool_down_max: int = 3600
    max_attempts: int = 3
    allow_in_band: bool = False
    underlay: bool = True
    one_sided: str = ""
    ike: bool = False
    verify_interval: float = 15.0
    verify_timeout: float = 120.0
    settle: float = 3.0
    soak: float = 600.0


AS_SHIPPED = Settings()
