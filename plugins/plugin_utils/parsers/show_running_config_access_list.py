# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config access-list``: among them the lists that say which traffic a tunnel carries.

::

    access-list NAME [line N] extended permit|deny PROTOCOL SOURCE [PORTS] DESTINATION [PORTS] [options]
    access-list NAME standard permit|deny A M | host A | any4
    access-list NAME remark any text
    access-list NAME ethertype|webtype|advanced ...             (never about a tunnel; the last is Threat Defense's)

    PROTOCOL  ip, tcp, 47, object O, object-group G
    SOURCE    any, any4, any6, host A, A M, A/length, interface I, object O, object-group G
    PORTS     eq|lt|gt|neq P, range P Q, object-group G; for ICMP a type
    options   log ..., time-range T, inactive

The value is the lines in order, each with its words taken apart, and without them where they are not understood.
``_resolve.py`` turns a list into selectors, because that takes names, objects, groups and interfaces, which other
commands print.

Sources: Cisco ASA command reference, ``access-list extended``; captured on 8.2, 8.x, 9.2(2) and 9.x.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config access-list"
KEYWORDS = ("access-list",)
NOT_VPN = "access list not for tunnels"
REMARK = "remark"

_OPERATORS = {"eq": 1, "lt": 1, "gt": 1, "neq": 1, "range": 2}
_ONE_WORD = frozenset({"any", "any4", "any6"})
_TWO_WORDS = frozenset({"host", "object", "object-group", "interface"})


@dataclass(frozen=True)
class AccessLine:
    """One permit or deny as typed. ``source_ports`` and ``destination_ports`` are empty for any port.

    ``time_range`` names the hours in which the line holds; ``None`` is always.
    """

    name: str
    permit: bool
    protocol: tuple[str, ...]
    source: tuple[str, ...]
    source_ports: tuple[str, ...]
    destination: tuple[str, ...]
    destination_ports: tuple[str, ...]
    inactive: bool
    text: str
    time_range: str | None = None


class _Words:
    """The words of a line, taken from the front."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def take(self, count: int) -> tuple[str, ...]:
        taken, self.words = self.words[:count], self.words[count:]
        return tuple(taken)

    def protocol(self) -> tuple[str, ...]:
        return self.take(2 if self.words[:1] in (["object"], ["object-group"]) else 1)

    def address(self) -> tuple[str, ...]:
        first = self.words[0] if self.words else ""
        return self.take(1 if first in _ONE_WORD or "/" in first else 2)

    def ports(self, groups: bool) -> tuple[str, ...]:
        first = self.words[0] if self.words else ""
        if first in _OPERATORS:
            return self.take(1 + _OPERATORS[first])
        if groups and first == "object-group":
            return self.take(2)
        return ()


def access_line(words: list[str], text: str) -> AccessLine | None:
    """One ``extended`` or ``standard`` line taken apart, or ``None`` when it is not one."""
    rest = _Words(words[2:])
    if rest.words[:1] == ["line"]:
        rest.take(2)
    if len(rest.words) < 3 or rest.words[1] not in ("permit", "deny"):
        return None
    kind, action = rest.take(2)
    none: tuple[str, ...] = ()
    if kind == "standard":
        protocol, source, source_ports = (*none, "ip"), rest.address(), none
        destination, destination_ports = (*none, "any4"), none
    else:
        protocol = rest.protocol()
        source = rest.address()
        # After the source, an object group is that of its ports only where another address follows it.
        source_ports = rest.ports(groups=_an_address_follows(rest.words))
        destination = rest.address()
        destination_ports = rest.ports(groups=True)
    if not source or not destination:
        return None
    options = rest.words
    _, _, named = " ".join(options).partition("time-range ")
    return AccessLine(
        name=words[1],
        permit=action == "permit",
        protocol=protocol,
        source=source,
        source_ports=source_ports,
        destination=destination,
        destination_ports=destination_ports,
        inactive="inactive" in options,
        text=text,
        time_range=named.split()[0] if named.split() else None,
    )


def _an_address_follows(words: list[str]) -> bool:
    after = words[2:3]
    return bool(after) and (after[0] in _ONE_WORD | _TWO_WORDS or after[0][:1].isdigit())


def _not_understood(name: str, text: str) -> AccessLine:
    return AccessLine(name, True, (), (), (), (), (), inactive=False, text=text)


def read(blocks: list[Block], account: Account) -> dict[str, tuple[AccessLine, ...]]:
    lists: dict[str, list[AccessLine]] = {}
    for block in blocks:
        words = block.words
        match words[2:]:
            case ["remark", *_] | ["line", _, "remark", *_]:
                account.skip(REMARK)
                lists.setdefault(words[1], [])
            case ["ethertype" | "webtype" | "advanced", *_]:
                account.skip(NOT_VPN)
                lists.setdefault(words[1], [])
            case ["extended" | "standard" | "line", *_] if found := access_line(words, block.text):
                lists.setdefault(words[1], []).append(found)
            case _ if words[1:2] in (["alert-interval"], ["deny-flow-max"]):
                account.skip(NOT_VPN)
            case _:
                account.unknown(block.number, block.text)
                # Half a list is not a smaller list: nobody can resolve this line, and that is said of its list.
                if len(words) > 1:
                    lists.setdefault(words[1], []).append(_not_understood(words[1], block.text))
        for number, line in block.children:
            account.unknown(number, line)
    return {name: tuple(lines) for name, lines in lists.items()}


def parse(text: str) -> Parsed[dict[str, tuple[AccessLine, ...]]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, options=("*",), rank=50)
