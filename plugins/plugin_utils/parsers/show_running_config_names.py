# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config names``: the names that an ASA prints in the place of addresses.

::

    names | no names                       whether show commands print them
    name 192.0.2.6 branch [description text]

A name may hold dots and dashes (``ipsec.example``), so nothing but this list tells it from a host name.

Sources: Cisco ASA command reference, ``name``; captured on 8.2.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import literal
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config names"
KEYWORDS = ("name", "names")


def read(blocks: list[Block], account: Account) -> dict[str, Address]:
    names: dict[str, Address] = {}
    for block in blocks:
        words = block.words
        if words in (["names"], ["no", "names"]):
            pass
        elif words[0] == "name" and len(words) >= 3 and (at := literal(words[1])):
            names[words[2]] = at
        else:
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return names


def parse(text: str) -> Parsed[dict[str, Address]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, rank=10)
