# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 phase 1: main mode and aggressive mode, as initiator and as responder.

The responder goes through its own policies in order of priority, and through the offers for each; of the lifetimes
the shorter one goes (Cisco ASA VPN CLI guide, "Configuring ISAKMP"). Sources: RFC 2409 §5.4 (pre-shared keys), §5.1
(signatures), RFC 2407 §4.6.3.3 (INITIAL-CONTACT), RFC 3947 (NAT traversal); states as in `show crypto isakmp sa`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.engine import authentication
from lab.engine.decode import tell
from lab.engine.ike_sa import IkeSa
from lab.engine.messages import AggressiveMode, Cookies, Delete, Identity, MainMode, NatProbe, Notify
from lab.engine.policy import Certificate, MapEntry
from lab.engine.suites import choose

if TYPE_CHECKING:
    from lab.engine.ike import Ike

RETRANSMIT_SECONDS = 8.0  # captured: RESENDING 8 s after SENDING
RETRANSMITS = 3

_WAITING = {
    "MM_WAIT_MSG2": 2, "MM_WAIT_MSG3": 3, "MM_WAIT_MSG4": 4, "MM_WAIT_MSG5": 5, "MM_WAIT_MSG6": 6,
    "AM_WAIT_MSG2": 2, "AM_WAIT_MSG3": 3,
}  # fmt: skip
_ATTRIBUTES = (
    ("encryption", "Encryption Algorithm"), ("hash", "Hash Algorithm"), ("group", "Group Description"),
    ("authentication", "Auth Method"),
)  # fmt: skip


class Ikev1:
    """Makes IKE SAs of version 1; what lives on of them is the business of `Ike`."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike

    # -- sending -------------------------------------------------------------------------------------------

    def initiate(
        self, peer: str, local: str, proxies: str, rekey_of: IkeSa | None, entry: MapEntry | None = None
    ) -> IkeSa:
        host = self._ike.host
        cookies = Cookies(host.random.getrandbits(64))
        aggressive = rekey_of.aggressive if rekey_of else bool(entry and entry.aggressive)
        state = "AM_WAIT_MSG2" if aggressive else "MM_WAIT_MSG2"
        sa = IkeSa(peer, local, "initiator", cookies, state, rekey_of=rekey_of, aggressive=aggressive)
        sa.group = host.policy.group_for(peer)
        sa.trustpoint = self._own_trustpoint(sa, entry, rekey_of)
        self._ike.sas.append(sa)
        kind = "Rekeying" if rekey_of else "New"
        nameif = self._ike.host.nameif(local)
        text = f"IKE Initiator: {kind} Phase 1, Intf {nameif}, IKE Peer {peer}  {proxies}"
        self._ike.log(5, 713041, sa, text)
        offers = host.policy.ike_policies
        if aggressive:
            # The group cannot be negotiated: its public value goes with the offers (RFC 2409 §5).
            group = rekey_of.policy.group if rekey_of and rekey_of.policy else entry.aggressive_group if entry else "2"
            offers = tuple(offer for offer in offers if offer.group == group)
            self._exchange(sa, AggressiveMode(1, cookies, offers, identity=self._identity(sa), nat=self._probe(sa)))
        else:
            self._exchange(sa, MainMode(1, cookies, offers=offers, nat=self._probe(sa)))
        return sa

    def _own_trustpoint(self, sa: IkeSa, entry: MapEntry | None, rekey_of: IkeSa | None) -> str:
        if rekey_of:
            return rekey_of.trustpoint
        group = sa.group.trustpoint if sa.group else ""
        return (entry.trustpoint if entry else "") or group

    def _exchange(self, sa: IkeSa, message: MainMode, left: int = RETRANSMITS) -> None:
        """Send, and send again until the next state is reached; then give the SA up."""
        if sa.resend:
            sa.resend.cancel()
        tell(self._ike.host, sa, message, "SENDING" if left == RETRANSMITS else "RESENDING")
        self._ike.send(sa, message)

        def again() -> None:
            if sa not in self._ike.sas:
                return
            if left:
                self._exchange(sa, message, left - 1)
            else:
                self._give_up(sa)

        sa.resend = self._ike.host.scheduler.after(RETRANSMIT_SECONDS, again)

    def _give_up(self, sa: IkeSa) -> None:
        self._ike.log(3, 713902, sa, "Removing peer from peer table failed, no match!")
        self._ike.log(4, 713903, sa, "Error: Unable to remove PeerTblEntry")
        self._ike.failed(sa)

    def _answer(self, sa: IkeSa, step: int, **fields: object) -> None:
        """Send the message of the SA's mode, again and again unless it is the last one."""
        kind = AggressiveMode if sa.aggressive else MainMode
        message = kind(step, sa.cookies, **fields)  # type: ignore[arg-type]
        if step == (3 if sa.aggressive else 6):
            tell(self._ike.host, sa, message, "SENDING")
            self._ike.send(sa, message)
        else:
            self._exchange(sa, message)

    # -- the first message ---------------------------------------------------------------------------------

    def asked(self, source: str, local: str, message: MainMode) -> None:
        """An offer from somebody who has no SA with us yet."""
        host, policy = self._ike.host, self._ike.host.policy
        log = host.syslog.log
        tell(host, IkeSa(source, local, "responder", message.cookies, ""), message, "RECEIVED")
        if self._ike.sas.named(message.cookies):
            log(5, 713202, f"IP = {source}, Duplicate first packet detected. Ignoring packet.")
            return
        nameif = self._ike.host.nameif(local)
        if nameif not in policy.map_on and all(tunnel.source != nameif for tunnel in policy.tunnels):
            # Captured as a debug line; that its number is the one of free debug text is from practice.
            log(7, 713906, f"IP = {source}, No crypto map bound to interface... dropping pkt")
            return
        aggressive = isinstance(message, AggressiveMode)
        if aggressive and not policy.settings.aggressive_mode:
            # From practice: 713903 is the number of free text.
            log(4, 713903, f"IP = {source}, Aggressive mode is disabled, dropping packet")
            return
        chosen = choose(policy.ike_policies, message.offers)
        if chosen is None:
            self._refuse(source, local, message)
            return
        cookies = Cookies(message.cookies.initiator, host.random.getrandbits(64))
        state = "AM_WAIT_MSG3" if aggressive else "MM_WAIT_MSG3"
        sa = IkeSa(source, local, "responder", cookies, state, policy=chosen, aggressive=aggressive)
        if aggressive and not self._known(sa, message.identity, by_name=True):
            self._no_group(sa)
            return
        self._ike.sas.append(sa)
        if aggressive:
            self._probed(sa, message.nat)
            self._prove(sa, 2, offers=(chosen,), nat=self._probe(sa), dpd=self._dpd_on(sa))
        else:
            place = next((n for n, offer in enumerate(message.offers, 1) if choose((chosen,), (offer,))), 1)
            entry = next((n for n, own in enumerate(policy.ike_policies, 1) if choose((own,), (chosen,))), 1)
            taken = f"IKE SA Proposal # 1, Transform # {place} acceptable  Matches global IKE entry # {entry}"
            for number, text in ((715047, "processing IKE SA payload"), (715028, taken)):
                host.syslog.show(7, number, f"IP = {source}, {text}")
            self._exchange(sa, MainMode(2, cookies, offers=(chosen,), nat=message.nat and self._probe(sa)))

    def _refuse(self, source: str, local: str, message: MainMode) -> None:
        log = self._ike.host.syslog.log
        for offer in message.offers[:1]:
            for own in self._ike.host.policy.ike_policies[:1]:
                for name, title in _ATTRIBUTES:
                    theirs, ours = getattr(offer, name), getattr(own, name)
                    if theirs != ours:
                        values = f"Rcv'd: {_shown(name, theirs)}  Cfg'd: {_shown(name, ours)}"
                        text = f"Phase 1 failure:  Mismatched attribute types for class {title}:  {values}"
                        log(5, 713257, f"IP = {source}, {text}")
                        break
        log(4, 713903, f"IP = {source}, All SA proposals found unacceptable")
        log(3, 713048, f"IP = {source}, Error processing payload: Payload ID: 1")
        notify = Notify(message.cookies, "NO_PROPOSAL_CHOSEN")
        self._ike.host.send_ike(local, source, notify)

    # -- what follows --------------------------------------------------------------------------------------

    def receive(self, sa: IkeSa, message: MainMode) -> None:
        if _WAITING.get(sa.state) != message.step or sa.aggressive != isinstance(message, AggressiveMode):
            return
        if message.step < 5:
            tell(self._ike.host, sa, message, "RECEIVED")
        if sa.aggressive:
            self._aggressive(sa, message)
            return
        match message.step:
            case 2:
                sa.cookies, sa.policy = message.cookies, message.offers[0]
                sa.state = "MM_WAIT_MSG4"
                self._answer(sa, 3, nat=self._probe(sa))
            case 3 | 4:
                self._keys_exchanged(sa, message)
            case 5 | 6:
                self._authenticated(sa, message)

    def _keys_exchanged(self, sa: IkeSa, message: MainMode) -> None:
        """With a pre-shared key the group must be known by now, and only the address can tell (RFC 2409 §5.4)."""
        if not self._known(sa, None):
            self._no_group(sa)
            return
        show, group = self._ike.host.syslog.show, sa.group.name if sa.group else ""
        show(7, 713906, f"IP = {sa.peer}, Connection landed on tunnel_group {group}")
        show(7, 713906, f"Group = {group}, IP = {sa.peer}, Generating keys for {sa.role.capitalize()}...")
        self._probed(sa, message.nat)
        if message.step == 3:
            sa.state = "MM_WAIT_MSG5"
            self._answer(sa, 4, nat=self._probe(sa))
        else:
            sa.state = "MM_WAIT_MSG6"
            self._prove(sa, 5, dpd=self._dpd_on(sa), initial_contact=not self._ike.knows(sa))

    def _authenticated(self, sa: IkeSa, message: MainMode) -> None:
        """Message 5 or 6 of main mode."""
        if not self._proven(sa, message):
            return
        # Nobody could tell its payloads before they were decrypted.
        tell(self._ike.host, sa, message, "RECEIVED")
        sa.dpd = message.dpd and self._dpd_on(sa)
        if not self._admitted(sa):
            return
        if message.step == 5:
            if message.initial_contact:
                self._ike.peer_started_afresh(sa)
            self._prove(sa, 6, dpd=self._dpd_on(sa))
        self._done(sa, message)

    def _aggressive(self, sa: IkeSa, message: MainMode) -> None:
        if message.step == 2:
            sa.cookies, sa.policy = message.cookies, message.offers[0]
            if not self._known(sa, None):
                self._no_group(sa)
                return
            self._probed(sa, message.nat)
        if not self._proven(sa, message):
            if message.step == 2:
                self._ike.failed(sa)
            return
        # The initiator says what it can in its first message, which comes before the group is known.
        sa.dpd = message.dpd and self._dpd_on(sa)
        if not self._admitted(sa):
            return
        if message.step == 2:
            self._prove(sa, 3, dpd=self._dpd_on(sa), initial_contact=not self._ike.knows(sa))
        elif message.initial_contact:
            self._ike.peer_started_afresh(sa)
        self._done(sa, message)

    def _done(self, sa: IkeSa, message: MainMode) -> None:
        if self._dpd_on(sa) and not message.dpd:
            text = "Keep-alives configured on but peer does not support keep-alives (type = None)"
            self._ike.log(3, 713122, sa, text)
        self._ike.established(sa, "AM_ACTIVE" if sa.aggressive else "MM_ACTIVE")

    # -- groups and proofs ---------------------------------------------------------------------------------

    def _known(self, sa: IkeSa, said: Identity | None, by_name: bool = False) -> bool:
        """Find the tunnel-group, and see whether it has what the chosen method of authentication needs."""
        policy = self._ike.host.policy
        sa.group = authentication.group_of(policy, sa.peer, said) if by_name else policy.group_for(sa.peer)
        if sa.group is None or sa.policy is None:
            return False
        if sa.policy.authentication == "pre-share":
            return bool(sa.group.key)
        if sa.role == "responder":
            sa.trustpoint = sa.group.trustpoint
        return authentication.own_certificate(policy, sa.trustpoint) is not None

    def _no_group(self, sa: IkeSa) -> None:
        self._ike.log(4, 713903, sa, "Can't find a valid tunnel group, aborting...!")
        self._ike.failed(sa)

    def _prove(self, sa: IkeSa, step: int, **fields: object) -> None:
        proof, certificate = self._own_proof(sa, sa.role)
        self._answer(sa, step, proof=proof, certificate=certificate, identity=self._identity(sa), **fields)

    def _own_proof(self, sa: IkeSa, role: str) -> tuple[str, Certificate | None]:
        """What is sent; with a certificate the signature is taken for granted, for the lab has no private keys."""
        if sa.policy and sa.policy.authentication != "pre-share":
            sa.authentication = ("RSA", "RSA")
            return "signed", authentication.own_certificate(self._ike.host.policy, sa.trustpoint)
        return authentication.proof(sa.group.key if sa.group else None, sa.cookies), None

    def _proven(self, sa: IkeSa, message: MainMode) -> bool:
        if sa.policy is None or sa.group is None:
            return False
        if sa.policy.authentication == "pre-share":
            if message.proof and message.proof == authentication.proof(sa.group.key, sa.cookies):
                return True
            self._cannot_decrypt(sa, message)
            return False
        host = self._ike.host
        ou = message.certificate.ou if message.certificate else ""
        named = authentication.named_group(host.policy, None, ou) if sa.role == "responder" else None
        sa.group = named or sa.group
        why = authentication.distrust(host.policy, message.certificate, message.identity, sa.group, host.now)
        if why:
            # The keys are there by now, so the peer gets to hear of it, if it listens already (from practice).
            host.syslog.log(3, 717009, f"Certificate validation failed. {why}.")
            self._ike.send(sa, Delete(sa.cookies))
            self._ike.failed(sa)
        return not why

    def _cannot_decrypt(self, sa: IkeSa, message: MainMode) -> None:
        """Without the right key main mode's message is gibberish: nothing is answered, and the peer times out.

        In aggressive mode the hash is in the clear and simply wrong.
        """
        if sa.aggressive:
            self._ike.log(3, 713048, sa, "Error processing payload: Payload ID: 8")
            return
        text = "Received encrypted Oakley Main Mode packet with invalid payloads, MessID = 0"
        self._ike.log(4, 713903, sa, text)
        # From practice, as the line before: both are well known from debugs.
        text = "ERROR, had problems decrypting packet, probably due to mismatched pre-shared key.  Aborting"
        self._ike.log(4, 713903, sa, text)
        self._ike.send(sa, Notify(sa.cookies, "PAYLOAD_MALFORMED"))

    def _admitted(self, sa: IkeSa) -> bool:
        """Does the group-policy know IKEv1? (message 713206; that the peer gets a DELETE is from practice)"""
        if sa.group is None or sa.group.policy.allows(1):
            return True
        text = "Tunnel Rejected: Conflicting protocols specified by tunnel-group and group-policy"
        self._ike.log(3, 713206, sa, text)
        self._ike.send(sa, Delete(sa.cookies))
        self._ike.failed(sa)
        return False

    def _identity(self, sa: IkeSa) -> Identity:
        host = self._ike.host
        certificate = None
        if sa.policy and sa.policy.authentication != "pre-share":
            certificate = authentication.own_certificate(host.policy, sa.trustpoint)
        return authentication.identity(host.policy.settings, sa.local, host.fqdn, certificate)

    def _dpd_on(self, sa: IkeSa) -> bool:
        return sa.group is not None and sa.group.keepalive.enabled

    # -- NAT -----------------------------------------------------------------------------------------------

    def _probe(self, sa: IkeSa) -> NatProbe | None:
        """Sent by who can traverse NAT. Whether an entry forbids it is asked when its SA is made."""
        traversal = self._ike.host.policy.settings.nat_traversal
        return NatProbe(sa.local, sa.peer) if traversal is not None else None

    def _probed(self, sa: IkeSa, probe: NatProbe | None) -> None:
        sa.nat, sa.nat_t = self._ike.nat_between(sa, probe)


def _shown(name: str, value: str) -> str:
    """As message 713257 prints values."""
    if name == "group":
        return f"Group {value}"
    return {
        "aes": "AES-CBC", "aes-192": "AES-CBC", "aes-256": "AES-CBC", "3des": "3DES-CBC", "des": "DES-CBC",
        "sha": "SHA", "md5": "MD5", "pre-share": "Preshared key", "rsa-sig": "RSA signature",
    }.get(value, value)  # fmt: skip
