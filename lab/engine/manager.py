# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel manager: which peer of a crypto map entry is asked, and in which version of IKE.

Since 8.4 an entry can be made for both versions. IKEv2 is tried first and IKEv1 when that has failed, each only where
the tunnel-group has keys for it. Before 8.4 there is IKEv1 alone, and none of these messages.
Sources: "Cisco ASA Series Syslog Messages", 752xxx; Cisco ASA VPN CLI guide 8.4, "Configuring IPsec and ISAKMP";
several peers with IKEv2: release notes 9.14(1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.engine.policy import Ace, MapEntry

if TYPE_CHECKING:
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

Wanted = list[tuple[MapEntry, Ace]]


class TunnelManager:
    """Where negotiations begin. What is wanted of a peer waits in the queue of the SA that is being made with it."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        self._choice: dict[tuple[str, int], int] = {}  # of which peer it is the turn, by map and sequence number

    def acquire(self, entry: MapEntry, ace: Ace, local: str) -> None:
        if not entry.peers or not entry.versions or entry.connection_type == "answer-only":
            return
        peer = entry.peers[self._choice.get((entry.name, entry.sequence), 0) % len(entry.peers)]
        sa = self._ike.active(peer)
        if sa and sa.version in entry.versions:
            self._ike.phase2.start(sa, entry, ace)
            return
        pending = next((sa for sa in self._ike.sas.of(peer) if not sa.active), None)
        if pending:
            if (entry, ace) not in pending.queue:
                pending.queue.append((entry, ace))
            return
        self._attempt(peer, local, [(entry, ace)], entry.versions)

    def _attempt(self, peer: str, local: str, queue: Wanted, versions: tuple[int, ...], again: bool = False) -> None:
        """Try the first version that this end is prepared for; the others wait until that has failed."""
        entry, ace = queue[0]
        for number, version in enumerate(versions):
            if not self._prepared(peer, local, entry, version):
                continue
            after = " after a failed attempt" if again or number else ""
            ids = {2: (4, 752013), 1: (4, 752014)} if after else {2: (5, 752003), 1: (5, 752004)}
            text = f"Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv{version}{after}."
            self._say(*ids[version], text, entry)
            if version == 2:
                sa = self._ike.v2.initiate(peer, local, entry)
            else:
                proxies = (
                    f"local Proxy Address {ace.source.network_address}, remote Proxy Address "
                    f"{ace.destination.network_address},  Crypto map ({entry.name})"
                )
                sa = self._ike.v1.initiate(peer, local, proxies, None, entry)
            sa.queue, sa.untried = queue, versions[number + 1 :]
            return
        wrong = "Probable mis-configuration of the crypto map or tunnel-group."
        self._say(3, 752006, f"Tunnel Manager failed to dispatch a KEY_ACQUIRE message.  {wrong}", entry)
        self._turn(entry)

    def _prepared(self, peer: str, local: str, entry: MapEntry, version: int) -> bool:
        """Has this end what it takes to ask the peer in this version?"""
        host = self._ike.host
        group = host.policy.group_for(peer)
        offers = host.policy.ikev2_policies if version == 2 else host.policy.ike_policies
        if group is None or not offers or not self._ike.speaks_ike(local, version):
            return False
        if version == 2 and host.version < (9, 14) and peer != entry.peers[0]:
            return False
        return group.serves(version) or (bool(entry.trustpoint) and (version == 1 or group.remote_certificate))

    def succeeded(self, sa: IkeSa, entry: MapEntry) -> None:
        self._say(5, 752016, f"IKEv{sa.version} was successful at setting up a tunnel.", entry)

    def failed(self, sa: IkeSa) -> None:
        """Go on with the version that is left; else the next packet asks the next peer."""
        entry = sa.queue[0][0]
        if sa.role == "initiator":
            self._say(4, 752012, f"IKEv{sa.version} was unsuccessful at setting up a tunnel.", entry)
            if sa.untried:
                self._attempt(sa.peer, sa.local, sa.queue, sa.untried, again=True)
                return
            text = "Tunnel Manager has failed to establish an L2L SA."
            self._say(3, 752015, f"{text}  All configured IKE versions failed to establish the tunnel.", entry)
        for entry, _ in sa.queue:
            self._turn(entry)

    def _turn(self, entry: MapEntry) -> None:
        """It is the next peer's turn."""
        key = entry.name, entry.sequence
        self._choice[key] = (self._choice.get(key, 0) + 1) % len(entry.peers)

    def _say(self, severity: int, number: int, text: str, entry: MapEntry) -> None:
        if not self._ike.host.legacy:
            tag = f"Map Tag = {entry.name}.  Map Sequence Number = {entry.sequence}."
            self._ike.host.syslog.log(severity, number, f"{text}  {tag}")
