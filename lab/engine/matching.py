# SPDX-License-Identifier: GPL-3.0-or-later
"""Which crypto map entry, or which tunnel interface, a packet or a peer's proposal belongs to.

Sources: Cisco ASA VPN CLI guide, "Defining Crypto Maps" (entries in order of their numbers; a packet that a deny line
matches goes on to the next entry), "Using Dynamic Crypto Maps" (what is not configured there, the peer may choose),
"Virtual Tunnel Interface" (any to any).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network

from lab.engine.ipsec import Context
from lab.engine.lookup import PairTable
from lab.engine.messages import Packet
from lab.engine.policy import ANY, Ace, MapEntry, Policy
from lab.engine.proxies import Ident, ident_of

TUNNEL_ACE = Ace(True, "ip", ANY, ANY, "")


def ace_for(ident: Ident) -> Ace:
    """What stands for an access list's line where there is none: the peer's proposal to a dynamic entry."""
    return Ace(
        True, str(ident.protocol) if ident.protocol else "ip", ident.local, ident.remote, "", ident.local_ports,
        ident.remote_ports,
    )  # fmt: skip


# -- outbound: a packet --------------------------------------------------------------------------------------


class CryptoTable:
    """The crypto map of one interface, looked up without trying each line."""

    def __init__(self, policy: Policy, nameif: str) -> None:
        self._rows: list[tuple[MapEntry, Ace | None]] = []
        self._table = PairTable()
        for entry in policy.maps.get(policy.map_on.get(nameif, ""), ()):
            if entry.dynamic:
                self._table.add_always(len(self._rows))
                self._rows.append((entry, None))
            elif entry.complete:
                for ace in policy.acls.get(entry.acl, ()):
                    self._table.add(len(self._rows), ace.source, ace.destination)
                    self._rows.append((entry, ace))

    def find(self, packet: Packet, of_dynamic: Callable[[MapEntry], Context | None]) -> tuple[MapEntry, Ace] | None:
        """The entry and line that protect a packet. `of_dynamic` finds the SA of a place of a dynamic map, if any."""
        passed_over: set[tuple[str, int]] = set()
        for row in self._table.find(packet.source, packet.destination):
            entry, ace = self._rows[row]
            if ace is None:
                context = of_dynamic(entry)
                if context:
                    return context.pairs[0].entry, context.pairs[0].ace
            elif (entry.name, entry.sequence) not in passed_over and ident_of(ace, 2).carries(packet):
                if ace.permit:
                    return entry, ace
                passed_over.add((entry.name, entry.sequence))
        return None


# -- inbound: a proposal -------------------------------------------------------------------------------------


def responder_match(
    policy: Policy, nameif: str, peer: str, ident: Ident, version: int, rekey: bool = False
) -> tuple[MapEntry, Ace] | None:
    """The first entry for this peer that holds the proposed identities, seen from here.

    Who only originates refuses a first exchange, and no `rekey` (command reference, `crypto map set connection-type`).
    """
    if ident.everything:
        for tunnel in policy.tunnels:
            if tunnel.source == nameif and tunnel.destination == peer:
                entry = policy.tunnel_entry(tunnel)
                if entry and entry.versions:
                    return entry, TUNNEL_ACE
    for entry in policy.entries_on(nameif):
        if entry.connection_type == "originate-only" and not rekey:
            continue
        if entry.dynamic_in is None and (not entry.complete or peer not in entry.peers):
            continue
        if entry.peers and peer not in entry.peers:
            continue
        if entry.dynamic_in and not entry.acl:
            return entry, ace_for(ident)
        ace = line_for(policy.acls.get(entry.acl, ()), ident, version)
        if ace:
            return entry, ace_for(ident) if entry.dynamic_in else ace
    return None


def line_for(acl: Iterable[Ace], ident: Ident, version: int) -> Ace | None:
    """The line of a crypto ACL within which the identities lie; None where a deny line comes first."""
    for ace in acl:
        if ident_of(ace, version).covers(ident):
            return ace if ace.permit else None
    return None


def remote_networks(entry: MapEntry, policy: Policy) -> list[IPv4Network]:
    """What reverse route injection makes routes of: the destinations of the entry's crypto ACL."""
    return [ace.destination for ace in policy.acls.get(entry.acl, ()) if ace.permit]
