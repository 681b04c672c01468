# SPDX-License-Identifier: GPL-3.0-or-later
"""What a debug says of main mode's messages: their payloads, one after the other, and how long they are.

Sources: Cisco TechNote 113574, "IPsec and IKE Debugs (IKEv1 Main Mode)", and captured debugs. Lengths are those of
RFC 2408 §3, with the attributes that an ASA sends; they agree with captured ones. From practice: since 8.4 a responder
takes the NAT traversal of RFC 3947, with its number of NAT-D, and before that of a draft; the keep-alive of IOS goes
together with DPD's vendor ID. With certificates the messages from the third on are not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.engine.messages import AggressiveMode, MainMode

if TYPE_CHECKING:
    from lab.engine.ike import Host
    from lab.engine.ike_sa import IkeSa

_HEADER = 28
_PUBLIC = {
    "1": 96, "2": 128, "5": 192, "7": 41, "14": 256, "15": 384, "16": 512, "19": 64, "20": 96, "21": 132, "24": 256,
}  # fmt: skip
_NUMBER = {"SA": 1, "KE": 4, "ID": 5, "HASH": 8, "NONCE": 10, "VENDOR": 13, "IOS KEEPALIVE": 128, "NAT-D": 20}
_CAPABLE = "IKE Peer included IKE fragmentation capability flags:  Main Mode:        True  Aggressive Mode:True"
_SPOOFED = "ASA spoofing IOS Vendor ID payload (version: 1.0.0, capabilities: 20000001)"


@dataclass(frozen=True)
class Payload:
    """One payload as its sender tells of it, and as its receiver does."""

    name: str
    length: int
    built: tuple[str, ...]
    read: tuple[str, ...]


def _vendor(built: str, read: str, length: int = 20) -> Payload:
    return Payload("VENDOR", length, (f"constructing {built} payload",), ("processing VID payload", f"Received {read}"))


def payloads(host: Host, sa: IkeSa, message: MainMode) -> list[Payload] | None:
    """Those of a message that this end sends or has received; None where the lab does not know."""
    if isinstance(message, AggressiveMode):
        return None
    if message.step <= 2:
        return _offer(host, message)
    if sa.policy is None or sa.policy.authentication != "pre-share":
        return None
    size = 16 if sa.policy.hash == "md5" else 20
    if message.step >= 5:
        return _proof(message, size)
    found = [
        Payload("KE", 4 + _PUBLIC.get(sa.policy.group, 128), ("constructing ke payload",),
                ("processing ke payload", "processing ISA_KE payload")),
        Payload("NONCE", 24, ("constructing nonce payload",), ("processing nonce payload",)),
        _vendor("Cisco Unity VID", "Cisco Unity client VID"),
        _vendor("xauth V6 VID", "xauth V6 VID", 12),
        Payload("VENDOR", 20, ("Send IOS VID", f"Constructing {_SPOOFED}"), (
            "processing VID payload",
            "Processing IOS/PIX Vendor ID payload (version: 1.0.0, capabilities: 20000001)")),
        Payload("VENDOR", 20, ("constructing VID payload", "Send Altiga/Cisco VPN3000/Cisco ASA GW VID"), (
            "processing VID payload", "Received Altiga/Cisco VPN3000/Cisco ASA GW VID")),
    ]  # fmt: skip
    hashed = "computing NAT Discovery hash"
    probe = Payload(
        "NAT-D", 4 + size, ("constructing NAT-Discovery payload", hashed), ("processing NAT-Discovery payload", hashed)
    )
    return [*found, *([probe, probe] if message.nat else [])]


def _offer(host: Host, message: MainMode) -> list[Payload]:
    transforms = sum(36 + 4 * offer.encryption.startswith("aes") for offer in message.offers)
    accepted = ("Oakley proposal is acceptable",) if message.step == 2 else ()
    found = [
        Payload("SA", 20 + transforms, ("constructing ISAKMP SA payload",), ("processing SA payload", *accepted)),
    ]
    if message.nat:
        versions = ("02", "03", "RFC") if message.step == 1 else ("02",) if host.legacy else ("RFC",)
        found += [_vendor(f"NAT-Traversal VID ver {each}", f"NAT-Traversal ver {each} VID") for each in versions]
    fragments = _vendor("Fragmentation VID + extended capabilities", "Fragmentation VID", 24)
    return [*found, Payload("VENDOR", 24, fragments.built, (*fragments.read, _CAPABLE))]


def _proof(message: MainMode, size: int) -> list[Payload]:
    identity = message.identity
    length = 4 if identity is None or identity.kind == "address" else len(identity.value)
    computing = "Computing hash for ISAKMP"
    found = [
        Payload("ID", 8 + length, ("constructing ID payload",), ("processing ID payload",)),
        Payload("HASH", 4 + size, ("constructing hash payload", computing), ("processing hash payload", computing)),
    ]
    if message.dpd:
        seconds = "keep alive payload: proposal=32767/32767 sec."
        found += [
            Payload("IOS KEEPALIVE", 12, (f"Constructing IOS {seconds}",), (f"Processing IOS {seconds}",)),
            _vendor("dpd vid", "DPD VID"),
        ]
    return found


def decoded(what: str, found: list[Payload], host: Host) -> str:
    """The line for a whole message; `what` is SENDING, RESENDING or RECEIVED."""
    numbers = {**_NUMBER, **({"NAT-D": 130} if host.legacy else {})}
    names = " + ".join(f"{each.name} ({numbers[each.name]})" for each in found)
    length = _HEADER + sum(each.length for each in found)
    return f"IKE_DECODE {what} Message (msgid=0) with payloads : HDR + {names} + NONE (0) total length : {length}"


def tell(host: Host, sa: IkeSa, message: MainMode, what: str) -> None:
    """Say it to whoever debugs at the moment. The buffer of the log does not get it, as it holds little."""
    found = payloads(host, sa, message) if host.syslog.watchers else None
    if found is None:
        return
    group = f"Group = {sa.group.name}, " if message.step >= 5 and sa.group else ""
    whole = f"IP = {sa.peer}, {decoded(what, found, host)}"
    if what == "RECEIVED":
        host.syslog.show(7, 713236, whole)
    for each in found if what != "RESENDING" else ():
        for text in each.read if what == "RECEIVED" else each.built:
            # Captured: the keep-alive of IOS comes without the group.
            who = "" if "IOS keep alive" in text else group
            host.syslog.show(7, 715046, f"{who}IP = {sa.peer}, {text}")
    if what != "RECEIVED":
        host.syslog.show(7, 713236, whole)
