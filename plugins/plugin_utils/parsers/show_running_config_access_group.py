# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config access-group``: which access list filters which interface.

::

    access-group NAME in|out interface NAMEIF [per-user-override | control-plane]
    access-group NAME global                                (8.3 and later: behind the lists of all interfaces)

Source: Cisco ASA command reference, ``access-group``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessGroup, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config access-group"
KEYWORDS = ("access-group",)

_OPTIONS = words("per-user-override control-plane")


def read(blocks: list[Block], account: Account) -> tuple[AccessGroup, ...]:
    groups = []
    for block in blocks:
        if found := _group(block):
            groups.append(found)
        else:
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return tuple(groups)


def _group(block: Block) -> AccessGroup | None:
    match block.words:
        case ["access-group", name, "global"]:
            return AccessGroup(name, "global", line=block.text)
        case ["access-group", name, "in" | "out" as direction, "interface", interface]:
            return AccessGroup(name, direction, interface, line=block.text)
        case ["access-group", name, "in" | "out" as direction, "interface", interface, option] if option in _OPTIONS:
            return AccessGroup(name, direction, interface, option, block.text)
    return None


def parse(text: str) -> Parsed[tuple[AccessGroup, ...]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, rank=87)
