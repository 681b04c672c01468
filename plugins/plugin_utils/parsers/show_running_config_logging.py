# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all] logging``: whether the messages that prove a broken tunnel are kept anywhere.

::

    logging enable                                                  (``logging on`` is the older spelling)
    logging timestamp [rfc5424]
    logging buffered|trap|console|monitor|asdm|history|mail LEVEL|LIST
    logging class vpn buffered notifications trap notifications
    logging list VPN level errors [class vpn] | message 713120[-713124]
    logging message 713120 level notifications
    no logging message 106015
    logging host inside 10.1.0.9 [17/514 | tcp/1470] [format emblem] [secure]
    logging buffer-size N | queue N | facility N | device-id hostname | standby | permit-hostdown | debug-trace

Levels are printed by name, and typed by number or name. Addresses and files of mail and FTP are known, not kept.

Sources: Cisco ASA command reference, ``logging enable`` and its neighbours; captured on 9.2(2).
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import LogHost, LogSettings, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address_or_name
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, affirmed, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

COMMAND = "show running-config logging"
KEYWORDS = ("logging",)
OTHER = "logging setting that decides nothing about messages"

DESTINATIONS = words("buffered trap console monitor asdm history mail")
_PROTOCOLS = {"6": "tcp", "tcp": "tcp", "17": "udp", "udp": "udp"}
_OTHER = words(
    """
    asdm-buffer-size emblem flash-bufferwrap flash-maximum-allocation flash-minimum-free flow-export-syslogs
    from-address ftp-bufferwrap ftp-server hide rate-limit recipient-address savelog
    """
)


def read(blocks: list[Block], account: Account, names: Names | None = None) -> LogSettings:
    facts: dict[str, Any] = {}
    lines = []
    for block in blocks:
        lines.append(mask(block.text))
        words = affirmed(block.words)[1:]
        on = block.words[0] != "no"
        if not (_known(words, facts, names) if on else _negated(words, facts)):
            if words and words[0] in _OTHER:
                account.skip(OTHER)
            else:
                account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return LogSettings(**facts, lines=tuple(lines))


def _known(words: list[str], facts: dict[str, Any], names: Names | None) -> bool:
    match words:
        case ["enable" | "on"]:
            facts["enabled"] = True
        case ["timestamp"]:
            facts["timestamp"] = "device"
        case ["timestamp", form]:
            facts["timestamp"] = form
        case ["standby"]:
            facts["standby"] = True
        case ["permit-hostdown"]:
            facts["permit_hostdown"] = True
        case ["debug-trace"] | ["debug-trace", "persistent"]:
            facts["debug_trace"] = True
        case ["buffer-size" | "queue" | "facility" as name, number] if number.isdigit():
            facts[name.replace("-", "_")] = int(number)
        case ["device-id", *kind] if kind:
            facts["device_id"] = " ".join(kind)
        case [destination, level] if destination in DESTINATIONS:
            facts.setdefault("levels", {})[destination] = level
        case ["class", name, *pairs] if pairs and len(pairs) % 2 == 0:
            found = dict(zip(pairs[::2], pairs[1::2], strict=True))
            if not found.keys() <= DESTINATIONS:
                return False
            facts.setdefault("classes", {}).setdefault(name, {}).update(found)
        case ["list", name, "level" | "message" | "class", *_]:
            lists = facts.setdefault("lists", {})
            lists[name] = (*lists.get(name, ()), " ".join(words[2:]))
        case ["message", number] | ["message", number, "standby"] if number.isdigit():
            pass
        case ["message", number, "level", level] if number.isdigit():
            facts.setdefault("message_levels", {})[int(number)] = level
        case ["host", interface, where, *rest]:
            found_host = _host(interface, where, rest, names)
            facts["hosts"] = (*facts.get("hosts", ()), *([found_host] if found_host else ()))
            return found_host is not None
        case _:
            return False
    return True


def _host(interface: str, where: str, rest: list[str], names: Names | None) -> LogHost | None:
    protocol, port = "udp", 514
    if rest and "/" in rest[0]:
        word, _, number = rest[0].partition("/")
        if word not in _PROTOCOLS or not number.isdigit():
            return None
        protocol, port, rest = _PROTOCOLS[word], int(number), rest[1:]
    at = 0
    while at < len(rest):
        if rest[at] in ("format", "reference-identity") and at + 1 < len(rest):
            at += 2
        elif rest[at] == "secure":
            at += 1
        else:
            return None
    return LogHost(address_or_name(where, names), interface, protocol, port, tuple(rest))


def _negated(words: list[str], facts: dict[str, Any]) -> bool:
    """``no logging ...``: a silenced message, or, with ``all``, what is off."""
    match words:
        case ["message", number] if number.isdigit():
            facts["silenced"] = (*facts.get("silenced", ()), int(number))
        case ["message", number, "level" | "standby", *_] if number.isdigit():
            pass
        case ["enable" | "on" | "timestamp" | "standby" | "permit-hostdown" | "debug-trace" | "device-id", *_]:
            pass
        case [destination, *_] if destination in DESTINATIONS:
            pass
        case _:
            return False
    return True


def parse(text: str, names: Names | None = None) -> Parsed[LogSettings]:
    return part(COMMAND, text, KEYWORDS, lambda blocks, account: read(blocks, account, names))


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, rank=87)
