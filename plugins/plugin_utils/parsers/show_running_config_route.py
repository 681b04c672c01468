# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config route``: the static routes, among them those that lead to the far side of a tunnel.

::

    route outside 0.0.0.0 0.0.0.0 192.0.2.254 1 [track 1]
    route inside 0.0.0.0 0.0.0.0 10.1.0.254 tunneled               (the default for what comes out of a tunnel)
    route Null0 10.2.0.0 255.255.0.0 [254]                         (9.x: what no tunnel takes is dropped)
    ipv6 route outside 2001:db8:2::/48 2001:db8::fe [1] [tunneled]

Sources: Cisco ASA command reference, ``route`` and ``ipv6 route``; captured on 9.2(2).
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Network, Parsed, StaticRoute
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address_or_name, network
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config route"
KEYWORDS = ("route", "ipv6 route")
NULL = "null0"


def static_route(line: str, names: Names | None = None) -> StaticRoute | None:
    """The route of a line, or ``None`` when it is not understood."""
    words = line.split()
    if words[0] == "ipv6":
        words = words[1:]
        if len(words) < 3:
            return None
        base, slash, length = words[2].partition("/")
        where = network(base, length if slash else "128", names)
        rest = words[3:]
    else:
        where = network(words[2], words[3], names) if len(words) > 3 else None
        rest = words[4:]
    if where is None:
        return None
    null = words[1].lower() == NULL
    # A gateway follows, and an address never is a bare number.
    if not rest or rest[0].isdigit() or rest[0] in ("tunneled", "track"):
        return _route(words[1], where, None, rest, line) if null else None
    return _route(words[1], where, address_or_name(rest[0], names), rest[1:], line)


def _route(
    interface: str, where: Network, gateway: Address | str | None, rest: list[str], line: str
) -> StaticRoute | None:
    metric, track, tunneled = 1, None, False
    if rest and rest[0].isdigit():
        metric, rest = int(rest[0]), rest[1:]
    match rest:
        case ["track", number] if number.isdigit():
            track = int(number)
        case ["tunneled"]:
            tunneled = True
        case []:
            pass
        case _:
            return None
    return StaticRoute(interface, where, gateway, metric, track, tunneled, line)


def read(blocks: list[Block], account: Account, names: Names | None = None) -> tuple[StaticRoute, ...]:
    routes = []
    for block in blocks:
        if block.words[0] != "no" and (found := static_route(block.text, names)):
            routes.append(found)
        else:
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return tuple(routes)


def parse(text: str, names: Names | None = None) -> Parsed[tuple[StaticRoute, ...]]:
    return part(COMMAND, text, KEYWORDS, lambda blocks, account: read(blocks, account, names))


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    aliases=("show running-config ipv6 route",),
    options=("*",),
    rank=85,
)
