# SPDX-License-Identifier: GPL-3.0-or-later
"""Large texts as a hub prints them, the same for the same size, with the truth about them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from ipaddress import IPv4Address

LOCAL = "203.0.113.1"
_DETAIL = """\
      #pkts no sa (send): 0, #pkts invalid sa (rcv): 0
      #pkts encaps failed (send): 0, #pkts decaps failed (rcv): 0
      #pkts invalid prot (rcv): 0, #pkts verify failed: 0
      #pkts invalid identity (rcv): 0, #pkts invalid len (rcv): 0
      #pkts invalid pad (rcv): 0,
      #pkts invalid ip version (rcv): 0,
      #pkts replay rollover (send): 0, #pkts replay rollover (rcv): 0
      #pkts replay failed (rcv): 0
      #pkts min mtu frag failed (send): 0, #pkts bad frag offset (rcv): 0
      #pkts internal err (send): 0, #pkts internal err (rcv): 0
"""


@dataclass(frozen=True)
class Text:
    """``spis`` is how many SPIs it holds, and ``blocks`` how many identity blocks or crypto map entries."""

    text: str
    blocks: int
    spis: int = 0


def ipsec_sa(tunnels: int, *, detail: bool) -> Text:
    """``show crypto ipsec sa [detail]`` of a 9.x hub, two identity blocks a tunnel.

    Six of ten tunnels are IKEv2, two of ten cross a NAT, one of twenty is a VTI, three of a hundred are in a rekey with
    two SAs a direction, one of twenty has a port in its identities.
    """
    choose = random.Random(2009)
    parts, spis = ["interface: outside\n"], 0
    for tunnel in range(tunnels):
        peer = str(IPv4Address(int(IPv4Address("198.18.0.2")) + tunnel))
        ike = "IKEv2" if choose.random() < 0.6 else "IKEv1"
        nat, vti = choose.random() < 0.2, choose.random() < 0.05
        port, rekey = choose.random() < 0.05, choose.random() < 0.03
        tag = f"__vti-crypto-map-{tunnel}-0-1" if vti else "outside_map"
        for lane in range(2):
            local, remote = f"10.{tunnel >> 8}.{tunnel & 255}.{16 * lane}", f"100.64.{tunnel & 255}.{16 * lane}"
            sas = [_sa(choose, tag, ike, nat, old) for old in ([False, True] if rekey else [False]) for _ in range(2)]
            spis += len(sas)
            sent = choose.randrange(1 << 27)
            got = choose.randrange(1 << 27)
            service = "17/500" if port else "0/0"
            parts.append(
                f"    Crypto map tag: {tag}, seq num: {tunnel % 65000 + 1}, local addr: {LOCAL}\n\n"
                + (
                    ""
                    if vti
                    else f"      access-list vpn_{tunnel} extended permit ip {local} 255.255.255.240 "
                    f"{remote} 255.255.255.240 \n"
                )
                + f"      local ident (addr/mask/prot/port): ({local}/255.255.255.240/{service})\n"
                f"      remote ident (addr/mask/prot/port): ({remote}/255.255.255.240/{service})\n"
                f"      current_peer: {peer}\n\n\n"
                f"      #pkts encaps: {sent}, #pkts encrypt: {sent}, #pkts digest: {sent}\n"
                f"      #pkts decaps: {got}, #pkts decrypt: {got}, #pkts verify: {got}\n"
                "      #pkts compressed: 0, #pkts decompressed: 0\n"
                f"      #pkts not compressed: {sent}, #pkts comp failed: 0, #pkts decomp failed: 0\n"
                "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0\n"
                "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0\n"
                "      #TFC rcvd: 0, #TFC sent: 0\n"
                "      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0\n"
                + (_DETAIL if detail else "")
                + "      #send errors: 0, #recv errors: 0\n\n"
                f"      local crypto endpt.: {LOCAL}/{4500 if nat else 500}, "
                f"remote crypto endpt.: {peer}/{4500 if nat else 500}\n"
                "      path mtu 1500, ipsec overhead 74(44), media mtu 1500\n"
                "      PMTU time remaining (sec): 0, DF policy: copy-df\n"
                "      ICMP error validation: disabled, TFC packets: disabled\n"
                f"      current outbound spi: {sas[1][0]:08X}\n"
                f"      current inbound spi : {sas[0][0]:08X}\n\n"
                "    inbound esp sas:\n"
                + "".join(text for _, text in sas[::2])
                + "    outbound esp sas:\n"
                + "".join(text for _, text in sas[1::2])
                + "\n"
            )
    return Text("".join(parts), 2 * tunnels, spis)


def _sa(choose: random.Random, tag: str, ike: str, nat: bool, old: bool) -> tuple[int, str]:
    spi = choose.randrange(1 << 8, 1 << 32)
    settings = f"L2L, Tunnel, {' NAT-T-Encaps, ' if nat else ''}PFS Group 14, {ike}, {'Rekeyed' if old else ''}}}"
    return spi, (
        f"      spi: 0x{spi:08X} ({spi})\n"
        "         SA State: active\n"
        "         transform: esp-aes-256 esp-sha-256-hmac no compression \n"
        f"         in use settings ={{{settings}\n"
        f"         slot: 0, conn_id: {choose.randrange(1 << 28)}, crypto-map: {tag}\n"
        f"         sa timing: remaining key lifetime (kB/sec): "
        f"({choose.randrange(4608000)}/{choose.randrange(120, 28800)})\n"
        "         IV size: 16 bytes\n"
        "         replay detection support: Y\n"
        "         Anti replay bitmap: \n"
        "          0xFFFFFFFF 0xFFFFFFFF\n"
    )


def running_config(entries: int) -> Text:
    """``show running-config`` of a 9.x hub with so many crypto map entries, each with its list and tunnel-group."""
    lists, maps, groups = [], [], []
    for tunnel in range(entries):
        peer = str(IPv4Address(int(IPv4Address("198.18.0.2")) + tunnel))
        network = f"10.{tunnel >> 8}.{tunnel & 255}.0"
        lists.append(f"access-list vpn_{tunnel} extended permit ip 10.0.0.0 255.128.0.0 {network} 255.255.255.0 \n")
        entry = f"crypto map outside_map {tunnel % 65000 + 1}"
        maps.append(
            f"{entry} match address vpn_{tunnel}\n{entry} set pfs group14\n{entry} set peer {peer} \n"
            f"{entry} set ikev2 ipsec-proposal AES256\n"
        )
        groups.append(
            f"tunnel-group {peer} type ipsec-l2l\ntunnel-group {peer} ipsec-attributes\n"
            " ikev2 remote-authentication pre-shared-key *****\n ikev2 local-authentication pre-shared-key *****\n"
        )
    return Text(
        ": Saved\n:\nASA Version 9.16(4) \n!\nhostname hub\nnames\n!\ninterface GigabitEthernet0/0\n nameif outside\n"
        f" security-level 0\n ip address {LOCAL} 255.255.255.0 \n!\n"
        + "".join(lists)
        + "crypto ipsec ikev2 ipsec-proposal AES256\n protocol esp encryption aes-256\n"
        + " protocol esp integrity sha-256\n"
        + "".join(maps)
        + "crypto map outside_map interface outside\ncrypto ikev2 policy 1\n encryption aes-256\n integrity sha256\n"
        " group 14\n prf sha256\n lifetime seconds 86400\ncrypto ikev2 enable outside\n"
        + "".join(groups)
        + "Cryptochecksum:0123456789abcdef0123456789abcdef\n: end\n",
        entries,
    )
