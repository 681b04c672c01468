# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration means to IKE and IPsec: typed views read from its lines, for every release from 7.2 on.

A line that its release refuses has no effect; nothing here raises for a configuration, however broken. The sections
are read in modules of their own; `release` holds the defaults, `vocabulary` the algorithms of each release.
Sources: Cisco ASA Command Reference 7.2, 8.2, 8.4, 9.1, 9.16; VPN CLI guides of the same releases.
"""

from __future__ import annotations

from lab.config import Config
from lab.engine.policy.groups import read_group_policies, read_groups, read_keepalive
from lab.engine.policy.ike import read_enabled, read_ike2_policies, read_ike_policies, read_settings
from lab.engine.policy.ipsec import read_lifetimes, read_maps, read_profiles, read_proposals, read_transforms
from lab.engine.policy.model import (
    ANY,
    PORTS,
    UNLIMITED,
    Ace,
    Certificate,
    GroupPolicy,
    Ike2Policy,
    IkePolicy,
    IkeSettings,
    Interface,
    Keepalive,
    MapEntry,
    NatRule,
    Policy,
    Profile,
    Proposal,
    StaticRoute,
    Transform,
    Trustpoint,
    TunnelGroup,
    TunnelInterface,
    agreed_transform,
    own_integrity,
)
from lab.engine.policy.network import read_acls, read_interfaces, read_routes, read_tunnels
from lab.engine.policy.release import Release
from lab.engine.policy.translation import read_inbound_acls, read_nat
from lab.engine.policy.trust import read_trustpoints

__all__ = [
    "ANY", "PORTS", "UNLIMITED", "Ace", "Certificate", "GroupPolicy", "Ike2Policy", "IkePolicy", "IkeSettings",
    "Interface", "Keepalive", "MapEntry", "NatRule", "Policy", "Profile", "Proposal", "Release", "StaticRoute",
    "Transform", "Trustpoint", "TunnelGroup", "TunnelInterface", "agreed_transform",
    "own_integrity", "read_keepalive", "read_policy",
]  # fmt: skip


def read_policy(config: Config, release: Release, standby: bool = False) -> Policy:
    """Everything at once. A unit that is `standby` in a failover pair holds the standby addresses, if there are any."""
    names = {b.words[2]: b.words[1] for b in config.starting("name") if len(b.words) > 2}
    seconds, kilobytes = read_lifetimes(config)
    groups, default_group = read_groups(config, names, release)
    acls = read_acls(config, names)
    return Policy(
        interfaces=tuple(read_interfaces(config, names, standby)),
        routes=tuple(read_routes(config, names)),
        acls=acls,
        ike_policies=read_ike_policies(config, release),
        ike_interfaces=read_enabled(config, 1, release),
        transforms=read_transforms(config, release),
        maps=read_maps(config, names, release),
        map_on={
            words[4]: words[2]
            for words in (block.words for block in config.starting("crypto", "map"))
            if words[3:4] == ["interface"] and len(words) > 4
        },
        groups=groups,
        seconds=seconds,
        kilobytes=kilobytes,
        ikev2_policies=read_ike2_policies(config, release),
        ikev2_interfaces=read_enabled(config, 2, release),
        proposals=read_proposals(config, release),
        dynamic_maps=read_maps(config, names, release, "dynamic-map"),
        profiles=read_profiles(config, release),
        tunnels=tuple(read_tunnels(config, names, standby)),
        group_policies=read_group_policies(config, release),
        trustpoints=read_trustpoints(config),
        settings=read_settings(config, release),
        permit_vpn=config.find("no sysopt connection permit-vpn") is None,
        default_group=default_group,
        nat=read_nat(config, names, acls, release),
        inbound_acls=read_inbound_acls(config),
        management_access=config.value("management-access") or "",
        hairpin=config.find("same-security-traffic permit intra-interface") is not None,
    )  # fmt: skip
