# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto ipsec sa``: every IPsec SA, under the proxy identities it protects.

::

    interface: outside                      | peer address: 192.0.2.6   (the form with ``peer``)
        Crypto map tag: M, seq num: 10, local addr: A         (7.0 prints no seq num)
          access-list NAME extended permit ip ...             (not for VTI, dynamic maps and 7.0)
          Protected vrf (ivrf): Global                        (9.2x)
          local ident (addr/mask/prot/port): (A/M/0/0)        (the port may be ``0 - 65535``)
          remote ident (addr/mask/prot/port): (A/M/0/0)
          current_peer: A[, username: B]
          dynamic allocated peer ip[(ipv6)]: A                (remote access)
          #label: N, #label: N                                (any label; 9.0 and ``detail`` add more)
          local crypto endpt.: A[/port], remote crypto endpt.: B[/port]      (ports from 8.4)
          path mtu 1500, ipsec overhead 74[(44)], media mtu 1500
          PMTU time remaining (sec): 0, DF policy: copy-df                   (9.0)
          ICMP error validation: disabled, TFC packets: disabled             (9.0)
          current outbound spi: 0B77BCE7
          current inbound spi : 527873A4                                     (not in 7.0)
        inbound esp sas:                                      then ``outbound esp sas:``
          spi: 0x1E8246FC (511854332)                         (several while a rekey is under way)
             SA State: active                                 (9.0)
             transform: esp-aes-256 esp-sha-hmac no compression
             in use settings ={L2L, Tunnel, IKEv1, }          (the old SA of a rekey ends ``Rekeyed}``)
             slot: 0, conn_id: 90112, crypto-map: M
             sa timing: remaining key lifetime (kB/sec): (4373883/26808)    | (sec): 548
             IV size: 16 bytes
             replay detection support: Y
             Anti replay bitmap:                              (8.0), its two words on the next line
              0xFFFFFFFF 0xFFFFFFFF

Without SAs the device says ``There are no ipsec sas``. A text with neither that nor a heading proves nothing, and
is incomplete.

Sources: Cisco ASA command reference, ``show crypto ipsec sa``; texts captured on 7.0, 8.2(5) (Cisco community),
8.4, 9.x during a rekey, 9.8 with a VTI, and 9.2x.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    IpsecEntry,
    IpsecSa,
    Parsed,
    ProxyIdentities,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._ipsec_reader import Block, Reader
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._ipsec_shapes import SHAPES, blank_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import (
    BLANK,
    EARLIER,
    Account,
    lifted,
    normal,
    uncollected,
)

COMMAND = "show crypto ipsec sa"

_CURRENT = tuple((direction, f"current_{direction.value}_spi") for direction in Direction)
_SA_PARTS = ("transform", "settings", "conn_id", "lifetime_seconds")


def _sa(facts: dict[str, Any] | IpsecSa, bitmaps: bool) -> IpsecSa:
    if isinstance(facts, IpsecSa):
        return facts
    lines = facts.pop("bitmap", None)
    whole = facts.pop("replay", False) and all(part in facts for part in _SA_PARTS)
    if not whole or lines == 0 or (bitmaps and lines is None):
        facts.setdefault("incomplete", f"the block of SPI 0x{facts['spi']:08X} is cut")
    return IpsecSa(**facts)


def _entry(block: Block, bitmaps: bool) -> IpsecEntry | None:
    """The finished entry, with the first reason not to trust it. Without identities there is none."""
    sas = tuple(_sa(facts, bitmaps) for facts in block.sas)
    faults = [*block.faults, *(sa.incomplete for sa in sas if sa.incomplete)]
    ways = [direction for direction, _ in block.sections]
    if "peer" not in block.facts:
        faults.append("there is no current_peer")
    if Direction.INBOUND not in ways or Direction.OUTBOUND not in ways:
        faults.append("an inbound or outbound section of SAs is missing")
    for direction, name in _CURRENT:
        current = block.facts.get(name)
        if current and not any(sa.spi == current and sa.direction is direction for sa in sas):
            faults.append(f"the current {direction.value} SPI 0x{current:08X} has no block")
    if block.local is None or block.remote is None:
        block.faults = faults or ["its identities are missing"]
        return None
    block.faults = faults
    return IpsecEntry(
        identities=ProxyIdentities(block.local, block.remote),
        counters=block.counters,
        sas=sas,
        incomplete=faults[0] if faults else "",
        **{"peer": "", **block.facts},
    )


def _incomplete(reader: Reader) -> str:
    if not reader.headings and not reader.none:
        return "neither a heading (interface:, peer address:) nor 'There are no ipsec sas': this is not a whole output"
    if reader.headings and not reader.blocks:
        return "the output ends after a heading"
    if reader.none and reader.blocks:
        return "it says both that there are no SAs and which there are"
    bad = [block for block in reader.blocks if block.faults]
    if not bad and reader.blocks and not reader.blocks[-1].sas:
        return "the output ends before the last block's SAs"
    if bad:
        return f"{len(bad)} of {len(reader.blocks)} blocks cannot be trusted; line {bad[0].start}: {bad[0].faults[0]}"
    if reader.blocks and reader.blocks[-1].ends_with_heading:
        return "the output ends at the heading of a section, before its SAs"
    return ""


def _rows(text: str) -> tuple[Account, list[tuple[int, str | re.Match[str]]]]:
    """The text's account, with its lines and what the shapes took of it in order."""
    parts = lifted(text, SHAPES)
    account = Account.of_rest(COMMAND, parts)
    if EARLIER in account.skipped:
        # What stands before the last echo of the command must not be read, and the shapes have read it.
        account = Account(COMMAND, text)
        return account, [*account.lines]
    account.skip(BLANK, sum(blank_lines(match) for _, match in parts.taken))
    return account, sorted([*account.lines, *parts.taken], key=itemgetter(0))


def parse(text: str, names: Names | None = None) -> Parsed[tuple[IpsecEntry, ...]]:
    """The entries, with ``names`` to resolve what the device printed instead of addresses."""
    with uncollected():
        account, rows = _rows(normal(text))
        reader = Reader(names)
        reader.read(rows, account)
        entries = tuple(entry for block in reader.blocks if (entry := _entry(block, reader.bitmaps)))
        return account.parsed(entries, _incomplete(reader))


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.STATE,
    aliases=("show ipsec sa",),
    options=("peer *", "map *", "entry", "detail"),
    rank=10,
)
