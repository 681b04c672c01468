# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person would type to clear a tunnel at both ends, the stale end first."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Fix, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import stale_end


@once
def clears(tunnel: Tunnel) -> list[Fix]:
    """One line an end, for reading: the remediation reads the SAs again, decides the order again and sends its own.

    The line names one literal peer: without it, it would clear every tunnel of the device.
    """
    stale, reason = stale_end(tunnel)
    ends = sorted(tunnel.ends, key=lambda end: end is not stale)
    why = f"first: {reason}" if stale is not None else f"either first: {reason}"
    notes = [why, "second, within seconds"]
    return [
        Fix(end.name, (f"clear crypto ipsec sa peer {end.peer_address}",), note=note)
        for end, note in zip(ends, notes, strict=False)
        if end.peer_address is not None
    ]
