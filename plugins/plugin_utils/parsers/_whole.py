# SPDX-License-Identifier: GPL-3.0-or-later
"""One ``Config`` of the parts that commands print separately, with references followed and defaults filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessGroup,
    Address,
    Applet,
    Config,
    GroupPolicy,
    Interface,
    LogSettings,
    Nat,
    NatSide,
    StaticRoute,
    Sysopt,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import virtual_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._resolve import Resolver
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_access_list import AccessLine
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_crypto import Crypto
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_object import Objects
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_object_group import Groups
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_tunnel_group import effective

# The list of an interface may be a site's whole policy, and is only asked about the networks of a few tunnels.
MOST_OF_A_FILTER = 20_000


@dataclass(frozen=True)
class Parts:
    """The values of the configuration's parsers. ``None`` and missing parts were not read."""

    hostname: str | None = None
    names: Mapping[str, Address] = field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    objects: Objects = field(default_factory=dict)
    object_groups: Groups = field(default_factory=dict)
    access_lists: Mapping[str, tuple[AccessLine, ...]] = field(default_factory=dict)
    crypto: Crypto = field(default_factory=Crypto)
    tunnel_groups: Mapping[str, TunnelGroup] = field(default_factory=dict)
    group_policies: Mapping[str, GroupPolicy] = field(default_factory=dict)
    management_access: str | None = None
    nat: Nat | None = None
    routes: tuple[StaticRoute, ...] | None = None
    sysopt: Sysopt | None = None
    logging: LogSettings | None = None
    applets: tuple[Applet, ...] | None = None
    access_groups: tuple[AccessGroup, ...] | None = None
    all_read: frozenset[str] = frozenset()

    def config(self) -> Config:
        crypto = of_crypto(self.crypto, self.interfaces)
        # Other lists may be huge and are nobody's tunnel.
        entries = (*crypto["crypto_maps"], *crypto["dynamic_maps"])
        matched = {entry.access_list for entry in entries if entry.access_list}
        wanted = set(matched)
        wanted |= {rule.access_list for rule in (self.nat.rules if self.nat else ()) if rule.access_list}
        wanted |= {policy.filter for policy in self.group_policies.values() if policy.filter}
        filters = self._filters() - wanted
        resolver = Resolver(self.names, self.objects, self.object_groups, self.interfaces)
        return Config(
            hostname=self.hostname,
            interfaces=self.interfaces,
            names=self.names,
            access_lists={
                name: resolver.access_list(name, self.access_lists[name])
                for name in sorted(wanted & self.access_lists.keys())
            }
            | {
                name: resolver.access_list(name, self.access_lists[name], MOST_OF_A_FILTER)
                for name in sorted(filters & self.access_lists.keys())
            },
            tunnel_groups=effective(self.tunnel_groups),
            management_access=self.management_access,
            group_policies=self.group_policies,
            all_read=self.all_read,
            nat=_translation(self.nat, resolver) if self.nat else None,
            routes=self.routes,
            sysopt=self.sysopt,
            logging=self.logging,
            applets=self.applets,
            access_groups=self.access_groups,
            absent_lists=frozenset(matched - self.access_lists.keys()),
            **crypto,
        )

    def _filters(self) -> set[str]:
        """The lists of interfaces that may hold up what a crypto map encrypts or has decrypted."""
        # A part read with `all` prints what is on.
        printed = self.sysopt.permit_vpn if self.sysopt is not None else True
        inwards = "sysopt" in self.all_read if printed is None else not printed
        mapped = {name for names in self.crypto.crypto_map_interfaces.values() for name in names}
        return {
            each.access_list
            for each in self.access_groups or ()
            if (each.direction == "out" and each.interface in mapped)
            or (inwards and (each.direction == "global" or (each.direction == "in" and each.interface in mapped)))
        }


def of_crypto(crypto: Crypto, interfaces: tuple[Interface, ...]) -> dict[str, Any]:
    """The fields of a ``Config`` that its crypto part fills, defaults and virtual tunnel interfaces among them."""
    virtual, applied = virtual_entries(interfaces, crypto.ipsec_profiles)
    default = Config()
    seconds, kilobytes = crypto.lifetime_seconds, crypto.lifetime_kilobytes
    return {
        "crypto_maps": (*crypto.crypto_maps, *virtual),
        "crypto_map_interfaces": {**crypto.crypto_map_interfaces, **applied},
        "transform_sets": crypto.transform_sets,
        "ipsec_proposals": crypto.ipsec_proposals,
        "ike_policies": crypto.ike_policies,
        "ike_enabled": crypto.ike_enabled,
        "dynamic_maps": crypto.dynamic_maps,
        "ipsec_profiles": crypto.ipsec_profiles,
        "ike_settings": crypto.ike,
        "ipsec_settings": crypto.ipsec,
        "trustpoints": crypto.trustpoints,
        "lifetime_seconds": default.lifetime_seconds if seconds is None else seconds,
        "lifetime_kilobytes": default.lifetime_kilobytes if kilobytes is None else kilobytes,
    }


def _translation(nat: Nat, resolver: Resolver) -> Nat:
    """The rules with the networks that their words stand for."""

    def side(typed: NatSide) -> NatSide:
        return dataclasses.replace(
            typed, real_networks=resolver.translated(typed.real), mapped_networks=resolver.translated(typed.mapped)
        )

    rules = tuple(
        dataclasses.replace(
            rule, source=side(rule.source), destination=side(rule.destination) if rule.destination else None
        )
        for rule in nat.rules
    )
    return dataclasses.replace(nat, rules=rules)
