# SPDX-License-Identifier: GPL-3.0-or-later
"""``show asp table vpn-context [detail]``: the SAs as the data plane holds them, one context a direction.

::

    VPN ID=0058070576, DECR+ESP, UP, pk=0000000000, rk=0000000000, gc=0                 (7.0 to 8.0)
    VPN CTX=0x0005FF54, Ptr=0x6DE62DA0, DECR+ESP+PRESERVE, UP, pk=0000000000, rk=0000000000, gc=0   (8.0)

    VPN Ctx  = 0058070576 [0x0376E630]         detail, 7.x: the handle and its address
    VPN CTX  = 0x0742E6BC                      detail, 8.x and 9.x

    Peer IP  = 192.168.1.0                     (8.x; the remote network's address, or a name)
    Pointer  = 0x78C62A3E
    State    = UP                              (``UP+DIP``: a deletion is under way)
    Flags    = DECR+ESP+NATT                   (DECR receives, ENCR sends)
    SA       = 0x0225E0DF
    SPI      = 0xDF9E5F39
    Group    = 7
    Pkts     = 3                               then Bad Pkts, Bad SPI, Spoof, Bad Crypto, Rekey Pkt, Rekey Call
    VPN Filter = <none>                        (9.x; 8.x from engineering practice)

``detail`` gives each direction's SPI independently of the control plane. From engineering practice: a device without
SAs prints nothing at all, which cannot be told from an output that was not read, so that it stays incomplete; what
``UP+DIP`` says; that ``pk`` counts packets and ``rk`` rekeys.

Sources: Cisco ASA command reference, ``show asp table vpn-context``, 7.2 and 8.x; texts of 9.x on public pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, VpnContext
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address_or_name
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import hexadecimal, key, number

COMMAND = "show asp table vpn-context"

_FLAGS = re.compile(r"(?:DECR|ENCR)(?:\+[\w-]{1,20}){0,12}")
_WORD = re.compile(r"[A-Z][\w+-]{1,40}")
_COUNTS = ("group", "pkts", "bad_pkts", "bad_spi", "spoof", "bad_crypto", "rekey_pkt", "rekey_call")
# What every context of `detail` has printed by its end.
_LAST = ("state", "flags", "spi", "rekey_call")


def _handle(text: str) -> int | None:
    return hexadecimal(text) if text.startswith("0x") else number(text)


def _state(text: str) -> str | None:
    return text if _WORD.fullmatch(text) else None


def _flags(text: str) -> tuple[str, ...] | None:
    return tuple(text.split("+")) if _FLAGS.fullmatch(text) else None


_DETAIL: dict[str, Callable[[str], Any]] = {
    "pointer": hexadecimal,
    "state": _state,
    "flags": _flags,
    "sa": hexadecimal,
    "spi": hexadecimal,
    "vpn_filter": lambda text: text or None,
    **dict.fromkeys(_COUNTS, number),
}
_BRIEF: dict[str, tuple[str, Callable[[str], Any]]] = {
    "VPN ID": ("vpn_ctx", number),
    "VPN CTX": ("vpn_ctx", _handle),
    "Ptr": ("pointer", hexadecimal),
    "pk": ("pk", number),
    "rk": ("rk", number),
    "gc": ("gc", number),
}


def _brief(line: str) -> dict[str, Any] | None:
    """A context on one line, if it is a whole one."""
    facts: dict[str, Any] = {}
    for part in line.split(","):
        label, equals, value = part.strip().partition("=")
        if equals and label in _BRIEF:
            name, read = _BRIEF[label]
        elif equals:
            return None
        else:
            name, read, value = ("flags", _flags, label) if "flags" not in facts else ("state", _state, label)
        found = read(value)
        if found is None or name in facts:
            return None
        facts[name] = found
    return facts if facts.keys() >= {"vpn_ctx", "flags", "state", "pk", "rk", "gc"} else None


class _Reader:
    """One pass over the lines."""

    def __init__(self, names: Names | None) -> None:
        self.names = names
        self.contexts: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.detail: dict[str, Any] | None = None

    def line(self, line: str) -> bool:
        if line.startswith("VPN ") and "," in line:
            facts = _brief(line)
            if facts:
                self.begin(facts)
                self.detail = None
            return facts is not None
        label, equals, value = (part.strip() for part in line.partition("="))
        name = key(label)
        if not equals or name not in {"vpn_ctx", "peer_ip", *_DETAIL}:
            return False
        if name == "vpn_ctx":
            handle = _handle(value.split(" [")[0])
            if handle is None:
                return False
            self.detail = {"vpn_ctx": handle}
            self.begin(self.detail)
            return True
        if self.detail is None or name in self.detail:
            return False
        if name == "peer_ip":
            self.detail[name] = address_or_name(value, self.names) if value else None
            return True
        found = _DETAIL[name](value)
        if found is not None:
            self.detail[name] = found
        return found is not None

    def begin(self, facts: dict[str, Any]) -> None:
        self.contexts.append(facts)
        self.faults.append("")


def _context(facts: dict[str, Any], fault: str, filters: bool) -> VpnContext:
    wanted = () if "pk" in facts else (*_LAST, *(("vpn_filter",) if filters else ()))
    lacks = next((name for name in wanted if name not in facts), "")
    fault = fault or (f"the context 0x{facts['vpn_ctx']:08X} is cut: it has no {lacks}" if lacks else "")
    if facts.get("vpn_filter") == "<none>":
        facts = {**facts, "vpn_filter": None}
    return VpnContext(**facts, incomplete=fault)


def parse(text: str, names: Names | None = None) -> Parsed[tuple[VpnContext, ...]]:
    account = Account(COMMAND, text)
    reader = _Reader(names)
    for number_, line in account.lines:
        if not reader.line(line):
            account.unknown(number_, line)
            if reader.faults:
                reader.faults[-1] = reader.faults[-1] or f"line {number_} is not understood: {line}"
    # A release either prints the filter or it does not: the one context that lacks it was cut.
    filters = any("vpn_filter" in facts for facts in reader.contexts)
    contexts = tuple(
        _context(facts, fault, filters) for facts, fault in zip(reader.contexts, reader.faults, strict=True)
    )
    bad = [context for context in contexts if context.incomplete]
    missing = f"{len(bad)} of {len(contexts)} contexts cannot be trusted; {bad[0].incomplete}" if bad else ""
    return account.parsed(contexts, missing if contexts else "there is no VPN context")


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, options=("detail",))
