# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices become tunnels: who names whom, under which address, and how the tunnel is called."""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._names import UnknownTunnelError, aliases, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._pairing import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._units import (
    AddressClaimedTwiceError,
    other_units,
)

__all__ = ["AddressClaimedTwiceError", "UnknownTunnelError", "aliases", "find", "other_units", "pair"]
