# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SAs a configuration line takes along: those whose definition it changes, or whose place it takes away.

Source: VPN CLI guide, "IKEv1 Transform Sets and IKEv2 Proposals": whoever changes a definition that is in use tears
down the tunnel that was made with it. That SAs of a dynamic map go with its place is from practice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

from lab.engine.ipsec import SaPair
from lab.engine.policy import Proposal, Transform

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.cli.tree import Match
    from lab.engine.device import Device

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class _Definitions:
    transforms: dict[str, Transform]
    proposals: dict[str, Proposal]
    places: frozenset[tuple[str, int]]  # where dynamic maps stand

    @classmethod
    def of(cls, device: Device) -> Self:
        policy = device.policy
        places = ((each.name, each.sequence) for entries in policy.maps.values() for each in entries if each.dynamic)
        return cls(dict(policy.transforms), dict(policy.proposals), frozenset(places))

    def lost(self, pair: SaPair, now: _Definitions) -> bool:
        """Was the pair made by something that has been defined anew, or in a place that is no more?"""
        if pair.entry.dynamic_in in self.places - now.places:
            return True
        if pair.version == 1:
            return any(
                self.transforms[name].algorithms == pair.transform.algorithms
                for name in pair.entry.transforms
                if name in self.transforms
                and name in now.transforms
                and self.transforms[name].algorithms != now.transforms[name].algorithms
            )
        return any(
            self.proposals[name].allows(pair.transform)
            for name in pair.entry.proposals
            if name in self.proposals and name in now.proposals and self.proposals[name] != now.proposals[name]
        )


def tearing_down(handler: Callable[[Session, Match], _Answer]) -> Callable[[Session, Match], _Answer]:
    """A handler after which no SA stays whose definition it changed."""

    def around(session: Session, match: Match) -> _Answer:
        device = session.device
        was = _Definitions.of(device)
        answer = handler(session, match)
        now = _Definitions.of(device)
        if was != now:
            device.ike.phase2.clear([pair for pair in device.datapath.pairs() if was.lost(pair, now)])
        return answer

    return around
