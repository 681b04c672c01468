# SPDX-License-Identifier: GPL-3.0-or-later
"""`show crypto isakmp|ikev1|ikev2 sa` and `show crypto ipsec sa|stats`, in the layout of the claimed release.

The layouts differ between 7.x, 8.x and 9.x in ways that parsers stumble over; each difference carries its reason.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from lab.cli.show_ikev2 import ike2_table
from lab.cli.tree import Match, registry
from lab.engine.ike_sa import IkeSa
from lab.engine.ipsec import Context, SaPair
from lab.engine.policy import UNLIMITED
from lab.engine.proxies import Ident, local_text, remote_text

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.engine.network import Device

REKEY_NOTE = "(A tunnel will report 1 Active and 1 Rekey SA during rekey)"


def ip_mask(network: IPv4Network) -> str:
    return f"{network.network_address}/{network.netmask}"


# -- IKE -----------------------------------------------------------------------------------------------------


def ike_table(device: Device, detail: bool) -> list[str]:
    sas = [sa for sa in device.ike.sas if sa.version == 1]
    if not sas:
        return ["", "There are no isakmp sas" if device.legacy else "There are no IKEv1 SAs"]
    rekeying = sum(sa.rekeying for sa in sas)
    head = [] if device.legacy else ["IKEv1 SAs:", ""]
    lines = ["", *head, f"   Active SA: {len(sas) - rekeying}", f"    Rekey SA: {rekeying} {REKEY_NOTE}"]
    lines += [f"Total IKE SA: {len(sas)}", ""]
    for number, sa in enumerate(sas, 1):
        lines += _ike_entry(device, number, sa, detail)
    return lines


def _ike_entry(device: Device, number: int, sa: IkeSa, detail: bool) -> list[str]:
    # A peer whose phase 1 is not done yet has no tunnel-group type and is printed as "user".
    kind = "L2L" if sa.active else "user"
    # A standby unit holds copies, which negotiate nothing (from engineering practice).
    mode = sa.state[:2]
    state = f"{mode}_STANDBY" if device.standby else f"{mode}_ACTIVE_REKEY" if sa.rekeying else sa.state
    lines = [
        f"{number:<4}IKE Peer: {sa.peer}",
        f"    Type    : {kind:<16}Role    : {sa.role:<10}",
        f"    Rekey   : {'yes' if sa.rekeying else 'no':<16}State   : {state} ",
    ]
    if detail and sa.policy:
        left = int(sa.established + sa.lifetime - device.scheduler.now) if sa.active else 0
        lines += [
            f"    Encrypt : {sa.policy.encryption:<16}Hash    : {sa.policy.hash.upper():<10}",
            f"    Auth    : {_auth(sa):<16}Lifetime: {lifetime_text(sa)}",
            f"    Lifetime Remaining: {left}",
        ]
    return lines


def _auth(sa: IkeSa) -> str:
    return "preshared" if sa.policy is None or sa.policy.authentication == "pre-share" else "rsa"


def lifetime_text(sa: IkeSa) -> str:
    return "none" if sa.lifetime >= UNLIMITED else str(sa.lifetime)


@registry.exec("show crypto isakmp sa [detail]", "show isakmp sa [detail]")
def show_isakmp_sa(session: Session, match: Match) -> list[str]:
    lines = ike_table(session.device, "detail" in match)
    return lines if session.device.legacy else [*lines, *ike2_table(session.device, "detail" in match)]


@registry.exec("show crypto ikev1 sa [detail]", trains=("modern",))
def show_ikev1_sa(session: Session, match: Match) -> list[str]:
    return ike_table(session.device, "detail" in match)


@registry.exec("show crypto ikev2 sa [detail]", trains=("modern",))
def show_ikev2_sa(session: Session, match: Match) -> list[str]:
    return ike2_table(session.device, "detail" in match)


# -- IPsec ---------------------------------------------------------------------------------------------------


@registry.exec(
    "show crypto ipsec sa [entry] [detail]", "show crypto ipsec sa peer <ip> [detail]",
    "show crypto ipsec sa map <word> [detail]", "show ipsec sa [entry] [detail]", "show ipsec sa peer <ip> [detail]",
)  # fmt: skip
def show_ipsec_sa(session: Session, match: Match) -> list[str]:
    device = session.device
    contexts = list(device.datapath.contexts.items())
    if "peer" in match.words:
        contexts = [(key, c) for key, c in contexts if key[0] == match.args["ip"]]
    if "map" in match.words:
        contexts = [(key, c) for key, c in contexts if c.pairs[0].entry.name == match.args["word"]]
    if not contexts:
        return ["", "There are no ipsec sas", ""]
    # The peer form has a heading of its own and no interface line.
    by_peer = "peer" in match.words
    lines: list[str] = []
    heading = ""
    for (peer, ident), context in contexts:
        wanted = f"peer address: {peer}" if by_peer else f"interface: {_interface(device, context.pairs[0])}"
        if wanted != heading:
            lines.append(wanted)
            heading = wanted
        lines += _context(device, ident, context, "detail" in match)
    return lines


def _interface(device: Device, pair: SaPair) -> str:
    tunnel = next((t.nameif for t in device.policy.tunnels if t.hardware == pair.entry.tunnel), None)
    if tunnel:
        return tunnel
    return next((i.nameif for i in device.policy.interfaces if str(i.address.ip) == pair.local), "outside")


def _context(device: Device, ident: Ident, context: Context, detail: bool) -> list[str]:
    pair = context.pairs[0]
    count = context.counters
    modern = device.version >= (9, 0)
    encaps, decaps = count.encaps, count.decaps
    lines = [
        f"    Crypto map tag: {pair.entry.name}, seq num: {pair.entry.sequence}, local addr: {pair.local}",
        "",
        *([f"      {pair.ace.text} "] if pair.ace.text else []),
        f"      local ident (addr/mask/prot/port): ({local_text(ident)})",
        f"      remote ident (addr/mask/prot/port): ({remote_text(ident)})",
        f"      current_peer: {pair.peer}",
        *(["", ""] if modern else [""]),
        f"      #pkts encaps: {encaps}, #pkts encrypt: {encaps}, #pkts digest: {encaps}",
        f"      #pkts decaps: {decaps}, #pkts decrypt: {decaps}, #pkts verify: {decaps}",
        "      #pkts compressed: 0, #pkts decompressed: 0",
        f"      #pkts not compressed: {encaps}, #pkts comp failed: 0, #pkts decomp failed: 0",
        "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0",
        "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0",
    ]
    if modern:
        lines.append("      #TFC rcvd: 0, #TFC sent: 0")
        lines.append("      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0")
    if detail:
        lines += _detail_counters(count.recv_errors)
    else:
        lines.append(f"      #send errors: {count.send_errors}, #recv errors: {count.recv_errors}")
    lines += ["", *_endpoints(device, pair), ""]
    lines.append("    inbound esp sas:")
    for sa in context.pairs:
        lines += _sa(device, sa, sa.spi_in, True, sa is pair)
    lines.append("    outbound esp sas:")
    for sa in context.pairs:
        lines += _sa(device, sa, sa.spi_out, False, sa is pair)
    return [*lines, ""]


def _detail_counters(bad_identity: int) -> list[str]:
    return [
        "      #pkts no sa (send): 0, #pkts invalid sa (rcv): 0",
        "      #pkts encaps failed (send): 0, #pkts decaps failed (rcv): 0",
        "      #pkts invalid prot (rcv): 0, #pkts verify failed: 0",
        f"      #pkts invalid identity (rcv): {bad_identity}, #pkts invalid len (rcv): 0",
        "      #pkts replay rollover (send): 0, #pkts replay rollover (rcv): 0",
        "      #pkts replay failed (rcv): 0",
        "      #pkts min mtu frag failed (send): 0, #pkts bad frag offset (rcv): 0",
        "      #pkts internal err (send): 0, #pkts internal err (rcv): 0",
    ]


def _endpoints(device: Device, pair: SaPair) -> list[str]:
    overhead = 58 if "3des" in pair.transform.encryption else 74
    # Ports appear in 8.4: 0 for IKEv1, 500 for IKEv2, 4500 where ESP goes inside UDP.
    port = "" if device.legacy else "/4500" if pair.nat_t else "/500" if pair.version == 2 else "/0"
    if device.version < (9, 0):
        lines = [
            f"      local crypto endpt.: {pair.local}{port}, remote crypto endpt.: {pair.peer}{port}",
            "",
            f"      path mtu 1500, ipsec overhead {overhead}, media mtu 1500",
        ]
    else:
        lines = [
            f"      local crypto endpt.: {pair.local}{port}, remote crypto endpt.: {pair.peer}{port}",
            f"      path mtu 1500, ipsec overhead {overhead}({36 if overhead == 58 else 44}), media mtu 1500",
            "      PMTU time remaining (sec): 0, DF policy: copy-df",
            "      ICMP error validation: disabled, TFC packets: disabled",
        ]
    lines.append(f"      current outbound spi: {pair.spi_out:08X}")
    if device.version >= (8, 2):
        lines.append(f"      current inbound spi : {pair.spi_in:08X}")
    return lines


def _sa(device: Device, pair: SaPair, spi: int, inbound: bool, current: bool) -> list[str]:
    modern = not device.legacy
    left = max(0, int(pair.expires - device.scheduler.now))
    used = (pair.bytes_in if inbound else pair.bytes_out) // 1024
    volume = 0 if pair.exhausted and not inbound else max(0, pair.kilobytes - used)
    # An unlimited volume is not printed at all.
    timing = f"(kB/sec): ({volume}/{left})" if pair.kilobytes < UNLIMITED else f"(sec): {left}"
    timing = timing if current else "(sec): 0"
    pfs = f"PFS Group {pair.pfs}, " if pair.pfs else ""
    ike = f"IKEv{pair.version}, " if modern else ""
    # Two blanks before it, as captured.
    nat_t = " NAT-T-Encaps, " if pair.nat_t else ""
    vti = "VTI, " if pair.entry.tunnel else ""
    mode = "Transport" if pair.transform.mode == "transport" else "Tunnel"
    # A replaced SA that still lives is marked; captured without the usual ", " before the brace.
    tail = "}" if current else "Rekeyed}"
    compression = " no compression" if device.version >= (8, 0) else ""
    lines = [f"      spi: 0x{spi:08X} ({spi})"]
    if device.version >= (9, 0):
        lines.append("         SA State: active")
    lines += [
        f"         transform: {pair.transform.encryption} {pair.transform.integrity}{compression}",
        f"         in use settings ={{L2L, {mode}, {nat_t}{pfs}{ike}{vti}{tail}",
        f"         slot: 0, conn_id: {pair.connection * (4096 if modern else 1)}, crypto-map: {pair.entry.name}",
        f"         sa timing: remaining key lifetime {timing}",
        f"         IV size: {8 if 'des' in pair.transform.encryption else 16} bytes",
        "         replay detection support: Y",
    ]
    if device.version >= (8, 0):
        bitmap = "0xFFFFFFFF 0xFFFFFFFF" if inbound and pair.packets_in > 63 else "0x00000000 0x00000001"
        lines += ["         Anti replay bitmap: ", f"          {bitmap}"]
    return lines


@registry.exec("show crypto ipsec stats", "show ipsec stats")
def show_ipsec_stats(session: Session, match: Match) -> list[str]:
    device = session.device
    stats = device.datapath.stats
    modern = device.version >= (9, 0)
    inbound = [
        f"Bytes: {stats.bytes_in}", f"Decompressed bytes: {stats.bytes_in}", f"Packets: {stats.packets_in}",
        f"Dropped packets: {stats.dropped_in}", "Replay failures: 0", f"Authentications: {stats.packets_in}",
        "Authentication failures: 0", f"Decryptions: {stats.packets_in}", "Decryption failures: 0",
        *(["TFC Packets: 0"] if modern else []), "Decapsulated fragments needing reassembly: 0",
        *(["Valid ICMP Errors rcvd: 0", "Invalid ICMP Errors rcvd: 0"] if modern else []),
    ]  # fmt: skip
    outbound = [
        f"Bytes: {stats.bytes_out}", f"Uncompressed bytes: {stats.bytes_out}", f"Packets: {stats.packets_out}",
        f"Dropped packets: {stats.dropped_out}", f"Authentications: {stats.packets_out}",
        "Authentication failures: 0", f"Encryptions: {stats.packets_out}", "Encryption failures: 0",
        *(["TFC Packets: 0"] if modern else []), "Fragmentation successes: 0", "    Pre-fragmentation successses: 0",
        "    Post-fragmentation successes: 0", "Fragmentation failures: 0", "    Pre-fragmentation failures: 0",
        "    Post-fragmentation failures: 0", "Fragments created: 0", "PMTUs sent: 0", "PMTUs rcvd: 0",
    ]  # fmt: skip
    return [
        "", "IPsec Global Statistics", "-----------------------", f"Active tunnels: {len(device.datapath.contexts)}",
        f"Previous tunnels: {stats.tunnels_before}", "Inbound", *(f"    {line}" for line in inbound), "Outbound",
        *(f"    {line}" for line in outbound), "Protocol failures: 0", f"Missing SA failures: {stats.missing_sa}",
        "System capacity failures: 0",
    ]  # fmt: skip
