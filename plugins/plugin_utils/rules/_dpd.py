# SPDX-License-Identifier: GPL-3.0-or-later
"""Dead peer detection: each end's effective keepalive, in words and in lines to type."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Keepalive, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import tunnel_groups
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import lacking
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import common_versions


def keepalives(rule: Rule, tunnel: Tunnel, subject: str) -> tuple[list[tuple[End, Keepalive]], list[Finding]]:
    """Each end's effective keepalive, and what must be said of the ends that have none to judge."""
    groups, findings = tunnel_groups(rule, tunnel, subject)
    return [(end, group.keepalive or Keepalive()) for end, _, group in groups], findings


def keepalive_fix(end: End) -> Fix:
    """The same lines in every release; they drive IKEv2 too."""
    group = end.tunnel_group.name if end.tunnel_group is not None else end.peer_address
    return Fix(
        end.name,
        (f"tunnel-group {group} ipsec-attributes", " isakmp keepalive threshold 10 retry 2"),
        safe=True,
        note="interrupts nothing; it is negotiated with the next IKE SA",
    )


def said(end: End, keepalive: Keepalive) -> str:
    """The end's name and value, and where the value comes from when its own group does not have it."""
    return f"{end.name}: {keepalive}" + (f" (from {DEFAULT_L2L_GROUP})" if _inherited(end, keepalive) else "")


def ikev2(tunnel: Tunnel) -> bool:
    """The tunnel is IKEv2's: by its IKE SAs, else by what its crypto map entries can negotiate.

    Where both ends offer both versions, IKEv2 is tried first (syslog messages 752003 and 752013).
    """
    live = [sa.version for end in tunnel.ends for sa in end.ike or ()]
    if live:
        return set(live) == {2}
    entries = [end.map_entry for end in tunnel.ends if end.map_entry is not None]
    if len(entries) == 2 and 2 in common_versions(entries[0], entries[1]):
        return common_versions(entries[0], entries[1]) == {2} or not lacking(tunnel, 2)
    return bool(entries) and all(versions(entry) == {2} for entry in entries)


def _inherited(end: End, keepalive: Keepalive) -> bool:
    """The group printed no keepalive, and DefaultL2LGroup was changed to this one."""
    group, config = end.tunnel_group, end.device.config
    if config is None or group is None or group.name == DEFAULT_L2L_GROUP or not group.lines:
        return False
    parent = config.tunnel_groups.get(DEFAULT_L2L_GROUP)
    own = any("isakmp keepalive" in line for line in group.lines)
    return not own and parent is not None and parent.keepalive == keepalive and keepalive != Keepalive()
