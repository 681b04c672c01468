# SPDX-License-Identifier: GPL-3.0-or-later
"""`show crypto ikev2 sa [detail]`, in the two layouts of its column line.

Captured texts show the narrow columns up to 9.6 and the wide ones from 9.8 on. Rows that are still being negotiated,
and what `detail` adds, are from practice.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from lab.engine.ike_sa import IkeSa
from lab.engine.policy import UNLIMITED

if TYPE_CHECKING:
    from lab.engine.children import Child
    from lab.engine.network import Device

_NARROW = "Tunnel-id                 Local                Remote     Status         Role"
_WIDE = f"Tunnel-id {'Local':<52}{'Remote':<56}{'Status':<15}Role"
_HASHES = {"sha": "SHA96", "md5": "MD596", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}
_SIZES = {"aes": 128, "aes-192": 192, "aes-256": 256, "aes-gcm": 128, "aes-gcm-192": 192, "aes-gcm-256": 256}


def ike2_table(device: Device, detail: bool) -> list[str]:
    """A block per session, that is per peer; two rows in it while an IKE SA is being replaced."""
    by_peer: dict[str, list[IkeSa]] = {}
    for sa in device.ike.sas:
        if sa.version == 2:
            by_peer.setdefault(sa.peer, []).append(sa)
    if not by_peer:
        return ["", "There are no IKEv2 SAs"]
    lines = ["", "IKEv2 SAs:"]
    for peer, sas in by_peer.items():
        lines += ["", *_session(device, peer, sas, detail)]
    return lines


def _session(device: Device, peer: str, sas: list[IkeSa], detail: bool) -> list[str]:
    session = device.ike.sessions.get(peer)
    children = [child for child in device.ike.phase2.of(peer) if not child.superseded]
    up = any(sa.active for sa in sas)
    status = "UP-ACTIVE" if children else "UP-IDLE"
    number = session.index if session else _tunnel_id(sas[0]) % 1000
    lines = [
        f"Session-id:{number}, Status:{status if up else 'DOWN-NEGOTIATING'}, IKE count:{len(sas)}, "
        f"CHILD count:{len(children) if up else 0}",
        "",
        _WIDE if device.version >= (9, 8) else _NARROW,
    ]
    for sa in sas:
        lines += _row(device, sa, number, detail)
    for child in children if up else ():
        lines += _child(child, detail)
    return lines


def _row(device: Device, sa: IkeSa, number: int, detail: bool) -> list[str]:
    port = 4500 if sa.nat_t else 500
    local, remote = f"{sa.local}/{port}", f"{sa.peer}/{port}"
    status, role, tunnel = "READY" if sa.active else "IN-NEG", sa.role.upper(), _tunnel_id(sa)
    if device.version >= (9, 8):
        first = f"{tunnel:>9} {local:<52}{remote:<52}{status:>9}{role:>13}"
    else:
        first = f"{tunnel:>9}{local:>22}{remote:>22}{status:>11}{role:>13}"
    lines = [first]
    if sa.policy:
        size = _SIZES.get(sa.policy.encryption)
        cipher = "AES-GCM" if "gcm" in sa.policy.encryption else "AES-CBC" if size else sa.policy.encryption.upper()
        keysize = f", keysize: {size}" if size else ""
        own, theirs = sa.authentication
        lines.append(
            f"      Encr: {cipher}{keysize}, Hash: {_HASHES.get(sa.policy.hash, 'N/A')}, DH Grp:{sa.policy.group}, "
            f"Auth sign: {own}, Auth verify: {theirs}"
        )
    active = int(device.scheduler.now - sa.established) if sa.active else 0
    lifetime = "none" if sa.lifetime >= UNLIMITED else sa.lifetime
    lines.append(f"      Life/Active Time: {lifetime}/{active} sec")
    return [*lines, *_details(sa, number)] if detail else lines


def _details(sa: IkeSa, number: int) -> list[str]:
    own, theirs = sa.cookies.initiator, sa.cookies.responder
    if sa.role == "responder":
        own, theirs = theirs, own
    sent = sa.exchanges.next_id
    keepalive = sa.group.keepalive if sa.group else None
    dpd = f"DPD configured for {keepalive.threshold} seconds, retry {keepalive.retry}" if keepalive else "DPD disabled"
    if keepalive is None or not keepalive.enabled or keepalive.threshold is None:
        dpd = "DPD configured for 0 seconds, retry 0"
    return [
        f"      Session-id: {number}",
        f"      Status Description: {'Negotiation done' if sa.active else 'Initiator waiting for reply'}",
        f"      Local spi: {own:016X}       Remote spi: {theirs:016X}",
        f"      Local id: {sa.local}",
        f"      Remote id: {sa.peer}",
        f"      Local req mess id: {sent:<15}Remote req mess id: {len(sa.exchanges.answers)}",
        f"      Local next mess id: {sent:<14}Remote next mess id: {len(sa.exchanges.answers)}",
        f"      Local req queued: {sent:<16}Remote req queued: {len(sa.exchanges.answers)}",
        f"      Local window: {1:<20}Remote window: 1",
        f"      {dpd}",
        f"      NAT-T is {'detected' if sa.nat else 'not detected'}",
    ]


def _child(child: Child, detail: bool) -> list[str]:
    lines = [
        f"Child sa: local selector  {_selector(child.ident.local)}",
        f"          remote selector {_selector(child.ident.remote)}",
        f"          ESP spi in/out: 0x{child.spi_in:x}/0x{child.spi_out:x}",
    ]
    if not detail:
        return lines
    transform = child.pair.transform
    name = transform.encryption.removeprefix("esp-")
    size = _SIZES.get(name)
    cipher = "AES-GCM" if "gcm" in name else "AES-CBC" if size else name.upper()
    keysize = f", keysize: {size}" if size else ""
    hmac = transform.integrity.removeprefix("esp-").removesuffix("-hmac").replace("-", "")
    return [
        *lines,
        "          AH spi in/out: 0x0/0x0",
        "          CPI in/out: 0x0/0x0",
        f"          Encr: {cipher}{keysize}, esp_hmac: {_HASHES.get(hmac.replace('sha1', 'sha'), 'N/A')}",
        "          ah_hmac: None, comp: IPCOMP_NONE, mode tunnel",
    ]


def _selector(network: IPv4Network) -> str:
    return f"{network.network_address}/0 - {network.broadcast_address}/65535"


def _tunnel_id(sa: IkeSa) -> int:
    """A number of seven to nine digits that is the SA's own."""
    return 1_000_000 + sa.cookies.initiator % 999_000_000
