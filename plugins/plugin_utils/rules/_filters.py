# SPDX-License-Identifier: GPL-3.0-or-later
"""What the access lists of an interface let through of a tunnel's traffic.

The lists are tried line by line; what no line names is denied. A list that is ``global`` stands behind that of the
interface, whose own end then denies nothing (Cisco ASA CLI configuration guide, access rules).
"""

from __future__ import annotations

import enum

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, overlap, traffic, within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessRule,
    Config,
    End,
    Network,
    ProxyIdentities,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once

ICMP = (1, 58)


class Through(enum.Enum):
    """How much of the traffic between two networks a list permits."""

    ALL = "all"
    PART = "part"
    PING = "ping"
    NONE = "none"


def names_of(config: Config, interface: str | None, direction: str) -> tuple[str, ...]:
    """The lists that filter this interface's packets of others, in the order tried; nothing where there is none."""
    groups = [each for each in config.access_groups or () if each.option != "control-plane"]
    own = [each.access_list for each in groups if (each.direction, each.interface) == (direction, interface)]
    behind = [each.access_list for each in groups if each.direction == "global" and direction == "in"]
    return tuple(own + behind)


def doubt(end: End, config: Config, names: tuple[str, ...]) -> str:
    """Why these lists are not known whole, or nothing."""
    for name in names:
        if name not in config.access_lists:
            return f"{end.name}'s access list {name} was not read"
        if config.access_lists[name].unresolved:
            return f"{end.name}'s access list {name} names what was not read: {config.access_lists[name].unresolved[0]}"
    return ""


def through(config: Config, names: tuple[str, ...], source: Network, destination: Network) -> Through:
    """What these lists, one behind the other, permit from one network to another."""
    rules, index = _indexed(config, names)
    flow = ProxyIdentities(Selector(source), Selector(destination))
    found, denied = Through.NONE, False
    for position in index.near(flow):
        rule = rules[position]
        whole = rule.time_range is None and within(flow, traffic(rule))
        if rule.permit and whole:
            return Through.PART if denied else Through.ALL
        if whole:
            break
        if not rule.permit:
            denied = True
        elif rule.source.protocol not in ICMP:
            found = Through.PART
        elif found is Through.NONE:
            found = Through.PING
    return found


def overlaps(a: Network, b: Network) -> bool:
    """Whether the networks share an address."""
    mine, theirs = (ProxyIdentities(Selector(each), Selector(each)) for each in (a, b))
    return overlap(mine, theirs)


@once
def _indexed(config: Config, names: tuple[str, ...]) -> tuple[list[AccessRule], Index]:
    rules = [rule for name in names for rule in config.access_lists[name].rules if not rule.inactive]
    return rules, Index(traffic(rule) for rule in rules)
