# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end's peer is an address of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._addresses import names_other, reachable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    absent,
    map_lines,
    place,
    unread_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes, why_not
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
# RFC 1918 and RFC 6598.
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


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
    if named := [end for end in tunnel.ends if _unresolved(end)]:
        words = f"{', '.join(f'{end.name}: {_peers(end)}' for end in named)}: a name whose address was not read"
        yield RULE.unknown(tunnel, SUBJECT, words, where=place(tunnel))
        return
    wrong = [(end, other) for end, other in ((left, right), (right, left)) if not _right(end, other)]
    for end, other in wrong:
        theirs = reachable(other)
        words = f"{end.name}: {_peers(end)} {other.name}: {', '.join(map(str, theirs)) or 'no address'}"
        if _proven(tunnel, end):
            words += f": their SAs mirror, so {other.name} is behind a NAT (tunnelmend_public_addresses tells of it)"
            yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        elif _behind_nat(end, theirs):
            words += f": {other.name} may be behind a NAT (tunnelmend_public_addresses tells of it)"
            yield RULE.unknown(tunnel, SUBJECT, words, where=place(tunnel))
        else:
            yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=_fix(end, other))
    if not wrong:
        words = f"{left.name}: {_peers(left)} {right.name}: {_peers(right)}"
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))


def _right(end: End, other: End) -> bool:
    if end.map_entry is None:
        return False
    # An address on an interface without a crypto map is map-not-applied's to say, when that map is applied nowhere.
    return end.map_entry.dynamic_map is not None or names_other(end, other)


def _proven(tunnel: Tunnel, end: End) -> bool:
    """The SAs of both ends mirror, and this end made them with a peer that its entry names now."""
    named = end.map_entry.peers if end.map_entry is not None else ()
    made = any(each.peer in named for each in end.ipsec or () if each.sas)
    return made and not why_not(tunnel) and any(lane.mirrored for lane in lanes(tunnel))


def _behind_nat(end: End, theirs: Sequence[Address]) -> bool:
    """The end names an address of the Internet, and the other has none but private ones."""
    named = [peer for peer in (end.map_entry.peers if end.map_entry is not None else ()) if not isinstance(peer, str)]
    return bool(theirs) and all(map(_private, theirs)) and any(not _private(peer) for peer in named)


def _private(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in PRIVATE)


def _unresolved(end: End) -> bool:
    """The end names its peer for the DNS, and no SA tells the address."""
    peers = end.map_entry.peers if end.map_entry is not None else ()
    known = end.device.config.names if end.device.config is not None else {}
    return (
        bool(peers) and end.peer_address is None and all(isinstance(peer, str) and peer not in known for peer in peers)
    )


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
    new = map_lines(end, f"set peer {there[0]}")
    if entry.tunnel_interface is not None:
        return [Fix(end.name, new, note="interrupts this tunnel")]
    old = map_lines(end, f"no set peer {entry.peers[0]}")
    note = "interrupts this entry; with IKEv2 delete and re-create the whole entry"
    return [Fix(end.name, (*old, *new), note=note)]
