# SPDX-License-Identifier: GPL-3.0-or-later
"""The traffic that a tunnel protects, network by network, and how much it matters when something is in its way."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    ProxyIdentities,
    Selector,
    Severity,
    Tunnel,
)


@dataclass(frozen=True)
class Protected:
    """The traffic an end protects by its configuration; ``doubt`` says why that may not be all of it."""

    pairs: tuple[ProxyIdentities, ...] = ()
    doubt: str = ""


def protected(tunnel: Tunnel, end: End) -> Protected:
    """Whole networks, without protocols and ports, of the crypto access lists; of a dynamic map what its peer names."""
    entry, config = end.map_entry, end.device.config
    if entry is None or config is None:
        return Protected(doubt=f"{end.name} has no crypto map entry for this peer: see peer-address-mismatch")
    other = tunnel.other(end)
    if entry.access_list is None and entry.dynamic_map is not None and other is not None and _listed(other):
        found = protected(tunnel, other)
        return Protected(tuple(each.mirrored() for each in found.pairs), found.doubt)
    if entry.access_list is None and entry.dynamic_map is not None:
        return Protected(doubt=f"{end.name} takes what its peer proposes (dynamic map {entry.dynamic_map})")
    pairs: dict[ProxyIdentities, None] = {}
    doubt = ""
    for each in (entry, *end.more_entries):
        known = config.access_lists.get(each.access_list) if each.access_list is not None else None
        if each.access_list is None:
            doubt = doubt or f"{end.name} matches no access list: see map-entry-incomplete"
        elif known is None:
            doubt = doubt or f"{end.name}'s access list {each.access_list} was not read"
        else:
            if known.unresolved:
                doubt = doubt or f"{end.name}'s access list {known.name} names what was not read: {known.unresolved[0]}"
            for rule in known.rules:
                if rule.permit and not rule.inactive:
                    pair = ProxyIdentities(Selector(rule.source.network), Selector(rule.destination.network))
                    pairs[pair] = None
    return Protected(tuple(pairs), doubt)


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
