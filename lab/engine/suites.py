# SPDX-License-Identifier: GPL-3.0-or-later
"""Which algorithms two ends agree on for an IKE SA.

The responder goes through its own policies in order of priority, and through the initiator's offers for each of them
(Cisco ASA VPN CLI guide, "Configuring ISAKMP"). Of what an IKEv2 policy lists, the strongest that both have is taken.
"""

from __future__ import annotations

from dataclasses import replace

from lab.engine.policy import Ike2Policy, IkePolicy

STRENGTH = (
    "aes-gcm-256", "aes-gcm-192", "aes-gcm", "aes-256", "aes-192", "aes", "3des", "des", "null",
    "sha512", "sha384", "sha256", "sha", "md5", "21", "20", "31", "24", "19", "16", "15", "14", "5", "2", "1",
)  # fmt: skip


def choose(own: tuple[IkePolicy, ...], offers: tuple[IkePolicy, ...]) -> IkePolicy | None:
    """IKEv1: the responder's first policy that any offer agrees with, at the shorter lifetime of the two.

    From practice: the guide asks for a responder's lifetime no longer than the offered one, and an ASA takes either.
    """
    for policy in own:
        offer = next((offer for offer in offers if policy.accepts(offer)), None)
        if offer:
            return replace(policy, lifetime=min(policy.lifetime, offer.lifetime))
    return None


def by_strength(policy: Ike2Policy) -> Ike2Policy:
    """An ASA orders what a policy lists from the most secure to the least (VPN CLI guide, "Configuring ISAKMP")."""

    def ordered(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(words, key=lambda w: STRENGTH.index(w) if w in STRENGTH else len(STRENGTH)))

    return replace(
        policy, encryptions=ordered(policy.encryptions), integrities=ordered(policy.integrities),
        groups=ordered(policy.groups), prfs=ordered(policy.prfs),
    )  # fmt: skip


def agree(own: tuple[Ike2Policy, ...], offers: tuple[Ike2Policy, ...]) -> IkePolicy | None:
    """The responder's choice: its policies in order of priority, the offers for each, the strongest of what is left."""
    for mine in map(by_strength, own):
        for offer in offers:
            encryption, group, prf = (
                next((word for word in ours if word in theirs), None)
                for ours, theirs in (
                    (mine.encryptions, offer.encryptions), (mine.groups, offer.groups), (mine.prfs, offer.prfs),
                )
            )  # fmt: skip
            integrity = next((word for word in mine.integrities if word in offer.integrities), None)
            if encryption and "gcm" in encryption:
                integrity = "null"  # such a cipher vouches for itself (RFC 5282)
            elif integrity == "null":
                integrity = None
            if encryption and integrity and group and prf:
                return IkePolicy(mine.priority, "", encryption, integrity, group, mine.lifetime, prf)
    return None


def covers(policy: Ike2Policy, chosen: IkePolicy) -> bool:
    return (
        chosen.encryption in policy.encryptions and chosen.group in policy.groups and chosen.prf in policy.prfs
        and (chosen.hash in policy.integrities or chosen.hash == "null")
    )  # fmt: skip
