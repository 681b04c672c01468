# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends are in the inventory and name each other."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._addresses import names_other
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names, values

RULE = Rule(
    id="inventory-pairing",
    title="Both ends are in the inventory and name each other",
    severity=Severity.ERROR,
    group=Group.DATA,
    rationale="A tunnel of which one end is seen cannot be proven to work. Put the peer into the inventory, or declare "
    "its address foreign; put an address that a provider translates into the device's public addresses.",
    reads=("show running-config crypto", "show running-config interface"),
    fixed_by="the inventory",
    practice=True,
)
SUBJECT = "pairing"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    if tunnel.foreign:
        yield RULE.not_applicable(tunnel, SUBJECT, tunnel.missing)
        return
    if not tunnel.both:
        yield RULE.unknown(tunnel, SUBJECT, tunnel.missing or "the peer is in no inventory")
        return
    unread = [end for end in tunnel.ends if not end.device.readable]
    words = values(tunnel, lambda end: _words(tunnel, end))
    if unread:
        yield RULE.unknown(tunnel, SUBJECT, f"{names(unread)} could not be read")
    elif any(_astray(tunnel, end) for end in tunnel.ends):
        yield RULE.fails(tunnel, SUBJECT, words)
    else:
        yield RULE.passes(tunnel, SUBJECT, words)


def _astray(tunnel: Tunnel, end: End) -> str:
    """Why this end does not name the other, or nothing. A dynamic map names nobody, and that is no fault."""
    other = tunnel.other(end)
    if other is None or end.device.config is None or other.device.config is None:
        return ""
    if end.map_entry is None:
        return "names no such peer"
    if end.map_entry.dynamic_map is not None or names_other(end, other):
        return ""
    return f"not an address of {other.name}"


def _words(tunnel: Tunnel, end: End) -> str:
    if end.device.config is not None and end.map_entry is None:
        return _astray(tunnel, end)
    other = tunnel.other(end)
    called = other.peer_address if other is not None else None
    public = called in end.device.public_addresses and called != end.address
    named = [str(peer) for entry in own_entries(end) for peer in entry.peers]
    found = str(end.peer_address) if end.peer_address is not None else "any"
    # The SAs may be with an address that the entry no longer names.
    text = f"{end.address or 'no address'}{f' as {called}' if public else ''} to "
    text += found if found in named or not named else named[0]
    reason = _astray(tunnel, end)
    return f"{text} ({reason})" if reason else text
