# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config object-group``: lists of networks, services and protocols, which may hold one another.

::

    object-group network G
     network-object host A | A M | A/length | object O
     group-object H
     description ...
    object-group service G [tcp|udp|tcp-udp]
     port-object eq P | range P Q
     service-object tcp [source eq P] [destination eq P] | object O
    object-group protocol G
     protocol-object tcp
    object-group icmp-type|user|security G                      (kept as typed)

The members come as their words; ``_resolve.py`` follows them.

Sources: Cisco ASA command reference, ``object-group``; captured on 8.x and 9.2(2).
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config object-group"
KEYWORDS = ("object-group", "object-group-search")

_KINDS = frozenset({"network", "service", "protocol", "icmp-type", "user", "security", "network-service"})
_MEMBERS = words(
    """
    network-object group-object port-object service-object protocol-object icmp-object user user-group
    security-group
    """
)


@dataclass(frozen=True)
class ObjectGroup:
    """A group as typed: ``kind`` and, for services, the protocol its ports belong to."""

    name: str
    kind: str
    protocol: str | None = None
    members: tuple[tuple[str, ...], ...] = ()


Groups = dict[str, ObjectGroup]


def knows(words: list[str]) -> bool:
    """Whether these words can be a member of a group."""
    return words[0] in _MEMBERS or words[0] == "description"


def read(blocks: list[Block], account: Account) -> Groups:
    groups: Groups = {}
    for block in blocks:
        words = block.words
        if "object-group-search" in words[:2]:
            continue
        if words[0] == "no" or len(words) < 3 or words[1] not in _KINDS:
            account.unknown(block.number, block.text)
            continue
        members = []
        for number, line in block.children:
            member = tuple(line.split())
            if member[0] in _MEMBERS:
                members.append(member)
            elif member[0] != "description":
                account.unknown(number, line)
        groups[words[2]] = ObjectGroup(words[2], words[1], words[3] if len(words) > 3 else None, tuple(members))
    return groups


def parse(text: str) -> Parsed[Groups]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    options=("network", "service", "protocol", "id *"),
    rank=40,
)
