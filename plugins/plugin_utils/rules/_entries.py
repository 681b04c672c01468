# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry in which an end's tunnel is configured: a static one, one with a dynamic map, or a tunnel interface."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry, End
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import templates
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import no_entry, takes_all, versions


def without_entry(end: End) -> str:
    """Why an end has no static crypto map entry to judge, or nothing."""
    entry = end.map_entry
    if entry is None:
        return no_entry(end)
    if entry.tunnel_interface is not None:
        return virtual(end)
    return takes_all(end, entry) if entry.dynamic_map is not None else ""


def virtual(end: End) -> str:
    """The sentence on an end whose tunnel is an interface, or nothing."""
    entry = end.map_entry
    if entry is None or entry.tunnel_interface is None:
        return ""
    lacks = "no crypto map and no access list" if entry.access_list is None else "no crypto map"
    return f"{end.name}'s {entry.tunnel_interface} takes what is routed to it: it has {lacks}"


@once
def own_entries(end: End) -> tuple[CryptoMapEntry, ...]:
    """The static entries of this end that name the peer."""
    entries = (end.map_entry, *end.more_entries)
    return tuple(entry for entry in entries if entry is not None and entry.dynamic_map is None)


def crypto_interfaces(end: End) -> tuple[str, ...]:
    """The interfaces by which traffic enters this end's tunnel: those of its crypto map, or the tunnel interface."""
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return ()
    if entry.tunnel_interface is not None:
        names = [each.nameif for each in config.interfaces if entry.tunnel_interface in (each.name, each.nameif)]
        return tuple(name for name in names if name is not None) or (entry.tunnel_interface,)
    return tuple(config.crypto_map_interfaces.get(entry.map, ()))


def dynamic(end: End) -> CryptoMapEntry | None:
    """The entry with a dynamic map in which this end's tunnel ends, if it does."""
    entry = end.map_entry
    return entry if entry is not None and entry.dynamic_map is not None else None


def offered(end: End) -> frozenset[int]:
    """What the entry has transforms for, or its dynamic map's templates, or its tunnel interface's profile."""
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return frozenset()
    if entry.dynamic_map is not None:
        return frozenset().union(*(versions(each) for each in templates(config, entry)))
    profile = config.ipsec_profiles.get(entry.profile or "")
    if not versions(entry) and profile is not None:
        found = ((1, profile.transform_sets), (2, profile.ikev2_proposals))
        return frozenset(version for version, names in found if names)
    return versions(entry)


def version_words(end: End) -> str:
    if end.device.config is None:
        return "not read"
    return ", ".join(f"IKEv{version}" for version in sorted(offered(end))) or "none"


def retyped(entry: CryptoMapEntry, sequence: int | None = None) -> tuple[str, ...]:
    """The lines that take an entry away and type it again, at another sequence if one is given."""
    typed = [line for line in entry.lines if line.split()[:1] == ["crypto"]]
    old = f"crypto map {entry.map} {entry.sequence} "
    new = old if sequence is None else f"crypto map {entry.map} {sequence} "
    return tuple([f"no {line}" for line in typed] + [line.replace(old, new, 1) for line in typed])
