# SPDX-License-Identifier: GPL-3.0-or-later
"""Who an end says that it is, which tunnel-group that leads to, and whether its proof holds.

A proof is a digest over the key and the cookies of the SA, so that two ends agree on it exactly when their keys are
equal; no key travels. A certificate is believed when its issuer is the subject of an authority that the believer has
a trustpoint for, and when the believer's clock lies within its validity.
Sources: RFC 2409 §5, RFC 7296 §2.15; Cisco ASA CLI guide VPN, "Connection Profiles" (choice of a tunnel-group) and
command reference, `peer-id-validate`, `crypto isakmp identity`, `tunnel-group-map`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from lab.engine.messages import Cookies, Identity
from lab.engine.policy import Certificate, IkeSettings, Policy, Trustpoint, TunnelGroup


def proof(key: str | None, cookies: Cookies, side: str = "") -> str:
    """What only who has `key` can make for this SA; "" without a key. `side` keeps the two directions apart."""
    if not key:
        return ""
    text = f"{key}/{cookies.initiator:016x}/{cookies.responder:016x}/{side}"
    return hashlib.sha256(text.encode()).hexdigest()


def identity(settings: IkeSettings, address: str, hostname: str, certificate: Certificate | None = None) -> Identity:
    """`auto` is the address with a key and the certificate's subject with a certificate."""
    match settings.identity:
        case "hostname":
            return Identity("fqdn", hostname)
        case "key-id" if settings.key_id:
            return Identity("key-id", settings.key_id)
        case "auto" if certificate:
            return Identity("dn", certificate.subject)
    return Identity("address", address)


def named_group(policy: Policy, said: Identity | None, ou: str = "") -> TunnelGroup | None:
    """The group that an identity names: by its text, or by the OU of a certificate."""
    name = ou if said is None or said.kind == "dn" else said.value
    found = policy.groups.get(name) if name else None
    return found if found and found.l2l else None


def group_of(policy: Policy, peer: str, said: Identity | None, ou: str = "") -> TunnelGroup | None:
    """By what the peer calls itself, then by its address, then DefaultL2LGroup (from practice for IKEv2)."""
    return named_group(policy, said, ou) or policy.group_for(peer)


def distrust(policy: Policy, certificate: Certificate | None, said: Identity | None, group: TunnelGroup,
             now: datetime) -> str:  # fmt: skip
    """Why a peer's certificate is not believed, in the words of message 717009; "" when it is."""
    if certificate is None:
        return "No certificate was received"
    known = [point.authority for point in policy.trustpoints.values() if point.authority]
    issuers = [authority for authority in known if authority.subject == certificate.issuer]
    if not issuers:
        return (
            f"No suitable trustpoints found to validate certificate serial number: {certificate.serial}, "
            f"subject name: {certificate.subject}"
        )
    for each in (certificate, issuers[0]):
        if not each.valid(now):
            state = "is not valid yet" if now < each.not_before else "has expired"
            return f"Certificate {state}. Serial number: {each.serial}, subject name: {each.subject}"
    if said and not _matches(said, certificate, group.peer_id_validate):
        return f"Peer ID does not match the certificate, subject name: {certificate.subject}"
    return ""


def _matches(said: Identity, certificate: Certificate, validate: str) -> bool:
    """`req` wants the identity in the certificate, `cert` where it has names at all, `nocheck` asks nothing."""
    if validate == "nocheck" or (validate == "cert" and not certificate.names):
        return True
    if said.kind == "dn":
        return said.value == certificate.subject
    return said.value in certificate.names or said.kind == "key-id"


def own_certificate(policy: Policy, trustpoint: str) -> Certificate | None:
    """What an end shows of itself with this trustpoint; None when there is nothing that it could show."""
    point: Trustpoint | None = policy.trustpoints.get(trustpoint)
    return point.identity if point else None
