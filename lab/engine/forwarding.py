# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a packet through a device, looked at without sending it: what `packet-tracer` shows and traffic meets.

From inside: destination translation, route, interface access list, source translation, crypto map, `vpn-filter`.
Out of a tunnel: translation back, route, access lists where `sysopt connection permit-vpn` is off, `vpn-filter`.
What belongs to a connection that is known meets neither access lists nor rules of translation anew.
What is for the device itself is taken at the interface that it came in on, and at that of `management-access`.
Sources: Cisco ASA CLI guide, "NAT for VPN", "Configuring IPsec to Bypass ACLs"; TechNote "Packet Flow through ASA";
command reference, `management-access`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.engine.ipsec import Context
from lab.engine.messages import Packet
from lab.engine.policy import Ace, Interface, MapEntry
from lab.engine.proxies import ace_matches
from lab.engine.translation import permitted

if TYPE_CHECKING:
    from lab.engine.network import Device

ACL_DROP = "(acl-drop) Flow is denied by configured rule"
NO_ROUTE = "(no-route) No route to host"
NAT_FAILED = "(nat-xlate-failed) NAT failed"
CONNECTION_SECONDS = 60.0


@dataclass(frozen=True)
class Step:
    """One phase, as `packet-tracer` names it."""

    kind: str
    subtype: str
    allowed: bool = True
    lines: tuple[str, ...] = ()


@dataclass
class Way:
    """`packet` as it leaves; `drop` says why it does not, in the words of `packet-tracer`."""

    packet: Packet
    steps: list[Step] = field(default_factory=list)
    egress: Interface | None = None
    protected: tuple[MapEntry, Ace] | None = None
    context: Context | None = None
    drop: str = ""
    local: bool = False  # for the device itself

    def pass_(self, kind: str, subtype: str, *lines: str) -> None:
        self.steps.append(Step(kind, subtype, True, lines))

    def stop(self, kind: str, subtype: str, drop: str, *lines: str) -> Way:
        self.steps.append(Step(kind, subtype, False, lines))
        self.drop = drop
        return self


@dataclass(frozen=True)
class Loss:
    """Where a packet ended, and at which step; `detail` is the rule or the interface, by the step.

    `sa` none for it, `access list`, `vpn-filter`, `translation`, `route` none to the host, `back` by the interface of
    the tunnel it came out of, `clear` out of an interface and unprotected, `selectors` not those of the SA, `spi` not
    known, `between` the ends, `off` while the device is.
    """

    device: str
    step: str
    host: str
    detail: str = ""


def lost_in(device: Device, way: Way, asked: Packet) -> Loss:
    """Why a packet that was `asked` to be forwarded ends in `way`, or leaves by it in clear."""
    last, host = way.steps[-1], str(way.packet.destination)
    detail = ", ".join(last.lines)
    if way.drop == NO_ROUTE:
        return Loss(device.name, "route", host)
    if way.drop == NAT_FAILED:
        return Loss(device.name, "translation", host, detail)
    if way.drop and last.kind == "ACCESS-LIST":
        return Loss(device.name, "vpn-filter" if last.subtype else "access list", host, detail)
    if way.drop:
        return Loss(device.name, "sa", host)
    rule = next((step.lines[0] for step in way.steps if step.kind == "NAT" and step.lines), "")
    if rule and way.packet.source != asked.source:
        return Loss(device.name, "translation", host, rule)
    return Loss(device.name, "clear", host, way.egress.nameif if way.egress else "")


class Connections:
    """What a device has let pass lately: how the next packet of the same connection goes on."""

    def __init__(self) -> None:
        self._known: dict[tuple[int | str, ...], tuple[float, Packet]] = {}

    def next(self, packet: Packet, now: float) -> Packet | None:
        found = self._known.get(packet.key[:5])
        return found[1] if found and found[0] >= now else None

    def note(self, arrived: Packet, leaves: Packet, now: float) -> None:
        if len(self._known) > 20000:
            self._known = {key: value for key, value in self._known.items() if value[0] >= now}
        self._known[arrived.key[:5]] = now + CONNECTION_SECONDS, leaves
        self._known[leaves.answer().key[:5]] = now + CONNECTION_SECONDS, arrived.answer()

    def clear(self) -> None:
        self._known.clear()


def outbound(device: Device, packet: Packet, ingress: str = "", decrypted: bool = False) -> Way:
    """A packet that enters by `ingress`, or where its source lives. What the device itself sends is not translated.

    One that was `decrypted` has met the list of its interface, or goes past it, by `sysopt connection permit-vpn`.
    """
    way = Way(packet)
    policy = device.policy
    own = any(interface.address.ip == packet.source for interface in policy.interfaces)
    guessed = False
    if not ingress:
        source = device.egress(packet.source)
        ingress = source.nameif if source else ""
        guessed = True
    known = None if own else device.connections.next(packet, device.scheduler.now)
    if known:
        way.pass_("FLOW-LOOKUP", "")
        way.packet = known
    elif not own:
        way.packet = device.translation.towards(packet, ingress)
        if way.packet is not packet:
            way.pass_("UN-NAT", "static")
    way.egress = device.egress(way.packet.destination)
    if way.egress is None:
        return way.stop("ROUTE-LOOKUP", "input", NO_ROUTE)
    way.pass_("ROUTE-LOOKUP", "input")
    if known is None and not own:
        # A host that seems to live on the way to its peer lacks a route: where it really comes in is not known.
        beyond = guessed and ingress == way.egress.nameif
        refused = () if decrypted or beyond else _refused_by_acl(device, packet, ingress)
        if refused:
            return way.stop("ACCESS-LIST", "", ACL_DROP, *refused)
        way.packet, rule = device.translation.outward(way.packet, ingress, way.egress.nameif)
        if rule:
            way.pass_("NAT", "static" if rule.static or rule.exempt else "dynamic", rule.text)
    way.protected = device.crypto_match(way.egress, way.packet)
    if way.protected:
        entry, _ = way.protected
        way.context = device.context_of(entry, way.packet)
        if way.context is None:
            return way.stop("VPN", "encrypt", ACL_DROP)
        lines = policy.acls.get(way.context.pairs[0].filter, ()) if way.context.pairs else ()
        if lines and known is None and not permitted(lines, way.packet.answer()):
            return way.stop("ACCESS-LIST", "vpn-user", ACL_DROP)
        way.pass_("VPN", "encrypt")
    return way


def inbound(device: Device, packet: Packet, nameif: str, filtered_by: str) -> Way:
    """A packet that came out of an SA on the interface `nameif`; `filtered_by` is the session's `vpn-filter`."""
    way = Way(packet)
    known = device.connections.next(packet, device.scheduler.now)
    way.packet = known or device.translation.inward(packet, nameif)
    if way.packet != packet:
        way.pass_("UN-NAT", "static")
    way.egress = device.egress(way.packet.destination)
    if way.egress is None:
        return way.stop("ROUTE-LOOKUP", "input", NO_ROUTE)
    way.pass_("ROUTE-LOOKUP", "input")
    own = next((each.nameif for each in device.policy.interfaces if each.address.ip == way.packet.destination), "")
    way.local = bool(own)
    if own and own not in (nameif, device.policy.management_access):
        return way.stop("ROUTE-LOOKUP", "", NO_ROUTE)
    if known:
        return way
    lines = device.policy.acls.get(filtered_by, ())
    if lines and not permitted(lines, packet):
        return way.stop("ACCESS-LIST", "vpn-user", ACL_DROP)
    if not device.policy.permit_vpn:
        refused = _refused_by_acl(device, way.packet, nameif, unless_named=("implicit rule",))
        if refused:
            return way.stop("ACCESS-LIST", "", ACL_DROP, *refused)
    rule = device.translation.asymmetric(packet, way.packet, nameif, way.egress.nameif)
    if rule:
        device.syslog.log(
            5, 305013,
            "Asymmetric NAT rules matched for forward and reverse flows; Connection for "
            f"{packet.protocol} src {nameif}:{packet.source} dst {way.egress.nameif}:{way.packet.destination} denied "
            "due to NAT reverse path failure",
        )  # fmt: skip
        return way.stop("NAT", "rpf-check", NAT_FAILED, rule.text)
    return way


def _refused_by_acl(device: Device, packet: Packet, nameif: str, unless_named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The lines that refuse a packet on an interface, none when it may pass; `unless_named` where there is no list."""
    acls = device.policy.inbound_acls
    names = [acls[key] for key in (nameif, "*") if key in acls]
    if not names:
        return unless_named
    for name in names:
        lines = device.policy.acls.get(name, ())
        line = next((ace for ace in lines if ace_matches(ace, packet)), None)
        if line:
            return () if line.permit else (f"access-group {name} in interface {nameif}", line.text)
    return (f"access-group {names[-1]} in interface {nameif}",)
