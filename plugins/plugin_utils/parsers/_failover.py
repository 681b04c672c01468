# SPDX-License-Identifier: GPL-3.0-or-later
"""What both failover commands say: whether this unit is the one that carries the tunnels."""

from __future__ import annotations

from dataclasses import dataclass, field

UNIT_STATES = (
    "Active",
    "Standby Ready",
    "Standby",
    "Cold Standby",
    "Failed",
    "Disabled",
    "Negotiation",
    "Bulk Sync",
    "Sync Config",
    "Sync File System",
    "App Sync",
    "Just Active",
    "Active Drain",
    "Active Applying Config",
    "Active Config Applied",
    "Not Detected",
    "Unknown",
)


@dataclass(frozen=True)
class Failover:
    """``enabled`` is false for ``Failover Off``. States are the device's words, by group in active/active pairs.

    ``synced`` is whether the configuration is known to be copied, ``None`` when not said. ``stateful`` says whether
    a link for connection state (and so for SAs) is configured.
    """

    enabled: bool | None = None
    unit: str | None = None
    this_host: str | None = None
    other_host: str | None = None
    this_groups: dict[int, str] = field(default_factory=dict)
    other_groups: dict[int, str] = field(default_factory=dict)
    synced: bool | None = None
    stateful: bool | None = None

    @property
    def summary(self) -> str | None:
        """``off``, this unit's state in lower case, or the states of its groups."""
        if self.enabled is False:
            return "off"
        if self.this_groups:
            return ", ".join(f"group {number} {state.lower()}" for number, state in sorted(self.this_groups.items()))
        return self.this_host.lower() if self.this_host else None


def unit_state(text: str) -> str | None:
    """The state a text begins with, the longest that fits."""
    return max((state for state in UNIT_STATES if text.startswith(state)), key=len, default=None)
