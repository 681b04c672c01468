# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of ``show crypto ipsec sa``, read in one pass into blocks; the command's own module has the grammar.

A block keeps what its lines said and every reason not to trust it. Nothing is judged here: a block that lacks a
line is found when the entries are made.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, IpsecSa, Selector
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import (
    Names,
    address_or_name,
    endpoint,
    selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._ipsec_shapes import COUNTER, SA, SECTION
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

# What an SA read in one step has told already: a line that tells it again is not understood.
_TOLD = {field.name: True for field in dataclasses.fields(IpsecSa)} | {"replay": True, "bitmap": 1}
_SECTIONS = {(way, kind): (Direction(way), kind) for way in ("inbound", "outbound") for kind in ("esp", "ah", "pcp")}


@dataclass(slots=True)
class Block:
    """One identity block while it is read. ``faults`` are reasons not to trust it."""

    start: int
    facts: dict[str, Any] = field(default_factory=dict)
    local: Selector | None = None
    remote: Selector | None = None
    counters: dict[str, int] = field(default_factory=dict)
    sections: list[tuple[Direction, str]] = field(default_factory=list)
    sas: list[dict[str, Any] | IpsecSa] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def ends_with_heading(self) -> bool:
        """Whether the last section is a heading with no SA of its direction."""
        directions = {sa.direction if isinstance(sa, IpsecSa) else sa["direction"] for sa in self.sas}
        return self.sections[-1][0] not in directions


class Reader:
    """One pass over the lines; the first word of a line chooses its method, which says whether it knew the line."""

    def __init__(self, names: Names | None) -> None:
        self.names = names
        self.blocks: list[Block] = []
        self.block: Block | None = None
        self.sa: dict[str, Any] = {}
        self.head: dict[str, Any] = {}
        self.headings = 0
        self.none = False
        self.number = 0
        self.wrapped: tuple[int, str] | None = None
        self.memo: dict[str, dict[str, int]] = {}
        # A release either prints replay bitmaps or it does not: then an SA that lacks its own was cut.
        self.bitmaps = False
        # Thousands of SAs share a handful of texts.
        self.texts: dict[str, str] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self.methods: dict[str, Callable[[str], bool]] = {
            "interface:": self.interface,
            "peer": self.peer_address,
            "There": self.no_sas,
            "Crypto": self.crypto_map,
            "access-list": self.access_list,
            "local": self.local,
            "remote": self.remote,
            "current_peer:": self.current_peer,
            "path": self.path,
            "current": self.current_spi,
            "inbound": self.section,
            "outbound": self.section,
            "spi:": self.spi,
            "SA": self.state,
            "transform:": self.transform,
            "in": self.settings,
            "slot:": self.slot,
            "sa": self.timing,
            "IV": lambda line: bool(self.sa) and line.startswith("IV size: "),
            "replay": self.replay,
            "Anti": self.anti_replay,
            "Protected": lambda line: line.startswith("Protected vrf"),
            "dynamic": lambda line: line.startswith("dynamic allocated peer ip"),
            "PMTU": lambda line: line.startswith("PMTU time remaining"),
            "ICMP": lambda line: line.startswith("ICMP error validation: "),
        }

    def read(self, rows: Iterable[tuple[int, str | re.Match[str]]], account: Account) -> None:
        """Lines, and what the shapes took, in the order of the text."""
        for number, row in rows:
            if isinstance(row, str):
                self.line(number, row, account)
            elif self.wrapped or not self.take(number, row):
                for each, line in enumerate(row[0].split("\n"), number):
                    if line := line.strip():
                        self.line(each, line, account)
        if self.wrapped:
            self.unknown(account, *self.wrapped)

    def line(self, number: int, line: str, account: Account) -> None:
        self.number = number
        first = line.split(None, 1)[0]
        before, self.wrapped = self.wrapped, None
        if before and (line[0] == "#" or first in self.methods):
            self.unknown(account, *before)
            before = None
        if before or line[0] == "#":
            known = self.counters(f"{before[1]} {line}" if before else line)
        elif method := self.methods.get(first):
            known = method(line)
        else:
            known = line.startswith("0x") and self.bitmap(line)
        if not known:
            if before:
                self.unknown(account, *before)
            self.unknown(account, number, line)

    def unknown(self, account: Account, number: int, line: str) -> None:
        account.unknown(number, line)
        if self.block:
            self.block.faults.append(f"line {number} is not understood: {line}")

    # Several lines at once.

    def take(self, number: int, match: re.Match[str]) -> bool:
        """What a shape took; ``False`` leaves it to be read line by line, which finds out what is wrong with it."""
        if match.re is SA:
            return self.whole_sa(match)
        if match.re is SECTION:
            return self.begin_section(match["way"], match["kind"])
        return self.whole_head(number, match)

    def whole_head(self, number: int, match: re.Match[str]) -> bool:
        (blank, crypto_map, sequence, local_address, _, access_list, local_text, remote_text, peer, _, counters, _,
         local_endpoint, remote_endpoint, path_mtu, overhead, outbound, inbound) = match.groups()  # fmt: skip
        names, same = self.names, self.texts.setdefault
        local, remote = selector(local_text, names), selector(remote_text, names)
        if local is None or remote is None:
            return False
        self.number = number + blank.count("\n")
        block = self.begin(crypto_map=same(crypto_map, crypto_map))
        facts = block.facts
        facts["local_address"] = address_or_name(local_address, names)
        facts["peer"] = address_or_name(peer, names)
        facts["local_endpoint"], facts["local_port"] = endpoint(local_endpoint, names)
        facts["remote_endpoint"], facts["remote_port"] = endpoint(remote_endpoint, names)
        facts["path_mtu"], facts["overhead"] = int(path_mtu), int(overhead)
        facts["current_outbound_spi"] = int(outbound, 16)
        if sequence:
            facts["sequence"] = int(sequence)
        if inbound:
            facts["current_inbound_spi"] = int(inbound, 16)
        if access_list:
            facts["access_list"] = access_list
        block.local, block.remote = local, remote
        block.counters = {same(label, label): int(count) for label, count in COUNTER.findall(counters)}
        return True

    def whole_sa(self, match: re.Match[str]) -> bool:
        if not self.block or not self.block.sections:
            return False
        spi_text, decimal, state, transform, words, slot, conn_id, crypto_map, kilobytes, seconds, only = match.groups()
        spi = int(spi_text, 16)
        if decimal != str(spi):
            return False
        direction, protocol = self.block.sections[-1]
        settings = self.split(words)
        sa = IpsecSa(
            direction,
            spi,
            protocol,
            self.same(state) if state else None,
            self.same(transform),
            settings,
            int(slot),
            int(conn_id),
            self.same(crypto_map),
            int(seconds or only),
            int(kilobytes) if kilobytes else None,
            "Rekeyed" in settings,
        )
        self.bitmaps = True
        self.block.sas.append(sa)
        self.sa = dict(_TOLD)
        return True

    # Headings, which say what the following blocks have in common.

    def interface(self, line: str) -> bool:
        self.heading()
        self.head = {"interface": line[10:].strip()}
        return True

    def peer_address(self, line: str) -> bool:
        if not line.startswith("peer address: "):
            return False
        self.heading()
        self.head = {"peer": address_or_name(line[14:], self.names)}
        return True

    def heading(self) -> None:
        self.headings += 1
        self.block, self.sa = None, {}

    def no_sas(self, line: str) -> bool:
        known = line.rstrip(".").lower() == "there are no ipsec sas"
        self.none |= known
        return known

    def begin(self, **facts: Any) -> Block:
        self.block, self.sa = Block(self.number, {**self.head, **facts}), {}
        self.blocks.append(self.block)
        return self.block

    def crypto_map(self, line: str) -> bool:
        facts: dict[str, Any] = {}
        for part in line.split(", "):
            label, _, value = part.partition(": ")
            if label == "Crypto map tag":
                facts["crypto_map"] = value
            elif label == "seq num" and value.isdigit():
                facts["sequence"] = int(value)
            elif label == "local addr":
                facts["local_address"] = address_or_name(value, self.names)
            else:
                return False
        self.begin(**facts)
        return True

    # The identity block.

    def identity(self) -> Block:
        """The block that the next identity line belongs to; a second identity starts another."""
        if self.block is None or self.block.local or self.block.sections:
            return self.begin()
        return self.block

    def open(self) -> Block:
        """The block whose facts are still to come. After its SAs they are another's, whose head is lost."""
        if self.block and not self.block.sections:
            return self.block
        block = self.begin()
        block.faults.append(f"line {self.number} belongs to a block whose head is missing")
        return block

    def access_list(self, line: str) -> bool:
        words = line.split()
        if len(words) < 2:
            return False
        self.identity().facts["access_list"] = words[1]
        return True

    def local(self, line: str) -> bool:
        if line.startswith("local crypto endpt.: "):
            return self.endpoints(line)
        if not line.startswith("local ident "):
            return False
        block = self.identity()
        block.local = self.ident(line, block)
        return True

    def remote(self, line: str) -> bool:
        if not self.block or not line.startswith("remote ident "):
            return False
        self.block.remote = self.ident(line, self.block)
        return True

    def ident(self, line: str, block: Block) -> Selector | None:
        text = line.partition(": (")[2]
        found = selector(text.removesuffix(")"), self.names)
        if not text.endswith(")"):
            block.faults.append(f"line {self.number} is cut: {line}")
        elif found is None:
            block.faults.append(f"line {self.number} has no address but a name that is not known here: {line}")
        return found

    def current_peer(self, line: str) -> bool:
        peer, _, _user = line[13:].partition(",")
        self.open().facts["peer"] = address_or_name(peer.strip(), self.names)
        return True

    def counters(self, line: str) -> bool:
        block = self.open()
        found = self.memo.get(line)
        if found is None:
            found = {}
            parts = line.rstrip(", ").split(",")
            for part in parts:
                label, _, count = part.strip().rpartition(" ")
                if count.isdigit():
                    found[label.lstrip("#").rstrip(": ")] = int(count)
                elif part is parts[-1] and len(line) < 200:
                    # A paste may wrap a counter inside its label: `#pkts decomp` and `failed: 0`.
                    self.wrapped = (self.number, line)
                    return True
                else:
                    return False
            self.memo[line] = found
        block.counters.update(found)
        return True

    def endpoints(self, line: str) -> bool:
        local, comma, remote = line[21:].partition(", remote crypto endpt.: ")
        if not comma:
            return False
        facts = self.open().facts
        facts["local_endpoint"], facts["local_port"] = endpoint(local.strip(), self.names)
        facts["remote_endpoint"], facts["remote_port"] = endpoint(remote.strip(), self.names)
        return True

    def path(self, line: str) -> bool:
        words = line.replace(",", " ").replace("(", " ").split()
        match words:
            case ["path", "mtu", mtu, "ipsec", "overhead", overhead, *_] if mtu.isdigit() and overhead.isdigit():
                self.open().facts |= {"path_mtu": int(mtu), "overhead": int(overhead)}
                return True
        return False

    def current_spi(self, line: str) -> bool:
        words = line.replace(":", " : ").split()
        if len(words) != 5 or words[2:4] != ["spi", ":"] or words[1] not in ("inbound", "outbound"):
            return False
        spi = _hexadecimal(words[4])
        self.open().facts[f"current_{words[1]}_spi"] = spi
        return spi is not None

    # The SAs.

    def section(self, line: str) -> bool:
        words = line.split()
        return words[2:] == ["sas:"] and self.begin_section(words[0], words[1])

    def begin_section(self, way: str, kind: str) -> bool:
        found = _SECTIONS.get((way, kind))
        if not self.block or not found or found in self.block.sections:
            return False
        self.block.sections.append(found)
        self.sa = {}
        return True

    def spi(self, line: str) -> bool:
        if not self.block or not self.block.sections:
            return False
        hexadecimal, _, decimal = line[4:].partition("(")
        spi = _hexadecimal(hexadecimal.strip())
        if spi is None:
            return False
        direction, protocol = self.block.sections[-1]
        self.sa = {"direction": direction, "spi": spi, "protocol": protocol}
        if decimal != f"{spi})":
            self.sa["incomplete"] = f"line {self.number}: the SPI in hexadecimal and in decimal are not the same"
        self.block.sas.append(self.sa)
        return True

    def same(self, text: str) -> str:
        """A text without the blanks and the end of its line, one object for all that are equal."""
        found = self.texts.get(text)
        if found is None:
            found = self.texts[text] = text.rstrip()
        return found

    def split(self, text: str) -> tuple[str, ...]:
        """The settings of an SA, which are few and repeated."""
        found = self.words.get(text)
        if found is None:
            found = self.words[text] = tuple(stripped for word in text.split(",") if (stripped := word.strip()))
        return found

    def set(self, name: str, value: Any) -> bool:
        if not self.sa or name in self.sa:
            return False
        self.sa[name] = value
        return True

    def state(self, line: str) -> bool:
        return line.startswith("SA State: ") and self.set("state", line[10:])

    def transform(self, line: str) -> bool:
        return self.set("transform", line[11:])

    def settings(self, line: str) -> bool:
        text = line.partition("={")[2]
        if not line.startswith("in use settings") or not text.endswith("}"):
            return False
        words = self.split(text[:-1])
        return self.set("settings", words) and self.set("rekeyed", "Rekeyed" in words)

    def slot(self, line: str) -> bool:
        for part in line.split(", "):
            label, _, value = part.partition(": ")
            if label == "crypto-map":
                self.set("crypto_map", value)
            elif label in ("slot", "conn_id") and value.isdigit():
                self.set(label, int(value))
            else:
                return False
        return bool(self.sa)

    def timing(self, line: str) -> bool:
        label, _, value = line.partition("): ")
        kilobytes, slash, seconds = value.strip("()").partition("/")
        if label == "sa timing: remaining key lifetime (kB/sec" and kilobytes.isdigit() and seconds.isdigit():
            return self.set("lifetime_kilobytes", int(kilobytes)) and self.set("lifetime_seconds", int(seconds))
        if label == "sa timing: remaining key lifetime (sec" and not slash and kilobytes.isdigit():
            return self.set("lifetime_seconds", int(kilobytes))
        return False

    def replay(self, line: str) -> bool:
        return line.startswith("replay detection support: ") and self.set("replay", True)

    def anti_replay(self, line: str) -> bool:
        self.bitmaps |= line == "Anti replay bitmap:"
        return line == "Anti replay bitmap:" and self.set("bitmap", 0)

    def bitmap(self, line: str) -> bool:
        if "bitmap" not in self.sa or not all(word.startswith("0x") for word in line.split()):
            return False
        self.sa["bitmap"] += 1
        return True


def _hexadecimal(text: str) -> int | None:
    """An SPI: 32 bits, with or without ``0x``, in either case."""
    try:
        number = int(text, 16)
    except ValueError:
        return None
    return number if 0 <= number < 1 << 32 else None
