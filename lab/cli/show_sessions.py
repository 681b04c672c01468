# SPDX-License-Identifier: GPL-3.0-or-later
"""`show vpn-sessiondb [detail] l2l`: sessions as the session database keeps them, one per peer, without SPIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cli.tree import Match, registry
from lab.clock import duration
from lab.engine.ike_sa import IkeSa
from lab.engine.ike_sa import Session as VpnSession
from lab.engine.ipsec import Context, SaPair
from lab.engine.policy import UNLIMITED
from lab.engine.proxies import local_text, remote_text

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.engine.network import Device

NONE = "INFO: There are presently no active sessions of the type specified"
_CIPHERS = {
    "aes": "AES128", "aes-192": "AES192", "aes-256": "AES256", "3des": "3DES", "des": "DES", "aes-gcm": "AES-GCM-128",
    "aes-gcm-192": "AES-GCM-192", "aes-gcm-256": "AES-GCM-256",
}  # fmt: skip
_HASHES = {
    "sha": "SHA1", "md5": "MD5", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512", "sha-hmac": "SHA1",
    "sha-1-hmac": "SHA1", "md5-hmac": "MD5", "sha-256-hmac": "SHA256", "sha-384-hmac": "SHA384",
    "sha-512-hmac": "SHA512",
}  # fmt: skip
_AUTH_MODES = {"PSK": "preSharedKeys", "RSA": "rsaCertificate"}


@registry.exec(
    "show vpn-sessiondb [detail] l2l", "show vpn-sessiondb [detail] l2l filter ipaddress <ip>",
    "show vpn-sessiondb [detail] l2l filter name <word>",
)  # fmt: skip
def show_sessiondb(session: Session, match: Match) -> list[str]:
    device = session.device
    wanted = match.args.get("ip") or match.args.get("word")
    found = [s for s in device.ike.sessions.values() if wanted in (None, s.peer)]
    if not found:
        return [NONE]
    detail = "detail" in match
    lines = ["", f"Session Type: LAN-to-LAN{' Detailed' if detail else ''}", ""]
    for entry in found:
        lines += _session(device, entry, detail)
    return lines


def _session(device: Device, entry: VpnSession, detail: bool) -> list[str]:
    sa = device.ike.active(entry.peer)
    contexts = [c for c in device.datapath.contexts.values() if c.peer == entry.peer]
    name = "IKE" if device.legacy else f"IKEv{sa.version if sa else 1}"
    kind = _kind(contexts[0].pairs[0]) if contexts and contexts[0].pairs else "IPsec"
    # With its IKE SA gone a session is listed as "IPsec" alone, and without an IKE section.
    protocol = " ".join([*([name] if sa else []), *([kind] if contexts else [])])
    ike_cipher = _CIPHERS.get(sa.policy.encryption, "?") if sa and sa.policy else ""
    ike_hash = _HASHES.get(sa.policy.hash, "none") if sa and sa.policy else ""
    ciphers = [_CIPHERS.get(c.pairs[0].transform.encryption.removeprefix("esp-"), "?") for c in contexts]
    hashings = [_HASHES.get(c.pairs[0].transform.integrity.removeprefix("esp-"), "none") for c in contexts]
    sent = sum(pair.bytes_out for c in contexts for pair in c.pairs)
    received = sum(pair.bytes_in for c in contexts for pair in c.pairs)
    when = device.network.start.timestamp() + entry.started + device.clock_error
    login = type(device.now).fromtimestamp(when, device.now.tzinfo).strftime("%H:%M:%S UTC %a %b %-d %Y")
    age = device.scheduler.now - entry.started
    lines = [f"Connection   : {entry.group}", _pair("Index", str(entry.index), "IP Addr", entry.peer)]
    lines.append(f"Protocol     : {protocol}")
    if device.legacy:
        lines.append(
            _pair(
                "Encryption",
                " ".join(dict.fromkeys([*([ike_cipher] if sa else []), *ciphers])),
                "Hashing",
                " ".join(dict.fromkeys([*([ike_hash] if sa else []), *hashings])),
            )
        )
    else:
        parts = [f"{name}: (1){ike_cipher}"] if sa else []
        hashes = [f"{name}: (1){ike_hash}"] if sa else []
        if contexts:
            parts.append(f"{kind}: ({len(contexts)}){ciphers[0]}")
            hashes.append(f"{kind}: ({len(contexts)}){hashings[0]}")
        lines += [f"Encryption   : {'  '.join(parts)}", f"Hashing      : {'  '.join(hashes)}"]
    lines += [
        _pair("Bytes Tx", str(sent), "Bytes Rx", str(received)),
        f"Login Time   : {login}",
        f"Duration     : {duration(age)}",
    ]
    if not detail:
        return [*lines, ""]
    lines += [] if device.legacy else [""]
    lines += [f"{name} Tunnels: 1"] if sa else []
    lines += [f"{kind} Tunnels: {len(contexts)}"] if contexts else []
    lines.append("")
    if sa:
        lines += _ike_section(device, entry, sa, name)
    for number, context in enumerate(contexts, 2):
        lines += _ipsec_section(device, entry, context, number)
    return lines


def _ike_section(device: Device, entry: VpnSession, sa: IkeSa, name: str) -> list[str]:
    left = max(0, int(sa.established + sa.lifetime - device.scheduler.now))
    cipher = _CIPHERS.get(sa.policy.encryption, "?") if sa.policy else "?"
    hashing = _HASHES.get(sa.policy.hash, "none") if sa.policy else "?"
    group = sa.policy.group if sa.policy else ""
    port = "4500" if sa.nat_t else "500"
    own, theirs = (_AUTH_MODES[mode] for mode in sa.authentication)
    lines = [
        f"{name}:", f"  Tunnel ID    : {entry.index}.1", "  " + _pair("UDP Src Port", port, "UDP Dst Port", port),
    ]  # fmt: skip
    if sa.version == 2:
        lines += [f"  Rem Auth Mode: {theirs}", f"  Loc Auth Mode: {own}"]
    else:
        mode = "Aggressive" if sa.aggressive else "Main"
        lines.append("  " + _pair("IKE Neg Mode", mode, "Auth Mode", own))
    lines.append("  " + _pair("Encryption", cipher, "Hashing", hashing))
    if sa.lifetime < UNLIMITED:
        lines.append("  " + _pair("Rekey Int (T)", f"{sa.lifetime} Seconds", "Rekey Left(T)", f"{left} Seconds"))
    if sa.version == 2:
        prf = _HASHES.get(sa.policy.prf, "?") if sa.policy else "?"
        lines.append("  " + _pair("PRF", prf, "D/H Group", group))
    else:
        lines.append(f"  D/H Group    : {group}")
    return [*lines, "  Filter Name  : ", ""]


def _ipsec_section(device: Device, entry: VpnSession, context: Context, number: int) -> list[str]:
    pair = context.pairs[0]
    left = max(0, int(pair.expires - device.scheduler.now))
    used = (pair.bytes_in + pair.bytes_out) // 1024
    volume = 0 if pair.exhausted else pair.kilobytes - used
    cipher = _CIPHERS.get(pair.transform.encryption.removeprefix("esp-"), "?")
    hashing = _HASHES.get(pair.transform.integrity.removeprefix("esp-"), "?")
    encapsulation = _pair("Encapsulation", "Tunnel", "PFS Group", pair.pfs) if pair.pfs else "Encapsulation: Tunnel"
    return [
        f"{_kind(pair)}:",
        f"  Tunnel ID    : {entry.index}.{number}",
        f"  Local Addr   : {local_text(pair.ident)}",
        f"  Remote Addr  : {remote_text(pair.ident)}",
        "  " + _pair("Encryption", cipher, "Hashing", hashing),
        "  " + encapsulation,
        "  " + _pair("Rekey Int (T)", f"{pair.seconds} Seconds", "Rekey Left(T)", f"{left} Seconds"),
        *(
            ["  " + _pair("Rekey Int (D)", f"{pair.kilobytes} K-Bytes", "Rekey Left(D)", f"{volume} K-Bytes")]
            if pair.kilobytes < UNLIMITED
            else []
        ),
        "  " + _pair("Idle Time Out", *_idle(device, context)),
        "  " + _pair("Bytes Tx", str(pair.bytes_out), "Bytes Rx", str(pair.bytes_in)),
        "  " + _pair("Pkts Tx", str(pair.packets_out), "Pkts Rx", str(pair.packets_in)),
        "  ",
    ]


def _kind(pair: SaPair) -> str:
    return "IPsecOverNatT" if pair.nat_t else "IPsec"


def _idle(device: Device, context: Context) -> tuple[str, str, str]:
    """0 Minutes stands for no idle time-out."""
    child = device.ike.phase2.with_spi(context.pairs[0].spi_in)
    limit = child.idle_seconds if child and child.idle_seconds else 0
    left = max(0.0, context.used + limit - device.scheduler.now) if limit else 0
    return f"{limit // 60} Minutes", "Idle TO Left", f"{-(-int(left) // 60)} Minutes"


def _pair(left: str, one: str, right: str, two: str) -> str:
    return f"{left:<13}: {one:<23}{right:<13}: {two:<23}".rstrip()
