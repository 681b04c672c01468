# SPDX-License-Identifier: GPL-3.0-or-later
"""A tunnel as a plain document, which a site's own rules ask with JMESPath.

``null`` means that it was not read. What was read and is not there, or not set, is ``false`` or an empty list.
``tunnel.json`` beside this file is an example with every field.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Device,
    Direction,
    End,
    IkePolicy,
    IkeSa,
    IpsecEntry,
    Keepalive,
    Tunnel,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_kilobytes,
    lifetime_seconds,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import spi

Document = dict[str, Any]
_IKE_LIFETIME = 86400
"""Seconds that an IKE SA lives where a policy does not say, on every release."""


def tunnel_document(tunnel: Tunnel) -> Document:
    """The whole tunnel; seconds and kilobytes are in the fields' names, SPIs are text as the device prints them."""
    return {
        "name": tunnel.name,
        "both": tunnel.both,
        "foreign": tunnel.foreign,
        "stimulated": tunnel.stimulated,
        "ends": [_end(end) for end in tunnel.ends],
    }


def _end(end: End) -> Document:
    device, config = end.device, end.device.config
    return {
        "name": end.name,
        **_device(device),
        "address": plain(end.address),
        "peer_address": plain(end.peer_address),
        "interface": end.interface,
        "crypto_map": None if config is None else _crypto_map(config, end.map_entry) if end.map_entry else False,
        "ike_policies": None if config is None else _policies(config, end.map_entry),
        "tunnel_group": None if config is None else _tunnel_group(end.tunnel_group) if end.tunnel_group else False,
        "group_policy": None if config is None else _group_policy(config, end.tunnel_group),
        "management_access": None if config is None else _set(config.management_access),
        "ike": None if end.ike is None else [_ike(each) for each in end.ike],
        "ipsec": None if end.ipsec is None else [_ipsec(each) for each in end.ipsec],
    }


def _device(device: Device) -> Document:
    version = device.version
    return {
        "hostname": device.hostname,
        "groups": list(device.groups),
        "version": None
        if version is None
        else {
            "text": str(version),
            "major": version.major,
            "minor": version.minor,
            "maintenance": version.maintenance,
            "interim": version.interim,
        },
        "uptime_seconds": device.uptime,
        "failover": device.failover,
        "clock_synchronized": device.clock.synchronized if device.clock else None,
        "ntp_synchronized": device.ntp.synchronized if device.ntp else None,
    }


def _crypto_map(config: Config, entry: CryptoMapEntry) -> Document:
    return {
        "name": entry.map,
        "sequence": entry.sequence,
        "dynamic_map": _set(entry.dynamic_map),
        "tunnel_interface": _set(entry.tunnel_interface),
        "access_list": _set(entry.access_list),
        "peers": plain(entry.peers),
        "pfs": _set(entry.pfs),
        "lifetime_seconds": lifetime_seconds(config, entry),
        "lifetime_kilobytes": lifetime_kilobytes(config, entry),
        "connection_type": entry.connection_type or "bidirectional",
        "trustpoint": _set(entry.trustpoint),
        "reverse_route": entry.reverse_route,
        "nat_t_disabled": entry.nat_t_disabled,
        "transforms": _transforms(config, entry),
    }


def _transforms(config: Config, entry: CryptoMapEntry) -> list[Document] | None:
    """What the entry proposes, by the algorithms; not known when it names something that was not printed."""
    found: list[Document] = []
    for name in entry.transform_sets:
        transform = config.transform_sets.get(name)
        if transform is None:
            return None
        integrity = [each for each in transform.transforms if each.endswith("-hmac")]
        encryption = [each for each in transform.transforms if each not in integrity]
        found.append(_transform(name, 1, transform.mode, encryption, integrity))
    for name in entry.ikev2_proposals:
        proposal = config.ipsec_proposals.get(name)
        if proposal is None:
            return None
        mode = entry.ikev2_mode or "tunnel"
        found.append(_transform(name, 2, mode, list(proposal.encryption), list(proposal.integrity)))
    return found


def _transform(name: str, version: int, mode: str, encryption: list[str], integrity: list[str]) -> Document:
    return {
        "name": name,
        "ike_version": version,
        "mode": mode,
        "encryption": [each.removeprefix("esp-") for each in encryption],
        "integrity": [each.removeprefix("esp-").removesuffix("-hmac") for each in integrity],
    }


def _policies(config: Config, entry: CryptoMapEntry | None) -> list[Document]:
    """The IKE policies of the versions that the entry can negotiate, the preferred first."""
    used = versions(entry) if entry is not None else frozenset({1, 2})
    return [_policy(each) for each in config.ike_policies if each.version in used]


def _policy(policy: IkePolicy) -> Document:
    return {
        "ike_version": policy.version,
        "priority": policy.priority,
        "encryption": list(policy.encryption),
        "hash": list(policy.hash),
        "group": list(policy.group),
        "prf": list(policy.prf),
        "authentication": _set(policy.authentication),
        "lifetime_seconds": _IKE_LIFETIME if policy.lifetime is None else policy.lifetime,
    }


def _tunnel_group(group: TunnelGroup) -> Document:
    return {
        "name": group.name,
        "type": group.type,
        "has_key": group.has_key,
        "trustpoint": _set(group.trustpoint),
        "peer_id_validate": _set(group.peer_id_validate),
        "dpd": _dpd(group.keepalive or Keepalive()),
    }


def _dpd(keepalive: Keepalive) -> Document:
    """The keepalive in effect; ``origin`` is ``read``, or ``assumed`` for the release's default."""
    asks = keepalive.asks
    return {
        "text": str(keepalive),
        "origin": keepalive.origin.value,
        "disabled": keepalive.disabled,
        "infinite": keepalive.infinite,
        "threshold_seconds": keepalive.threshold if asks else False,
        "retry_seconds": keepalive.retry if asks else False,
        "detection_seconds": keepalive.detection_seconds if asks else False,
    }


def _group_policy(config: Config, group: TunnelGroup | None) -> Document | None:
    policy = config.policy_of(group) if group is not None else None
    if policy is None:
        return None
    return {
        "name": policy.name,
        "idle_timeout_minutes": policy.idle_timeout,
        "session_timeout_minutes": policy.session_timeout,
        "filter": policy.filter,
        "protocols": list(policy.protocols),
        "pfs": policy.pfs,
    }


def _ike(sa: IkeSa) -> Document:
    return {
        "ike_version": sa.version,
        "state": sa.state,
        "up": sa.up,
        "role": sa.role,
        "encryption": sa.encryption,
        "hash": sa.hash,
        "lifetime_seconds": sa.lifetime,
        "lifetime_remaining_seconds": sa.lifetime_remaining,
    }


def _ipsec(entry: IpsecEntry) -> Document:
    outbound = entry.outbound_spi
    current = next((sa for sa in entry.sas if sa.spi == outbound and sa.direction is Direction.OUTBOUND), None)
    return {
        "local": str(entry.identities.local),
        "remote": str(entry.identities.remote),
        "outbound_spi": False if outbound is None else spi(outbound),
        "inbound_spis": [spi(each) for each in sorted(entry.spis(Direction.INBOUND))],
        "encaps": entry.encaps,
        "decaps": entry.decaps,
        "counters": dict(entry.counters),
        "path_mtu": entry.path_mtu,
        "lifetime_remaining_seconds": current.lifetime_seconds if current else None,
        "lifetime_remaining_kilobytes": current.lifetime_kilobytes if current else None,
    }


def _set(value: str | None) -> str | bool:
    """A setting that the configuration may leave out."""
    return value or False
