# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config management-access``: the inside interface that answers through a tunnel.

::

    management-access inside                    (nothing is printed when there is none)

Source: Cisco ASA command reference, ``management-access`` (7.0 and later).
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config management-access"
KEYWORDS = ("management-access",)


def read(blocks: list[Block], account: Account) -> str | None:
    interface = None
    for block in blocks:
        if len(block.words) == 2:
            interface = block.words[1] if block.words[0] != "no" else None
        else:
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return interface


def parse(text: str) -> Parsed[str | None]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, rank=90)
