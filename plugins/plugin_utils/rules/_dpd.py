# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules about dead peer detection share."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Keepalive, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions


def said(end: End, keepalive: Keepalive) -> str:
    """The end's name and value, and where the value comes from when its own group does not have it."""
    return f"{end.name}: {keepalive}" + (f" (from {DEFAULT_L2L_GROUP})" if _inherited(end, keepalive) else "")


def ikev2(tunnel: Tunnel) -> bool:
    """The tunnel is IKEv2's: by its IKE SAs, else by what its crypto map entries can negotiate."""
    live = [sa.version for end in tunnel.ends for sa in end.ike or ()]
    if live:
        return set(live) == {2}
    entries = [end.map_entry for end in tunnel.ends if end.map_entry is not None]
    return bool(entries) and all(versions(entry) == {2} for entry in entries)


def _inherited(end: End, keepalive: Keepalive) -> bool:
    """The group printed no keepalive, and DefaultL2LGroup was changed to this one."""
    group, config = end.tunnel_group, end.device.config
    if config is None or group is None or group.name == DEFAULT_L2L_GROUP or not group.lines:
        return False
    parent = config.tunnel_groups.get(DEFAULT_L2L_GROUP)
    own = any("isakmp keepalive" in line for line in group.lines)
    return not own and parent is not None and parent.keepalive == keepalive and keepalive != Keepalive()
