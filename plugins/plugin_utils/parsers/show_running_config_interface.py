# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config interface``: interfaces with their names and addresses, VTIs among them.

::

    interface GigabitEthernet0/0
     nameif outside
     ipv6 address 2001:db8::1/64 [standby 2001:db8::2] | fe80::1 link-local | autoconfig
     ip address 192.0.2.1 255.255.255.0 [standby 192.0.2.2] | dhcp [setroute] | pppoe [setroute] | A M pppoe
     shutdown
    interface Tunnel1                                  (VTI: 9.7 and later)
     tunnel source interface outside
     tunnel destination 198.51.100.1
     tunnel mode ipsec ipv4|ipv6
     tunnel protection ipsec profile P | policy ACL

Other sub-lines are named below one by one, so that a new one shows up as unparsed.

Sources: Cisco ASA command reference, ``interface``; captured on 8.x, 9.2 and 9.8.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Interface, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import (
    Names,
    address,
    address_or_name,
    network,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config interface"
KEYWORDS = ("interface",)
NOT_VPN = "interface setting not about VPN"

OTHER = words(
    """
    allocate-interface authentication backup bfd bridge-group channel-group cts ddns delay description dhcp
    dhcpprelay dhcprelay duplex eigrp fec flowcontrol forward hello-interval hold-time igmp ipv6 isis lacp
    mac-address management-only member-interface mfib mtu multicast negotiate-auto nve nve-only ospf pim policy
    policy-route port-channel poll-timer pppoe priority propagate ptp redundant-id rip security-level segment-id
    shutdown span-cluster speed split-horizon summary-address switchport trust vlan vtep-nve vpc zone-member
    """
)


def knows(words: list[str]) -> bool:
    """Whether these words can be a sub-line of an interface."""
    first = words[1] if words[0] == "no" and len(words) > 1 else words[0]
    return first in OTHER or first in ("nameif", "tunnel") or words[-2:] == ["ip", "address"] or first == "ip"


def read(blocks: list[Block], account: Account, names: Names | None = None) -> tuple[Interface, ...]:
    interfaces = []
    for block in blocks:
        if block.words[0] != "interface" or len(block.words) < 2:
            account.unknown(block.number, block.text)
            continue
        facts: dict[str, Any] = {}
        for number, line in block.children:
            words = line.split()
            if not _known(words, facts, names):
                if knows(words) and words[:2] != ["ip", "address"]:
                    account.skip(NOT_VPN)
                else:
                    account.unknown(number, line)
        interfaces.append(Interface(name=" ".join(block.words[1:]), **facts))
    return tuple(interfaces)


def _known(words: list[str], facts: dict[str, Any], names: Names | None) -> bool:
    match words:
        case ["nameif", name]:
            facts["nameif"] = name
        case ["shutdown"]:
            facts["shutdown"] = True
        case ["no", "shutdown"] | ["no", "nameif"] | ["no", "ip", "address"]:
            pass
        case ["ip", "address", "dhcp" | "pppoe", *_]:
            pass
        case ["ip", "address", at, mask, *rest]:
            facts["address"], facts["network"] = address(at, names), network(at, mask, names)
            if rest[:1] == ["standby"] and len(rest) == 2:
                facts["standby"] = address(rest[1], names)
            return facts["network"] is not None
        case ["ipv6", "address", at, *rest] if found := address(at.partition("/")[0], names):
            if "link-local" not in rest:
                facts["ipv6"] = (*facts.get("ipv6", ()), found)
            if "link-local" not in rest and "standby" in rest[:-1] and (other := address(rest[-1], names)):
                facts["standby_ipv6"] = (*facts.get("standby_ipv6", ()), other)
        case ["tunnel", "source", "interface", source, *_]:
            facts["tunnel_source"] = source
        case ["tunnel", "destination", destination]:
            facts["tunnel_destination"] = address_or_name(destination, names)
        case ["tunnel", "protection", "ipsec", "profile", profile]:
            facts["tunnel_profile"] = profile
        case ["tunnel", "mode", "ipsec", mode]:
            facts["tunnel_mode"] = mode
        case ["tunnel", "protection", "ipsec", "policy", name]:
            facts["tunnel_policy"] = name
        case _:
            return False
    return True


def parse(text: str, names: Names | None = None) -> Parsed[tuple[Interface, ...]]:
    return part(COMMAND, text, KEYWORDS, lambda blocks, account: read(blocks, account, names), empty=False)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, options=("*", "* *"), rank=20)
