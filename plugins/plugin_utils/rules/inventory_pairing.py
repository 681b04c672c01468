# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends are in the inventory and name each other."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names, values

RULE = Rule(
    id="inventory-pairing",
    title="Both ends are in the inventory and name each other",
    severity=Severity.ERROR,
    group=Group.DATA,
    rationale="A tunnel of which one end is seen cannot be proven to work. Put the peer into the inventory, or declare "
    "its address foreign.",
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
    silent = [end for end in tunnel.ends if end.device.config is not None and end.map_entry is None]
    words = values(tunnel, _words)
    if unread:
        yield RULE.unknown(tunnel, SUBJECT, f"{names(unread)} could not be read")
    elif silent:
        yield RULE.fails(tunnel, SUBJECT, words)
    else:
        yield RULE.passes(tunnel, SUBJECT, words)


def _words(end: End) -> str:
    if end.device.config is not None and end.map_entry is None:
        return "names no such peer"
    return f"{end.address or 'no address'} to {end.peer_address or 'any'}"
