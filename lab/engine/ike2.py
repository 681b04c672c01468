# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv2: IKE_SA_INIT, IKE_AUTH, CREATE_CHILD_SA and INFORMATIONAL, as initiator and as responder.

Each end has keys of its own: what this end proves itself with (`local-authentication`) the other one must expect
(`remote-authentication`), and the reverse. The lifetime is nobody's business but one's own (RFC 7296 §2.8), the first
child SA is made in IKE_AUTH and has no key exchange of its own (§1.2), a request is sent again until it is answered
(§2.1). Message texts: "Cisco ASA Series Syslog Messages", 750xxx and 751xxx; reasons behind ERROR partly from practice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.engine import authentication
from lab.engine.ike_sa import IkeSa
from lab.engine.messages import (
    ChildAnswer,
    ChildOffer,
    Cookies,
    Delete,
    Delete2,
    Exchange,
    NatProbe,
    Notify,
)
from lab.engine.policy import Ike2Policy, IkePolicy, MapEntry
from lab.engine.suites import agree, by_strength, covers
from lab.engine.window import Window

if TYPE_CHECKING:
    from lab.engine.ike import Ike

AUTH_SECONDS = 30.0  # how long a responder waits for IKE_AUTH (from practice)


class Ikev2:
    """Makes IKE SAs of version 2 and speaks over them; what lives on of them is the business of `Ike`."""

    def __init__(self, ike: Ike) -> None:
        self._ike = ike
        self.window = Window(ike)

    # -- what comes in ---------------------------------------------------------------------------------------

    def receive(self, source: str, local: str, message: Exchange | Delete2) -> None:
        if isinstance(message, Exchange) and message.kind == "IKE_SA_INIT" and not message.response:
            self._asked(source, local, message)
            return
        sa = self._ike.find(message.cookies)
        if sa is None or sa.peer != source:
            self.window.without_sa(source, local, message)
            return
        sa.heard = self._ike.host.scheduler.now
        if not self.window.new_request(sa, message):
            return
        if isinstance(message, Delete2):
            self._deleted(sa, message)
        else:
            self._requested(sa, message)

    def _requested(self, sa: IkeSa, message: Exchange) -> None:
        match message.kind:
            case "IKE_AUTH" if sa.role == "responder" and sa.state == "INIT_DONE":
                self._asked_to_authenticate(sa, message)
            case "CREATE_CHILD_SA" if sa.active and message.rekey:
                self._asked_to_rekey(sa, message)
            case "CREATE_CHILD_SA" if sa.active and isinstance(message.child, ChildOffer):
                answer = self._ike.phase2.answer(sa, message.child, first=False)
                self.window.respond(sa, message, _response(message, child=answer))
            case "INFORMATIONAL":
                self.window.respond(sa, message, _response(message))
                if message.notify == "AUTHENTICATION_FAILED":
                    self._abort(sa, "Received authentication failure notify")
                elif message.notify == "INVALID_SPI":
                    self.log(7, 713117, sa, f"Received Invalid SPI notify (SPI 0x{message.spi:08x} )!")

    # -- IKE_SA_INIT ---------------------------------------------------------------------------------------

    def initiate(self, peer: str, local: str, entry: MapEntry) -> IkeSa:
        host = self._ike.host
        sa = IkeSa(peer, local, "initiator", Cookies(host.random.getrandbits(64)), "INIT_SENT", version=2)
        sa.group = host.policy.group_for(peer)
        group = sa.group.local_trustpoint if sa.group else ""
        sa.trustpoint = entry.trustpoint or group
        self._ike.sas.append(sa)
        offers = tuple(by_strength(policy) for policy in host.policy.ikev2_policies)
        self._init(sa, offers, offers[0].groups[0])
        return sa

    def _init(self, sa: IkeSa, offers: tuple[Ike2Policy, ...], group: str) -> None:
        """The key exchange is for a group that is guessed: the first of the first policy (§1.2)."""
        sa.exchanges.next_id = 0
        message = Exchange(sa.cookies, "IKE_SA_INIT", 0, offers=offers, group=group, nat=self._probe(sa))
        self.window.request(
            sa, message, lambda answer: self._init_answered(sa, offers, answer),
            lambda: self._abort(sa, "Maximum number of retransmissions reached"),
        )  # fmt: skip

    def _asked(self, source: str, local: str, message: Exchange) -> None:
        host = self._ike.host
        known = next(iter(self._ike.sas.named(message.cookies)), None)
        if known:
            if 0 in known.exchanges.answers and known.role == "responder":
                host.send_ike(known.local, known.peer, known.exchanges.answers[0])
            return
        cookies = Cookies(message.cookies.initiator, host.random.getrandbits(64))
        sa = IkeSa(source, local, "responder", cookies, "INIT_DONE", version=2)
        self.log(5, 750002, sa, "Received a IKE_INIT_SA request")
        chosen = agree(host.policy.ikev2_policies, message.offers)
        if chosen is None:
            self.log(4, 750003, sa, _aborted("Failed to find a matching policy"))
            host.send_ike(local, source, replace(_response(message), notify="NO_PROPOSAL_CHOSEN"))
            return
        if chosen.group != message.group:
            refusal = replace(_response(message), notify="INVALID_KE_PAYLOAD", group=chosen.group)
            host.send_ike(local, source, refusal)
            return
        sa.policy = chosen
        sa.nat, sa.nat_t = self._ike.nat_between(sa, message.nat)
        self._ike.sas.append(sa)
        answer = Exchange(cookies, "IKE_SA_INIT", 0, response=True, chosen=chosen, nat=self._probe(sa))
        self.window.respond(sa, message, answer)
        sa.resend = host.scheduler.after(AUTH_SECONDS, lambda: self._never_authenticated(sa))

    def _never_authenticated(self, sa: IkeSa) -> None:
        if sa.state == "INIT_DONE":
            self._abort(sa, "Failed to receive the AUTH msg before the timer expired")

    def _init_answered(self, sa: IkeSa, offers: tuple[Ike2Policy, ...], answer: Exchange) -> None:
        if answer.notify == "INVALID_KE_PAYLOAD" and any(answer.group in offer.groups for offer in offers):
            self._init(sa, offers, answer.group)
            return
        if answer.notify or answer.chosen is None:
            self._abort(sa, "Received no proposal chosen notify")
            return
        own = next((p.lifetime for p in self._ike.host.policy.ikev2_policies if covers(p, answer.chosen)), 86400)
        sa.cookies, sa.policy, sa.state = answer.cookies, replace(answer.chosen, lifetime=own), "AUTH_SENT"
        sa.nat, sa.nat_t = self._ike.nat_between(sa, answer.nat)
        self._authenticate(sa)

    # -- IKE_AUTH ------------------------------------------------------------------------------------------

    def _authenticate(self, sa: IkeSa) -> None:
        """The first child SA is asked for in the same message."""
        offer = None
        if sa.queue:
            entry, ace = sa.queue[0]
            offer = self._ike.phase2.offer(sa, entry, ace, first=True)
        first = not any(other.active for other in self._ike.sas.of(sa.peer))
        request = replace(self._own_proof(sa, Exchange(sa.cookies, "IKE_AUTH", 0)), child=offer, initial_contact=first)
        self.window.request(
            sa, request, lambda answer: self._auth_answered(sa, offer, answer),
            lambda: self._abort(sa, "Maximum number of retransmissions reached"),
        )  # fmt: skip

    def _own_proof(self, sa: IkeSa, message: Exchange) -> Exchange:
        policy, group = self._ike.host.policy, sa.group
        certificate = authentication.own_certificate(policy, sa.trustpoint) if sa.trustpoint else None
        said = authentication.identity(policy.settings, sa.local, self._ike.host.fqdn, certificate)
        if certificate:
            return replace(message, identity=said, method="RSA", proof="signed", certificate=certificate)
        key = group.local_key if group else None
        return replace(message, identity=said, method="PSK", proof=authentication.proof(key, sa.cookies, sa.role))

    def _asked_to_authenticate(self, sa: IkeSa, message: Exchange) -> None:
        why = self._peer_refused(sa, message)
        if why:
            refusal = replace(_response(message), notify="AUTHENTICATION_FAILED")
            self.window.respond(sa, message, refusal)
            self._abort(sa, why)
            return
        if message.initial_contact:
            self._ike.peer_started_afresh(sa)
        answer = self._own_proof(sa, _response(message))
        sa.authentication = answer.method, message.method
        if sa.resend:
            sa.resend.cancel()
        sa.state = "READY"
        child = None
        if isinstance(message.child, ChildOffer):
            child = self._ike.phase2.answer(sa, message.child, first=True)
        self.window.respond(sa, message, replace(answer, child=child))
        if child and child.refusal:
            # From practice: an ASA gives the whole negotiation up, though the RFC lets the IKE SA live.
            self._ike.failed(sa)
            return
        self._up(sa)

    def _peer_refused(self, sa: IkeSa, message: Exchange) -> str:
        """Why the initiator is not believed; what the group lacks has a message of its own."""
        host = self._ike.host
        ou = message.certificate.ou if message.certificate else ""
        sa.group = group = authentication.group_of(host.policy, sa.peer, message.identity, ou)
        failed = "Failed to authenticate the IKE SA"
        if group is None:
            self.log(3, 751009, sa, "Unable to find tunnel group for peer.")
            return failed
        if not group.policy.allows(2):
            self.log(3, 751008, sa, f"Group={group.name}, Tunnel rejected: IKEv2 not enabled in group policy")
            return failed
        if not (group.remote_certificate if message.method == "RSA" else group.remote_key):
            self.log(3, 751004, sa, f"No remote authentication method configured for peer in tunnel group {group.name}")
            return failed
        sa.trustpoint = group.local_trustpoint
        if not self._can_prove(sa):
            text = f"No pre-shared key or trustpoint configured for self in tunnel group {group.name}"
            self.log(3, 751002, sa, text)
            return failed
        return "" if self._believed(sa, message, "initiator") else failed

    def _can_prove(self, sa: IkeSa) -> bool:
        if sa.trustpoint:
            return authentication.own_certificate(self._ike.host.policy, sa.trustpoint) is not None
        return bool(sa.group and sa.group.local_key)

    def _believed(self, sa: IkeSa, message: Exchange, side: str) -> bool:
        host, group = self._ike.host, sa.group
        if group is None:
            return False
        if message.method == "RSA":
            why = authentication.distrust(host.policy, message.certificate, message.identity, group, host.now)
            if why or not group.remote_certificate:
                host.syslog.log(3, 717009, f"Certificate validation failed. {why or 'Not asked for'}.")
                self.log(3, 751006, sa, f"Certificate authentication failed. Error: {why or 'Not asked for'}")
                return False
            return True
        expected = authentication.proof(group.remote_key, sa.cookies, side)
        return bool(expected) and message.proof == expected

    def _auth_answered(self, sa: IkeSa, offer: ChildOffer | None, answer: Exchange) -> None:
        if answer.notify:
            self._abort(sa, "Auth exchange failed")
            return
        if not self._believed(sa, answer, "responder"):
            self.notify(sa, "AUTHENTICATION_FAILED")
            self._abort(sa, "Failed to authenticate the IKE SA")
            return
        if sa.group and not sa.group.policy.allows(2):
            self.log(3, 751008, sa, f"Group={sa.group.name}, Tunnel rejected: IKEv2 not enabled in group policy")
            self.delete(sa)
            self._abort(sa, "Failed to authenticate the IKE SA")
            return
        if offer and isinstance(answer.child, ChildAnswer):
            if answer.child.refusal:
                self._ike.phase2.concluded(sa, offer, answer.child)
                self._ike.failed(sa)
                return
            self._ike.manager.succeeded(sa, sa.queue[0][0])
            sa.queue = sa.queue[1:]
            sa.state = "READY"
            self._ike.phase2.concluded(sa, offer, answer.child)
        sa.authentication = self._method(sa), answer.method
        self._up(sa)

    def _method(self, sa: IkeSa) -> str:
        return "RSA" if sa.trustpoint else "PSK"

    def _up(self, sa: IkeSa) -> None:
        self.log(5, 750006, sa, "IKEv2 SA UP. Reason: New Connection Established")
        sa.dpd = sa.group is not None and sa.group.keepalive.enabled
        self._ike.established(sa, "READY")

    def _abort(self, sa: IkeSa, why: str) -> None:
        """Give up an SA that is not up, or that the peer has just disowned."""
        if sa in self._ike.sas:
            self.log(4, 750003, sa, _aborted(why))
            if sa.active:
                self._ike.teardown(sa, "Phase 1 failure", tell=False)
            else:
                self._ike.failed(sa)

    # -- CREATE_CHILD_SA -----------------------------------------------------------------------------------

    def create_child(self, sa: IkeSa, offer: ChildOffer) -> None:
        """Ask for another child SA, or for one in place of an old one; phase 2 hears of it by `concluded`."""

        def answered(answer: Exchange) -> None:
            child = answer.child if isinstance(answer.child, ChildAnswer) else ChildAnswer("NO_PROPOSAL_CHOSEN")
            self._ike.phase2.concluded(sa, offer, child)

        def failed() -> None:
            self._ike.phase2.concluded(sa, offer, None)
            self._ike.teardown(sa, "Lost Service", tell=False)

        self.window.request(sa, Exchange(sa.cookies, "CREATE_CHILD_SA", 0, child=offer), answered, failed)

    def rekey(self, sa: IkeSa) -> None:
        """Replace an IKE SA; its children go on under the new one (§1.3.2)."""
        host = self._ike.host
        offers = tuple(by_strength(policy) for policy in host.policy.ikev2_policies)
        if not offers or sa.policy is None:
            return
        fresh = Cookies(host.random.getrandbits(64))

        def answered(answer: Exchange) -> None:
            sa.rekeying = False
            if answer.notify or answer.chosen is None or answer.rekey is None:
                self.log(4, 750003, sa, _aborted("Received no proposal chosen notify"))
                return
            successor = self._succeed(sa, answer.rekey, answer.chosen, "initiator")
            self._ike.phase2.move(sa, successor)
            self.window.move(sa, successor)
            self.delete(sa)
            self._ike.forget(sa)

        group = sa.policy.group if any(sa.policy.group in o.groups for o in offers) else offers[0].groups[0]
        request = Exchange(sa.cookies, "CREATE_CHILD_SA", 0, offers=offers, group=group, rekey=fresh)
        self.window.request(sa, request, answered)

    def _asked_to_rekey(self, sa: IkeSa, message: Exchange) -> None:
        chosen = agree(self._ike.host.policy.ikev2_policies, message.offers)
        if chosen is None or message.rekey is None:
            self.log(4, 750003, sa, _aborted("Failed to find a matching policy"))
            self.window.respond(sa, message, replace(_response(message), notify="NO_PROPOSAL_CHOSEN"))
            return
        fresh = Cookies(message.rekey.initiator, self._ike.host.random.getrandbits(64))
        self.window.respond(sa, message, replace(_response(message), chosen=chosen, rekey=fresh))
        sa.rekeying = True  # until the initiator deletes it
        self._succeed(sa, fresh, chosen, "responder")

    def _succeed(self, old: IkeSa, cookies: Cookies, chosen: IkePolicy, role: str) -> IkeSa:
        own = next((p.lifetime for p in self._ike.host.policy.ikev2_policies if covers(p, chosen)), 86400)
        sa = IkeSa(
            old.peer, old.local, role, cookies, "READY", replace(chosen, lifetime=own), old.group, old.dpd,
            version=2, rekey_of=old, nat=old.nat, nat_t=old.nat_t, trustpoint=old.trustpoint,
            authentication=old.authentication,
        )  # fmt: skip
        self._ike.sas.append(sa)
        self._ike.established(sa, "READY")
        return sa

    # -- INFORMATIONAL -------------------------------------------------------------------------------------

    def ask_alive(self, sa: IkeSa) -> None:
        """An empty request, which every end must answer; whoever asks counts for itself.

        While a request waits for its answer, that one is the question: it is sent again and no other beside it (§2.3).
        """
        if not self.window.repeat(sa):
            self.window.request(sa, Exchange(sa.cookies, "INFORMATIONAL", 0), lambda answer: None, lambda: None, 0)

    def notify(self, sa: IkeSa, kind: str, spi: int = 0) -> None:
        message = Exchange(sa.cookies, "INFORMATIONAL", 0, notify=kind, spi=spi)
        self.window.request(sa, message, lambda answer: None, lambda: None)

    def send(self, sa: IkeSa, message: Delete | Notify) -> None:
        """What IKEv1 says in messages of its own."""
        if isinstance(message, Delete):
            self.delete(sa, message.spis, message.reason)
        else:
            self.notify(sa, message.kind, message.spi)

    def delete(self, sa: IkeSa, spis: tuple[int, ...] = (), reason: str = "") -> None:
        """Delete child SAs, or without SPIs the IKE SA itself."""
        if spis:
            self.window.request(sa, Delete2(sa.cookies, spis, reason), lambda answer: None)
        else:
            self.window.farewell(sa, reason)

    def _deleted(self, sa: IkeSa, message: Delete2) -> None:
        answer = Exchange(message.cookies, "INFORMATIONAL", message.message_id, response=True)
        self.window.respond(sa, message, answer)
        if message.spis:
            self._ike.phase2.deleted_by_peer(sa, message.spis)
        elif sa.active:
            self._ike.teardown(sa, message.reason or "Peer Terminate", tell=False)
        else:
            self._ike.failed(sa)

    # -- helpers -------------------------------------------------------------------------------------------

    def _probe(self, sa: IkeSa) -> NatProbe | None:
        traversal = self._ike.host.policy.settings.nat_traversal
        return NatProbe(sa.local, sa.peer) if traversal is not None else None

    def log(self, severity: int, number: int, sa: IkeSa, text: str) -> None:
        port = 4500 if sa.nat_t else 500
        user = sa.group.name if sa.group else "Unknown"
        ends = f"Local:{sa.local}:{port} Remote:{sa.peer}:{port} Username:{user}"
        self._ike.host.syslog.log(severity, number, f"{ends} {text}")


def _response(request: Exchange, child: ChildAnswer | None = None) -> Exchange:
    return Exchange(request.cookies, request.kind, request.message_id, response=True, child=child)


def _aborted(why: str) -> str:
    return f"IKEv2 Negotiation aborted due to ERROR: {why}"
