# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config event manager``: commands that the device runs by itself, which may clear tunnels unasked.

::

    event manager applet RECOVER                                     (9.2 and later, single context)
     description text
     event syslog id 622001[-622010] [occurs 2] [period 60]
     event timer watchdog|countdown|absolute time ... | event none | event crashinfo
     action 1 cli command "clear crypto ipsec sa peer 192.0.2.1"
     output none | console | file new | file rotate N | file append|overwrite NAME

Sources: Cisco ASA command reference, ``event manager applet``, and Cisco's configuration example of the
Embedded Event Manager.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Applet, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

COMMAND = "show running-config event manager"
KEYWORDS = ("event manager",)

_EVENTS = ("syslog", "timer", "none", "crashinfo")


def knows(words: list[str]) -> bool:
    """Whether these words can be a sub-line of an applet."""
    return words[0] in ("event", "action", "output", "description")


def read(blocks: list[Block], account: Account) -> tuple[Applet, ...]:
    applets = []
    for block in blocks:
        if block.words[:3] != ["event", "manager", "applet"] or len(block.words) != 4:
            account.unknown(block.number, block.text)
            continue
        facts: dict[str, Any] = {"events": [], "messages": [], "actions": {}}
        for number, line in block.children:
            if not _known(line.split(), line, facts):
                account.unknown(number, line)
        applets.append(
            Applet(
                block.words[3],
                facts.get("description"),
                tuple(facts["events"]),
                tuple(facts["messages"]),
                facts["actions"],
                facts.get("output"),
            )
        )
    return tuple(applets)


def _known(words: list[str], line: str, facts: dict[str, Any]) -> bool:
    match words:
        case ["description", *_]:
            facts["description"] = line.partition(" ")[2].strip()
        case ["event", "syslog", "id", numbers, *rest]:
            low, dash, high = numbers.partition("-")
            if not low.isdigit() or (dash and not high.isdigit()) or not _counts(rest):
                return False
            facts["messages"].append((int(low), int(high or low)))
            facts["events"].append(" ".join(words[1:]))
        case ["event", kind, *_] if kind in _EVENTS:
            facts["events"].append(" ".join(words[1:]))
        case ["action", number, "cli", "command", *command] if number.isdigit() and command:
            text = line.partition(" command ")[2].strip()
            facts["actions"][int(number)] = mask(text.removeprefix('"').removesuffix('"'))
        case ["output", *where] if where:
            facts["output"] = " ".join(where)
        case _:
            return False
    return True


def _counts(words: list[str]) -> bool:
    """``occurs N`` and ``period S`` after a message's number."""
    pairs = zip(words[::2], words[1::2], strict=False)
    return len(words) % 2 == 0 and all(word in ("occurs", "period") and count.isdigit() for word, count in pairs)


def parse(text: str) -> Parsed[tuple[Applet, ...]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    since=(9, 2),
    aliases=("show running-config event manager applet",),
    rank=88,
)
