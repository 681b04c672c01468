# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv2 child SAs of one device: what IKE_AUTH and CREATE_CHILD_SA carry of them (RFC 7296 §1.2, §1.3, §2.7 to §2.9).

Who sends and retransmits is the exchanges' business: they ask `offer`, `answer` and `concluded`.
The first child has no Diffie-Hellman exchange of its own (RFC 7296 §1.2), so PFS is asked for, and refused, only by
those that follow: a rekey or a further child. Lifetimes are each end's own (§2.8). An ASA does not narrow selectors:
a proposal beyond its crypto ACL is refused (from engineering practice).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.engine.ipsec import SaPair
from lab.engine.matching import responder_match
from lab.engine.messages import ChildAnswer, ChildOffer
from lab.engine.policy import Ace, MapEntry, Proposal, agreed_transform, own_integrity
from lab.engine.proxies import Ident, ident_of

if TYPE_CHECKING:
    from lab.engine.children import Child, Children
    from lab.engine.ike import Ike
    from lab.engine.ike_sa import IkeSa

TS_UNACCEPTABLE, NO_PROPOSAL_CHOSEN = "TS_UNACCEPTABLE", "NO_PROPOSAL_CHOSEN"


@dataclass(frozen=True)
class _Asked:
    sa: IkeSa
    entry: MapEntry
    ace: Ace
    offer: ChildOffer


class ChildExchanges:
    """The child negotiations of one device that are under way, by the SPI that it offered."""

    def __init__(self, ike: Ike, children: Children) -> None:
        self._ike = ike
        self._children = children
        self._asked: dict[int, _Asked] = {}

    def offer(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident | None = None, replaces: Child | None = None,
        first: bool = False,
    ) -> ChildOffer | None:  # fmt: skip
        """What to send for a new child; `first` in IKE_AUTH. None while the same is being asked already."""
        ident = ident or ident_of(ace, 2)
        if any(a.offer.ident == ident and a.sa.peer == sa.peer for a in self._asked.values()):
            return None
        policy = self._ike.host.policy
        offer = ChildOffer(
            ident, tuple(policy.proposals[name] for name in entry.proposals if name in policy.proposals),
            self._children.fresh_spi(), None if first else entry.pfs, replaces.spi_in if replaces else 0,
        )  # fmt: skip
        self._asked[offer.spi] = _Asked(sa, entry, ace, offer)
        return offer

    def answer(self, sa: IkeSa, offer: ChildOffer, first: bool = False) -> ChildAnswer:
        """As the responder: install and answer, or say why not."""
        ident = offer.ident.mirrored()
        nameif, policy = self._ike.host.nameif(sa.local), self._ike.host.policy
        rekey = any(child.spi_out == offer.rekeys for child in self._children.of(sa.peer))
        found = responder_match(policy, nameif, sa.peer, ident, 2, rekey)
        if found is None:
            beyond = (
                f"remote traffic selector {_selector(ident, False)} local traffic selector {_selector(ident, True)}!"
            )
            self._ike.log(3, 751022, sa, f"Tunnel rejected: Crypto Map Policy not found for {beyond}")
            self._abort(sa, "There was no IPSEC policy found for received TS")
            return ChildAnswer(TS_UNACCEPTABLE)
        entry, ace = found
        own = tuple(policy.proposals[name] for name in entry.proposals if name in policy.proposals)
        chosen = common_algorithms(offer.proposals, own)
        wants = None if first else entry.pfs
        if chosen is None or (wants is not None and offer.pfs != wants):
            self._abort(sa, "Failed to find a matching policy")
            return ChildAnswer(NO_PROPOSAL_CHOSEN)
        answer = ChildAnswer("", offer.ident, *chosen, self._children.fresh_spi(), None if first else offer.pfs)
        self._install(sa, entry, ace, ident, answer, answer.spi, offer.spi, initiator=False)
        return answer

    def concluded(self, sa: IkeSa, offer: ChildOffer, answer: ChildAnswer | None) -> Child | None:
        """As the initiator: the answer came, or None because none ever did."""
        asked = self._asked.pop(offer.spi, None)
        if asked is None or answer is None:
            return None
        if answer.refusal or answer.ident is None:
            self._abort(sa, f"Received {answer.refusal} notify")
            return None
        return self._install(
            sa, asked.entry, asked.ace, asked.offer.ident, answer, offer.spi, answer.spi, initiator=True
        )  # fmt: skip

    def _install(
        self, sa: IkeSa, entry: MapEntry, ace: Ace, ident: Ident, answer: ChildAnswer, spi_in: int, spi_out: int,
        initiator: bool,
    ) -> Child:  # fmt: skip
        policy = self._ike.host.policy
        transform = agreed_transform(answer.encryption, answer.integrity)
        pair = SaPair(
            spi_in=spi_in, spi_out=spi_out, ident=ident, local=sa.local, peer=sa.peer, entry=entry, ace=ace,
            transform=transform, pfs=answer.pfs, created=self._ike.host.scheduler.now,
            seconds=entry.seconds or policy.seconds, kilobytes=entry.kilobytes or policy.kilobytes, version=2,
            initiator=initiator, nat_t=sa.nat_t and not entry.nat_t_disable,
            filter=sa.group.policy.filter if sa.group else "",
        )  # fmt: skip
        return self._children.add(sa, pair, initiator, version=2)

    def _abort(self, sa: IkeSa, why: str) -> None:
        self._ike.log(4, 750003, sa, f"IKEv2 Negotiation aborted due to ERROR: {why}")

    def move(self, old: IkeSa, new: IkeSa) -> None:
        self._asked = {spi: replace(asked, sa=new) if asked.sa is old else asked for spi, asked in self._asked.items()}

    def abandon(self, sa: IkeSa) -> None:
        self._asked = {spi: asked for spi, asked in self._asked.items() if asked.sa is not sa}

    def lose_everything(self) -> None:
        self._asked.clear()


def common_algorithms(offered: tuple[Proposal, ...], own: tuple[Proposal, ...]) -> tuple[str, str] | None:
    """Encryption and integrity of the first of the initiator's proposals that shares both with one of ours."""
    for theirs in offered:
        for ours in own:
            cipher = next((each for each in theirs.encryptions if each in ours.encryptions), None)
            integrity = next((each for each in theirs.integrities if each in ours.integrities), None)
            if cipher and own_integrity(cipher):
                return cipher, "null"
            if cipher and integrity:
                return cipher, integrity
    return None


def _selector(ident: Ident, local: bool) -> str:
    network, ports = (ident.local, ident.local_ports) if local else (ident.remote, ident.remote_ports)
    return f"{network[0]}/{network[-1]}/{ports[0]}/{ports[1]}/{ident.protocol}"
