# SPDX-License-Identifier: GPL-3.0-or-later
"""What an end's configuration says of its tunnel: as settings that compare, and as the lines to look at.

What the device printed is kept as printed. Policies, transform sets and proposals are kept as values alone, and are
written the way the device's release writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    IkePolicy,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_kilobytes,
    lifetime_seconds,
    modern,
    versions,
)

LINES = 20
"""Lines of one access list that are told; the rest is counted."""


def configuration(end: End) -> dict[str, Any] | None:
    """``settings`` by name, for the same names at every end, and ``lines``; ``None`` when it was not read."""
    config = end.device.config
    if config is None:
        return None
    return {"settings": dict(_settings(end, config)), "lines": list(_lines(end, config))}


def _settings(end: End, config: Config) -> Iterator[tuple[str, str]]:
    entry, group = end.map_entry, end.tunnel_group
    yield "peer", ", ".join(map(str, entry.peers)) if entry else ""
    yield "access_list", "; ".join(_permits(config, entry)) if entry else ""
    yield "ike_versions", ", ".join(f"IKEv{version}" for version in sorted(versions(entry))) if entry else ""
    yield "ike_policies", "; ".join(map(_policy, _policies(config, entry)))
    yield "transforms", "; ".join(_transforms(config, entry)) if entry else ""
    yield "pfs", (entry.pfs or "not set") if entry else ""
    yield "lifetime", _lifetime(config, entry) if entry else ""
    yield "connection_type", (entry.connection_type or "bidirectional (default)") if entry else ""
    yield "authentication", _authentication(group)
    yield "dpd", str(group.keepalive) if group and group.keepalive else ""
    yield "group_policy", _group_policy(config, group)


def _lines(end: End, config: Config) -> Iterator[str]:
    entry = end.map_entry
    if entry is not None:
        for each in (entry, *end.more_entries):
            yield from each.lines
        yield from (
            f"crypto map {entry.map} interface {nameif}" for nameif in config.crypto_map_interfaces.get(entry.map, ())
        )
        if entry.access_list is not None and entry.access_list in config.access_lists:
            rules = dict.fromkeys(rule.line for rule in config.access_lists[entry.access_list].rules)
            yield from list(rules)[:LINES]
            if len(rules) > LINES:
                yield f"! {counted(len(rules) - LINES, 'line')} more of {entry.access_list}"
        old = "" if not modern(end.device) else "ikev1 "
        for name in entry.transform_sets:
            if name in config.transform_sets:
                yield f"crypto ipsec {old}transform-set {name} {' '.join(config.transform_sets[name].transforms)}"
        for name in entry.ikev2_proposals:
            if name in config.ipsec_proposals:
                yield f"crypto ipsec ikev2 ipsec-proposal {name}"
                yield f" protocol esp encryption {' '.join(config.ipsec_proposals[name].encryption)}"
                yield f" protocol esp integrity {' '.join(config.ipsec_proposals[name].integrity)}"
        for policy in _policies(config, entry):
            yield f"crypto {f'ikev{policy.version}' if modern(end.device) else 'isakmp'} policy {policy.priority}"
            yield from (f" {line}" for line in _policy(policy).partition(": ")[2].split(", "))
    if end.tunnel_group is not None:
        yield from end.tunnel_group.lines


def _permits(config: Config, entry: CryptoMapEntry) -> list[str]:
    if entry.access_list is None:
        return []
    if entry.access_list in config.absent_lists:
        return [f"{entry.access_list}: not there"]
    if entry.access_list not in config.access_lists:
        return [f"{entry.access_list}: not read"]
    permits = [
        f"{each.source} to {each.destination}"
        for each in config.access_lists[entry.access_list].rules
        if each.permit and not each.inactive
    ]
    more = [f"{len(permits) - LINES} more"] if len(permits) > LINES else []
    return [*permits[:LINES], *more]


def _transforms(config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for name in entry.transform_sets:
        if name in config.transform_sets:
            yield " ".join(config.transform_sets[name].transforms)
    for name in entry.ikev2_proposals:
        if name in config.ipsec_proposals:
            proposal = config.ipsec_proposals[name]
            yield f"{', '.join(proposal.encryption)} with {', '.join(proposal.integrity) or 'no integrity'}"


def _policies(config: Config, entry: CryptoMapEntry | None) -> list[IkePolicy]:
    wanted = versions(entry) if entry else frozenset()
    return [policy for policy in config.ike_policies if policy.version in wanted]


def _policy(policy: IkePolicy) -> str:
    parts = [("encryption", policy.encryption), ("hash" if policy.version == 1 else "integrity", policy.hash)]
    parts += [("group", policy.group), ("prf", policy.prf)]
    if policy.authentication:
        parts.append(("authentication", (policy.authentication,)))
    if policy.lifetime is not None:
        parts.append(("lifetime", (str(policy.lifetime),)))
    return f"{policy.priority}: " + ", ".join(f"{name} {' '.join(values)}" for name, values in parts if values)


def _lifetime(config: Config, entry: CryptoMapEntry) -> str:
    kilobytes = lifetime_kilobytes(config, entry)
    return f"{lifetime_seconds(config, entry)} s, {f'{kilobytes} kB' if kilobytes else 'no limit to the volume'}"


def _authentication(group: TunnelGroup | None) -> str:
    if group is None:
        return ""
    keys = f"pre-shared key ({', '.join(group.keys)})" if group.keys else "pre-shared key" if group.has_key else ""
    certificate = f"certificate of {group.trustpoint}" if group.trustpoint else ""
    return " and ".join(filter(None, (keys, certificate))) or "none"


def _group_policy(config: Config, group: TunnelGroup | None) -> str:
    policy = config.policy_of(group) if group else None
    if policy is None:
        return ""
    idle = f"idle time-out {policy.idle_timeout} min" if policy.idle_timeout else "no idle time-out"
    return f"{policy.name}: {', '.join(filter(None, (' '.join(policy.protocols), idle)))}"
