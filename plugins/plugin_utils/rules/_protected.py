# SPDX-License-Identifier: GPL-3.0-or-later
"""The traffic that a tunnel protects, network by network, and how much it matters when something is in its way."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Outcome,
    ProxyIdentities,
    Selector,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import list_doubt
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import no_entry, takes_all


@dataclass(frozen=True)
class Protected:
    """The traffic an end protects by its configuration; ``doubt`` says why that may not be all of it."""

    pairs: tuple[ProxyIdentities, ...] = ()
    doubt: str = ""


def protected(tunnel: Tunnel, end: End) -> Protected:
    """Whole networks, without protocols and ports, of the crypto access lists; of a dynamic map what its peer names."""
    entry, config = end.map_entry, end.device.config
    if entry is None or config is None:
        return Protected(doubt=no_entry(end))
    other = tunnel.other(end)
    if entry.access_list is None and entry.dynamic_map is not None and other is not None and _listed(other):
        found = protected(tunnel, other)
        return Protected(tuple(each.mirrored() for each in found.pairs), found.doubt)
    if entry.access_list is None and entry.dynamic_map is not None:
        return Protected(doubt=takes_all(end, entry))
    names = [each.access_list for each in (entry, *end.more_entries)]
    said = [list_doubt(end, config, name) for name in names]
    # A list without a line protects nothing, for sure.
    doubts = [each.words for each in said if each is not None and each.outcome is Outcome.UNKNOWN]
    rules = [rule for name in names if name and name in config.access_lists for rule in config.access_lists[name].rules]
    pairs = [
        ProxyIdentities(Selector(rule.source.network), Selector(rule.destination.network))
        for rule in rules
        if rule.permit and not rule.inactive
    ]
    return Protected(tuple(dict.fromkeys(pairs)), next(iter(doubts), ""))


def _listed(end: End) -> bool:
    return end.map_entry is not None and end.map_entry.access_list is not None


def weight(end: End, pair: ProxyIdentities) -> Severity:
    """How much a fault in the way of this traffic matters: what is encrypted all the same is not stopped by it."""
    entries = [
        entry
        for entry in end.ipsec or ()
        if entry.identities.local.network.overlaps(pair.local.network)
        and entry.identities.remote.network.overlaps(pair.remote.network)
    ]
    if any(entry.encaps for entry in entries):
        return Severity.WARNING
    up = any(entry.sas or entry.outbound_spi for entry in entries)
    return Severity.ERROR if up or end.ipsec is None else Severity.CRITICAL
