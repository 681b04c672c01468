# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config object``: networks and services under a name (8.3 and later).

::

    object network LAN
     host A | subnet A M | subnet A/length | range A B | fqdn [v4|v6] NAME
     description ...
     nat (inside,outside) ...                     (in a whole configuration; show_running_config_nat.py reads it)
    object service WEB
     service tcp [source eq P] [destination eq P]

The objects come as the words of their one defining line; ``_resolve.py`` gives them meaning, because only it has
the names. An ``fqdn`` has no address in the configuration, so an access list that uses one stays unresolved.

Sources: Cisco ASA command reference, ``object network``; captured on 9.2(2).
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_nat import object_rule

COMMAND = "show running-config object"
KEYWORDS = ("object",)
NOT_VPN = "object setting not about VPN"
NAT = "translation of an object"

_DEFINING = frozenset({"host", "subnet", "range", "fqdn", "service"})
_OTHER = frozenset({"description", "nat"})

Objects = dict[str, tuple[str, ...]]


def knows(words: list[str]) -> bool:
    """Whether these words can be a sub-line of an object."""
    return words[0] in _DEFINING | _OTHER


def read(blocks: list[Block], account: Account) -> Objects:
    objects: Objects = {}
    for block in blocks:
        if block.words[1:2] not in (["network"], ["service"]) or len(block.words) < 3:
            account.unknown(block.number, block.text)
            continue
        # The whole configuration prints an object twice, the second time with its NAT rule alone.
        objects.setdefault(block.words[2], ())
        for number, line in block.children:
            words = line.split()
            if words[0] in _DEFINING:
                objects[block.words[2]] = tuple(words)
            elif words[0] == "nat" and object_rule(block.words[2], line):
                account.skip(NAT)
            elif words[0] == "description":
                account.skip(NOT_VPN)
            else:
                account.unknown(number, line)
    return objects


def parse(text: str) -> Parsed[Objects]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    since=(8, 3),
    options=("network", "service", "id *"),
    rank=30,
)
