# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration amounts to for a tunnel: virtual interfaces, templates, access lists, groups by peer.

Answers are kept with the configuration that they are about: a hub is asked once a tunnel, and thousands of times.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, traffic
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import (
    Address,
    ProxyIdentities,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import (
    DEFAULT_L2L_GROUP,
    Config,
    CryptoMapEntry,
    Interface,
    IpsecProfile,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once

_TEMPLATE = "virtual-template"
# What a template of a dynamic map says in the place of the entry that names the map.
_OF_TEMPLATE = (
    "access_list",
    "transform_sets",
    "ikev2_proposals",
    "pfs",
    "lifetime_seconds",
    "lifetime_kilobytes",
    "trustpoint",
    "ikev2_mode",
    "phase1_mode",
)


# Virtual tunnel interfaces.


def virtual_entries(
    interfaces: Iterable[Interface], profiles: Mapping[str, IpsecProfile]
) -> tuple[tuple[CryptoMapEntry, ...], dict[str, tuple[str, ...]]]:
    """The crypto map entries that stand for virtual tunnel interfaces, and the interfaces that each is applied to.

    A virtual template serves whoever calls, as a dynamic map does. An interface that is shut or has no source is
    applied to none.
    """
    entries: list[CryptoMapEntry] = []
    applied: dict[str, tuple[str, ...]] = {}
    for interface in interfaces:
        if not any((interface.tunnel_destination, interface.tunnel_profile, interface.tunnel_mode)):
            continue
        profile = profiles.get(interface.tunnel_profile or "", IpsecProfile(""))
        # A template is printed as `Virtual-Template1 type tunnel`.
        name, destination = interface.name.split(" ")[0], interface.tunnel_destination
        entries.append(
            CryptoMapEntry(
                map=name,
                sequence=0,
                access_list=interface.tunnel_policy,
                peers=() if destination is None else (destination,),
                connection_type="answer-only" if profile.responder_only else None,
                dynamic_map=name if name.lower().startswith(_TEMPLATE) else None,
                tunnel_interface=name,
                profile=interface.tunnel_profile,
                **{field: getattr(profile, field) for field in _OF_PROFILE},
            )
        )
        source = interface.tunnel_source
        applied[name] = () if interface.shutdown or source is None else (source,)
    return tuple(entries), applied


_OF_PROFILE = (
    "transform_sets",
    "ikev2_proposals",
    "pfs",
    "lifetime_seconds",
    "lifetime_kilobytes",
    "lines",
    "trustpoint",
    "reverse_route",
)


# Access lists.


@once
def permitted(config: Config, access_list: str) -> frozenset[ProxyIdentities]:
    """What an access list encrypts, as proxy identities; empty for a list that was not read."""
    rules = config.access_lists[access_list].rules if access_list in config.access_lists else ()
    return frozenset(traffic(rule) for rule in rules if rule.permit and not rule.inactive)


@once
def _index(config: Config, access_list: str) -> Index:
    return Index(permitted(config, access_list))


def accepts(config: Config, access_list: str, identities: ProxyIdentities) -> bool:
    """Whether one line of the list holds these identities, this device's own way round, whole."""
    return identities in permitted(config, access_list) or _index(config, access_list).holds(identities)


# Dynamic maps.


@once
def dynamic_entries(config: Config) -> tuple[CryptoMapEntry, ...]:
    """The applied entries that serve whoever calls, in their order."""
    return tuple(
        entry
        for entry in config.crypto_maps
        if entry.dynamic_map is not None and config.crypto_map_interfaces.get(entry.map)
    )


@once
def _templates(config: Config) -> dict[str, list[CryptoMapEntry]]:
    found: dict[str, list[CryptoMapEntry]] = defaultdict(list)
    for template in config.dynamic_maps:
        found[template.map].append(template)
    return {name: sorted(each, key=lambda template: template.sequence) for name, each in found.items()}


def templates(config: Config, entry: CryptoMapEntry) -> Sequence[CryptoMapEntry]:
    """The sequences of the dynamic map that an entry refers to, in the order in which they are tried."""
    return _templates(config).get(entry.dynamic_map or "", ())


def dynamic_entry(
    config: Config, callers: Sequence[Address | str] = (), wanted: Iterable[ProxyIdentities] = ()
) -> CryptoMapEntry | None:
    """The entry that answers a peer with these addresses and these identities (this device's own way round).

    Entries and templates are tried in their order, and the first that takes the call answers: its peers, if it names
    some, hold the caller, and its access list, if it has one, holds what the caller wants. Where none does, or
    nothing is known of the caller, it is the first without a list, else the first.
    """
    asked = list(wanted)
    every = [candidate for entry in dynamic_entries(config) for candidate in _filled(config, entry)]
    willing = [each for each in every if not each.peers or not set(each.peers).isdisjoint(callers)]
    for each in willing:
        if each.access_list is None or any(accepts(config, each.access_list, identities) for identities in asked):
            return each
    return next(iter(willing or every), None)


def _filled(config: Config, entry: CryptoMapEntry) -> list[CryptoMapEntry]:
    """The entry as each template of its dynamic map fills it; itself where there is none."""
    return [
        dataclasses.replace(
            entry,
            peers=template.peers,
            dynamic_sequence=template.sequence,
            reverse_route=entry.reverse_route or template.reverse_route,
            nat_t_disabled=entry.nat_t_disabled or template.nat_t_disabled,
            lines=(*entry.lines, *template.lines),
            **{name: getattr(template, name) for name in _OF_TEMPLATE},
        )
        for template in templates(config, entry)
    ] or [entry]


def same_entry(config: Config, entry: CryptoMapEntry) -> CryptoMapEntry | None:
    """The entry of an end as another reading of its configuration has it; ``None`` when that has it no more."""
    known: Iterable[CryptoMapEntry] = config.crypto_maps
    if entry.dynamic_map is not None and entry.tunnel_interface is None:
        known = (each for named in dynamic_entries(config) for each in _filled(config, named))
    place = (entry.map, entry.sequence, entry.dynamic_map, entry.dynamic_sequence)
    return next((e for e in known if (e.map, e.sequence, e.dynamic_map, e.dynamic_sequence) == place), None)


# Tunnel-groups.


@once
def _groups(config: Config) -> dict[Address | str, TunnelGroup]:
    """By address where the name is one: IPv6 has many spellings."""
    found: dict[Address | str, TunnelGroup] = {}
    for name, group in config.tunnel_groups.items():
        try:
            found.setdefault(ip_address(name), group)
        except ValueError:
            found[name] = group
    return found


def tunnel_group(config: Config, peers: Iterable[Address | str | None], *, dynamic: bool = False) -> TunnelGroup | None:
    """The site-to-site group that is named after the first of the peers that has one.

    A peer of a dynamic map that has none is served from DefaultL2LGroup, if that was printed.
    """
    known = _groups(config)
    found = next((known[peer] for peer in peers if peer is not None and peer in known), None)
    if found is None and dynamic:
        return known.get(DEFAULT_L2L_GROUP)
    return found
