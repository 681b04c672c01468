# SPDX-License-Identifier: GPL-3.0-or-later
"""``show route``: the routing table, with every way to each destination.

::

    Routing Table: mgmt-only                        (``show route management-only``, 9.5 and later; or a VRF's name)
    Codes: C - connected, S - static, ...           the legend, some lines
    Gateway of last resort is 10.86.194.1 to network 0.0.0.0 | is not set

    S*   0.0.0.0 0.0.0.0 [1/0] via 10.86.194.1, outside
    C    10.0.0.0 255.0.0.0 is directly connected, inside
    L        10.0.0.1 255.255.255.255 is directly connected, inside                   (9.x)
    O E2 10.3.0.0 255.255.0.0 [110/20] via 10.1.1.2, 0:01:02, inside
                              [110/20] via 10.1.1.3, 0:01:02, inside                  another way
    O        10.4.0.0 255.255.255.0
               [110/11] via 10.1.1.2, 01:02:03, inside                                a wrapped line
    B        10.5.0.0 255.255.0.0 [20/0] via 10.2.2.2, 1d02h                          no interface
    V        10.6.0.0 255.255.255.0 connected by VPN (advertised), outside            (9.x)
    S        10.7.0.0 255.255.0.0 [255/0] via 10.1.1.1, inside tunneled
    S        10.8.0.0 255.255.0.0 [1/0] is directly connected, Null0
    D        10.9.0.0 255.255.0.0 is a summary, 0:10:00, Null0

With ``names`` on, a network or a gateway may be a name. A line that ends in a comma goes on in the next.

From engineering practice: the forms with ``tunneled`` and ``Null0``, the spelling of ages of a day and more.

Sources: Cisco ASA command reference, ``show route``; Cisco ASA configuration guides, "Displaying the Routing Table"; a
public text of 9.x with BGP.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Network,
    NextHop,
    Parsed,
    Route,
    RoutingTable,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address_or_name, network
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import seconds

COMMAND = "show route"
LEGEND = "legend"

_CODES = words("C S I R M B D EX O IA N1 N2 E1 E2 E i su L L1 L2 ia U o P V SI BI")
_AGE = r"(?P<age>\d{1,6}:\d\d:\d\d|(?:\d{1,4}[ywdh]){1,4}|never)"
_INTERFACE = r"(?P<interface>[A-Za-z_][\w./:+-]{0,63})(?P<tunneled> tunneled)?"
_METRIC = r"\[(?P<distance>\d{1,3})/(?P<metric>\d{1,10})\]"
# An age begins with a digit, an interface with a letter: no part can be taken for the other.
_VIA = re.compile(rf"{_METRIC} via (?P<via>[\w.:-]{{1,63}})(?:, {_AGE})?(?:, {_INTERFACE})?")
_CONNECTED = re.compile(rf"(?:{_METRIC} )?is directly connected, (?:{_AGE}, )?{_INTERFACE}")
_SUMMARY = re.compile(rf"is a summary, (?:{_AGE}, )?{_INTERFACE}")
_VPN = re.compile(rf"(?:{_METRIC} )?(?:is )?connected by VPN \([a-z ]{{1,24}}\),? {_INTERFACE}")
_KINDS = (("via", _VIA), ("directly connected", _CONNECTED), ("summary", _SUMMARY), ("vpn", _VPN))
_GATEWAY = re.compile(r"Gateway of last resort is (?:not set|(\S{1,64}) to network (\S{1,64}))")
_MASK = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def _legend(line: str) -> bool:
    """``Codes: C - connected, S - static``, or one of the lines that go on with it."""
    parts = [part.strip() for part in line.removeprefix("Codes:").rstrip(",").split(",")]
    return all(len(code) <= 2 and dash and meaning for code, dash, meaning in (part.partition(" - ") for part in parts))


def _codes(parts: list[str]) -> tuple[tuple[str, ...], bool, bool, int]:
    """The codes at a line's beginning, its marks (``*``, ``+``), and how many words they are."""
    codes: list[str] = []
    default = replicated = False
    count = 0
    for word in parts:
        bare = word.replace("*", " ").replace("+", " ").split()
        if not all(code in _CODES for code in bare) or (not bare and not codes):
            break
        codes += bare
        default |= "*" in word
        replicated |= "+" in word
        count += 1
    return tuple(codes), default, replicated, count


class _Reader:
    """One pass over the lines. ``held`` are the beginnings of a line that may go on in the next one."""

    def __init__(self, names: Names | None) -> None:
        self.names = names
        self.tables: list[dict[str, Any]] = []
        self.held: list[tuple[int, str]] = []

    @property
    def table(self) -> dict[str, Any]:
        if not self.tables:
            self.tables.append({"name": None, "routes": []})
        return self.tables[-1]

    def read(self, account: Account) -> None:
        for number, line in account.lines:
            held, self.held = self.held, []
            if held and self.known(" ".join([*(text for _, text in held), line]), account):
                if self.held:
                    self.held = [*held, (number, line)]
                continue
            for each in held:
                account.unknown(*each)
            if not self.known(line, account):
                account.unknown(number, line)
            elif self.held:
                self.held = [(number, line)]
        for each in self.held:
            account.unknown(*each)

    def known(self, line: str, account: Account) -> bool:
        if line.startswith("Routing Table: "):
            self.tables.append({"name": line[15:].strip(), "routes": []})
        elif match := _GATEWAY.fullmatch(line):
            if "gateway" in self.table:
                return False
            self.table["gateway"] = address_or_name(match[1], self.names) if match[1] else None
            self.table["gateway_network"] = address_or_name(match[2], self.names) if match[2] else None
        elif " - " in line and _legend(line):
            account.skip(LEGEND)
        elif line.startswith(("[", "via ")):
            return self.another_way(line)
        else:
            return self.route(line)
        return True

    def hold(self, line: str) -> bool:
        """Wait for the rest of a line that a narrow terminal wrapped, which no line of more than some length is."""
        if len(line) < 200:
            self.held = [(0, line)]
        return bool(self.held)

    def hop(self, text: str) -> tuple[str, NextHop] | None:
        for kind, pattern in _KINDS:
            if match := pattern.fullmatch(text):
                facts = match.groupdict()
                age = facts.get("age")
                via = facts.get("via")
                return kind, NextHop(
                    via=address_or_name(via, self.names) if via else None,
                    interface=facts["interface"],
                    distance=int(facts["distance"]) if facts.get("distance") else None,
                    metric=int(facts["metric"]) if facts.get("metric") else None,
                    age=seconds(age) if age else None,
                    tunneled=bool(facts.get("tunneled")),
                )
        return None

    def another_way(self, line: str) -> bool:
        routes: list[Route] = self.table["routes"]
        if not routes:
            return False
        if line.endswith((",", " via")):
            return self.hold(line)
        found = self.hop(line)
        if found is None or found[0] != routes[-1].kind:
            return False
        routes[-1] = replace(routes[-1], next_hops=(*routes[-1].next_hops, found[1]))
        return True

    def route(self, line: str) -> bool:
        parts = line.split()
        codes, default, replicated, count = _codes(parts)
        target = parts[count : count + 2]
        if not codes or len(target) < 2 or not _MASK.fullmatch(target[1]):
            return False
        rest = " ".join(parts[count + 2 :])
        if not rest or rest.endswith((",", " via")):
            return self.hold(line)
        found = self.hop(rest)
        if found is None:
            return False
        kind, hop = found
        where = self.destination(*target)
        self.table["routes"].append(Route(codes, where, kind, (hop,), default, replicated))
        return True

    def destination(self, base: str, mask: str) -> Network | str:
        return network(base, mask, self.names) or f"{base} {mask}"


def parse(text: str, names: Names | None = None) -> Parsed[tuple[RoutingTable, ...]]:
    """The routing tables, with ``names`` to resolve what the device printed instead of addresses."""
    account = Account(COMMAND, text)
    reader = _Reader(names)
    reader.read(account)
    tables = tuple(RoutingTable(**{**facts, "routes": tuple(facts["routes"])}) for facts in reader.tables)
    missing = ""
    if not tables or any("gateway" not in facts for facts in reader.tables):
        missing = "there is no line 'Gateway of last resort'"
    elif reader.held:
        missing = f"the output ends within a route: {reader.held[-1][1]}"
    return account.parsed(tables, missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.SURROUNDINGS, options=("*",), rank=20)
