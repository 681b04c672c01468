# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode, continued: access lists, and the objects and groups that they name.

Source: Cisco ASA Command Reference 7.2, 8.3 (objects) and 9.16.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from itertools import pairwise
from typing import TYPE_CHECKING

from lab.cli.configure import LEGACY, MODERN, apply_top, since, sub, top
from lab.cli.configure_places import placed
from lab.cli.tree import INCOMPLETE, INVALID, Match, registry
from lab.engine.policy.network import complete

if TYPE_CHECKING:
    from lab.cli.shell import Session


def _ace_added(session: Session, match: Match) -> list[str] | None:
    """An address has no bits beyond its mask (from practice: the error's words)."""
    words = match.words[-1].split()
    at = 0
    while at < len(words) - 1:
        paired = None if words[at] == "host" else _pairs(*words[at : at + 2])
        if paired is False:
            return [f"ERROR: IP address,mask <{words[at]},{words[at + 1]}> doesn't pair"]
        at += 2 if paired or words[at] == "host" else 1
    config = session.device.config
    for kind, name in pairwise(words):
        if kind in ("object", "object-group") and not any(b.words[2:3] == [name] for b in config.starting(kind)):
            return [f"ERROR: specified {kind.replace('-', ' ')} <{name}> does not exist"]
    action = match.words[match.words.index("extended") + 1]
    whole = complete(config, [action, *words])
    if not whole:
        return [INVALID if whole is None else INCOMPLETE]
    placed(session, match)
    return None


def _pairs(address: str, mask: str) -> bool | None:
    """None where these are no address and its mask."""
    try:
        bits, ones = int(IPv4Address(address)), int(IPv4Address(mask))
    except ValueError:
        return None
    return bits & ~ones == 0


for _list in ("access-list <word>", "access-list <word> line <place:number>"):
    registry.config("config", f"{_list} extended permit|deny <rest>", _ace_added)
    registry.config("config", f"{_list} remark <rest>", placed)
registry.config("config", "access-list <word> standard permit|deny <rest>", placed)
registry.config("config", "nat <rest>", placed)
top("access-group <rest>")
top("object-group network <word>", submode="config-network")
top("object network <word>", "object service <word>", submode="config-network-object", trains=MODERN)
for _kind in ("network", "service"):
    registry.config("config", f"object {_kind} <word>", since((8, 3), apply_top), None, "config-network-object", LEGACY)
top("object-group service <word> [tcp|udp|tcp-udp]", "object-group protocol <word>", submode="config-network")
top("object-group icmp-type <word>", submode="config-network")
sub("config-network", "network-object <rest>", "group-object <word>", "description <rest>", key=None)
sub("config-network", "service-object <rest>", "port-object <rest>", "protocol-object <word>", key=None)
sub("config-network", "icmp-object <rest>", key=None)
sub("config-network-object", "subnet <net:ip> <mask:ip>", "subnet <v6:word>", "host <word>", "description <rest>")
sub("config-network-object", "range <low:word> <high:word>", "fqdn <rest>", "service <rest>")
