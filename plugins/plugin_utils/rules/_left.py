# SPDX-License-Identifier: GPL-3.0-or-later
"""Which IKE version is left of a tunnel that is made for two, when one of them cannot come up.

An ASA tries IKEv2 first and goes on with IKEv1 when that has failed (syslog messages 752012 and 752013), so that a
fault of one version alone costs a try and no tunnel. When both have a fault it is no matter that each has another one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import local_proofs, proofs, remote_proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms,
    common_policies,
    common_versions,
    proposals,
    proposals_meet,
    transform_sets,
)

_PROTOCOLS = {1: frozenset({"ipsec", "ikev1"}), 2: frozenset({"ikev2"})}


def left(tunnel: Tunnel, version: int) -> str:
    """The other version that both ends offer and that has all it needs: ``IKEv1 is left``; else nothing."""
    others = [each for each in sorted(_common(tunnel)) if each != version and not lacking(tunnel, each)]
    return f"IKEv{others[0]} is left" if others else ""


def lacking(tunnel: Tunnel, version: int) -> tuple[str, ...]:
    """What keeps a version that both entries offer from coming up. What was not read is not lacking."""
    return tuple(dict.fromkeys(_lacking(tunnel, version)))


def none_left(tunnel: Tunnel) -> str:
    """Both ends offer two versions and neither can come up: why, for each. Else nothing."""
    found = {version: lacking(tunnel, version) for version in sorted(_common(tunnel), reverse=True)}
    if len(found) < 2 or not all(found.values()):
        return ""
    return "; ".join(f"IKEv{version}: {', '.join(reasons)}" for version, reasons in found.items())


def _common(tunnel: Tunnel) -> frozenset[int]:
    entries = [end.map_entry for end in tunnel.ends if end.map_entry is not None]
    return common_versions(entries[0], entries[1]) if len(entries) == 2 else frozenset()


def _lacking(tunnel: Tunnel, version: int) -> Iterator[str]:
    read = [
        (end, end.device.config, end.map_entry)
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None
    ]
    if len(read) < 2:
        return
    for end, config, _ in read:
        yield from _at(end, config, version)
    (left_end, mine, a), (right_end, theirs, b) = read
    if not common_policies(mine, theirs, version):
        yield "no common policy"
    if not _transforms_meet((mine, a), (theirs, b), version):
        yield "no common transform"
    if version == 2 and any(
        local_proofs(x) and remote_proofs(y) and local_proofs(x).isdisjoint(remote_proofs(y))
        for x, y in ((left_end, right_end), (right_end, left_end))
    ):
        yield "the ends prove who they are in different ways"


def _at(end: End, config: Config, version: int) -> Iterator[str]:
    if end.interface is not None and end.interface not in config.ike_enabled.get(version, ()):
        yield f"not enabled at {end.name}"
    if end.tunnel_group is None:
        return
    if not (proofs(end, 1) if version == 1 else local_proofs(end) and remote_proofs(end)):
        yield f"no key at {end.name}"
    policy = config.policy_of(end.tunnel_group)
    protocols = {each.lower() for each in policy.protocols} if policy is not None else set()
    if protocols and not protocols & _PROTOCOLS[version]:
        yield f"not in the group policy of {end.name}"


def _transforms_meet(left: tuple[Config, CryptoMapEntry], right: tuple[Config, CryptoMapEntry], version: int) -> bool:
    if version == 2:
        return any(proposals_meet(p, q) for p in proposals(*left) for q in proposals(*right))
    offered = [{(algorithms(each), each.mode) for each in transform_sets(*side)} for side in (left, right)]
    return bool(offered[0] & offered[1])
