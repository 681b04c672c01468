# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end's peer is an address of the other."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._addresses import names_other, reachable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent, map_line, place, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="peer-address-mismatch",
    title="Each end's peer is an address of the other",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="An end that names a wrong peer never answers the right one: no tunnel-group, no crypto map entry, "
    "MM_WAIT_MSG4 at the other end.",
    reads=("show running-config crypto", "show running-config interface"),
    sources=("ASA command reference, crypto map set peer",),
    fixed_by="set peer: a human decides which end is right",
)
SUBJECT = "peer"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    findings = unread_config(RULE, tunnel, SUBJECT)
    if findings:
        yield from findings
        return
    left, right = tunnel.ends
    wrong = [(end, other) for end, other in ((left, right), (right, left)) if not _right(end, other)]
    for end, other in wrong:
        theirs = reachable(other)
        words = f"{end.name}: {_peers(end)} {other.name}: {', '.join(map(str, theirs)) or 'no address'}"
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=_fix(end, other))
    if not wrong:
        words = f"{left.name}: {_peers(left)} {right.name}: {_peers(right)}"
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))


def _right(end: End, other: End) -> bool:
    if end.map_entry is None:
        return False
    # An address on an interface without a crypto map is map-not-applied's to say, when that map is applied nowhere.
    return end.map_entry.dynamic_map is not None or names_other(end, other)


def _peers(end: End) -> str:
    if end.map_entry is None:
        return "no crypto map entry names this peer"
    if end.map_entry.dynamic_map is not None:
        return f"any (dynamic map {end.map_entry.dynamic_map})"
    via = f" ({end.map_entry.tunnel_interface})" if end.map_entry.tunnel_interface else ""
    return "peer " + (", ".join(map(str, end.map_entry.peers)) or "none") + via


def _fix(end: End, other: End) -> list[Fix]:
    entry, there = end.map_entry, reachable(other)
    if entry is None or len(entry.peers) != 1 or not there:
        return []
    if entry.tunnel_interface is not None:
        lines = (f"interface {entry.tunnel_interface}", f" tunnel destination {there[0]}")
        return [Fix(end.name, lines, note="interrupts this tunnel")]
    old = map_line(end, f"set peer {entry.peers[0]}")
    note = "interrupts this entry; with IKEv2 delete and re-create the whole entry"
    return [Fix(end.name, (f"no {old}", map_line(end, f"set peer {there[0]}")), note=note)]
