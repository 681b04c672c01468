# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of address translation as traffic meets them: what each matches, what it makes, and in which order.

From 8.3 on the rules are tried section by section; those in objects are sorted by the device: static before dynamic,
then by how few addresses a rule has, then by address. To 8.2 the order is exemptions, static rules, policy rules, and
of the rest the one that fits best (ASA configuration guide 8.2, "Order of NAT Rules Used to Match Real Addresses";
9.x, "NAT Rule Order").
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from ipaddress import collapse_addresses, ip_address, ip_network, summarize_address_range

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    Nat,
    NatKind,
    NatRule,
    Network,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes

_ANY = frozenset({("any",), ("any4",), ("0", "0"), ("0.0.0.0", "0.0.0.0")})
_EVERYTHING = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class Effect(enum.Enum):
    """What a rule does to what it matches. ``UNSURE`` where its words were not resolved, or no pool is known."""

    EXEMPT = "exempt"
    TRANSLATE = "translate"
    UNSURE = "unsure"


class Side:
    """The networks a rule matches on one side; every one when it names none."""

    def __init__(self, networks: Collection[Network] | None) -> None:
        self.any = networks is None
        v4 = [each for each in networks or () if each.version == 4]
        v6 = [each for each in networks or () if each.version == 6]
        self.networks: tuple[Network, ...] = (*collapse_addresses(v4), *collapse_addresses(v6))
        self._known = Prefixes((network, None) for network in self.networks)

    def common(self, network: Network) -> list[Network]:
        return [network] if self.any else self._known.common(network)

    def covers(self, network: Network) -> bool:
        return self.any or next(self._known.covering(network), None) is not None

    @property
    def telling(self) -> bool:
        """Whether it is worth looking a rule up by this side."""
        return not self.any and all(network.prefixlen for network in self.networks)


@dataclass(frozen=True)
class View:
    """A rule as traffic from ``entry`` to ``leaves`` meets it, in one of its directions.

    ``becomes`` is what its sources are turned into, ``None`` when not known. ``partial`` is true for a rule of certain
    ports, which takes but a part of what it matches.
    """

    order: tuple[int, ...]
    rule: NatRule
    effect: Effect
    source: Side
    destination: Side
    entry: str
    leaves: str
    becomes: tuple[Network, ...] | None = None
    partial: bool = False


def views(config: Config, nat: Nat, interface: str) -> Iterator[View]:
    for at, rule in enumerate(nat.rules):
        if rule.inactive:
            continue
        if rule.section is None and rule.access_list is not None:
            yield from _policy(config, nat, rule, at, interface)
            continue
        forward = _forward(config, nat, rule, at, interface)
        yield forward
        if rule.kind is NatKind.STATIC and "unidirectional" not in rule.options and rule.mapped_interface is not None:
            yield _reverse(rule, forward)


def _forward(config: Config, nat: Nat, rule: NatRule, at: int, interface: str) -> View:
    destination = rule.destination
    source, known = _side(rule.source.real, rule.source.real_networks)
    target, target_known = _side(destination.mapped, destination.mapped_networks) if destination else (Side(None), True)
    becomes = _becomes(config, nat, rule, interface)
    return View(
        _order(rule, at),
        rule,
        _effect(nat, rule, interface) if known and target_known else Effect.UNSURE,
        _narrowed(rule, source),
        target,
        rule.real_interface,
        rule.mapped_interface or "any",
        becomes,
        partial=bool(rule.service),
    )


def _reverse(rule: NatRule, forward: View) -> View:
    """A static rule the other way round: the destinations' real side sends, to the sources' mapped side."""
    destination = rule.destination
    source, known = _side(destination.real, destination.real_networks) if destination else (Side(None), True)
    target, target_known = _side(rule.source.mapped, rule.source.mapped_networks)
    unsure = forward.effect is Effect.UNSURE or not known or not target_known
    return replace(
        forward,
        order=(*forward.order, 1),
        effect=Effect.UNSURE if unsure else forward.effect,
        source=source,
        destination=target,
        entry=rule.mapped_interface or "any",
        leaves=rule.real_interface,
        becomes=destination.mapped_networks if destination else None,
    )


def _policy(config: Config, nat: Nat, rule: NatRule, at: int, interface: str) -> Iterator[View]:
    """One view for each line of the access list of an older rule."""
    known = config.access_lists.get(rule.access_list or "")
    order, leaves = _order(rule, at), rule.mapped_interface or "any"
    everything = View(order, rule, Effect.UNSURE, Side(None), Side(None), rule.real_interface, leaves)
    if known is None or known.unresolved:
        yield everything
    effect = _effect(nat, rule, interface)
    becomes = _becomes(config, nat, rule, interface)
    for line, each in enumerate(known.rules if known is not None else ()):
        if each.inactive:
            continue
        yield View(
            (*order, line),
            rule,
            # What a list denies goes on to the next rule: told apart by a person, and rare.
            effect if each.permit else Effect.UNSURE,
            Side([each.source.network]),
            Side([each.destination.network]),
            rule.real_interface,
            leaves,
            _as_wide(becomes, each.source.network) if rule.kind is NatKind.STATIC else becomes,
            partial=bool(rule.service) or bool(each.source.protocol),
        )


def _effect(nat: Nat, rule: NatRule, interface: str) -> Effect:
    kept = rule.source.unchanged and (rule.destination is None or rule.destination.unchanged)
    if rule.exempts or (rule.kind is NatKind.STATIC and kept and rule.access_list is None):
        return Effect.EXEMPT
    if rule.section is None and rule.kind is NatKind.DYNAMIC:
        pooled = any(pool.number == rule.pool and pool.interface == interface for pool in nat.pools)
        return Effect.TRANSLATE if pooled else Effect.UNSURE
    return Effect.TRANSLATE


def _becomes(config: Config, nat: Nat, rule: NatRule, interface: str) -> tuple[Network, ...] | None:
    if rule.kind is NatKind.DYNAMIC and rule.section is None:
        pools = [pool for pool in nat.pools if pool.number == rule.pool and pool.interface == interface]
        found = [network for pool in pools for network in _pool(config, pool.addresses, interface)]
        return tuple(found) or None
    if "interface" in rule.source.mapped[:1]:
        return tuple(_pool(config, ("interface",), interface)) or None
    return rule.source.mapped_networks


def _as_wide(becomes: tuple[Network, ...] | None, source: Network) -> tuple[Network, ...] | None:
    """A static policy rule names an address alone, and its list how many follow it."""
    if becomes is None or source.version != becomes[0].version:
        return becomes
    return (ip_network((becomes[0].network_address, source.prefixlen), strict=False),)


def _pool(config: Config, addresses: tuple[str, ...], interface: str) -> list[Network]:
    """``interface``, an address or a range with a hyphen; what follows is its mask."""
    if addresses[0] == "interface":
        found = config.interface(interface)
        return [ip_network(found.address)] if found is not None and found.address is not None else []
    low, _, high = addresses[0].partition("-")
    try:
        return list(summarize_address_range(ip_address(low), ip_address(high or low)))
    except (TypeError, ValueError):
        return []


def _side(typed: tuple[str, ...], networks: tuple[Network, ...] | None) -> tuple[Side, bool]:
    """The side, and whether it is known: what was not resolved may be anything."""
    if typed in _ANY:
        return Side(None), True
    return Side(networks), networks is not None


def _narrowed(rule: NatRule, source: Side) -> Side:
    """``any`` behind an address of IPv4 is IPv4's alone."""
    mapped = rule.source.mapped
    if source.any and mapped and mapped not in _ANY and "ipv6" not in (*mapped, *rule.options):
        known = rule.source.mapped_networks or ()
        if mapped[0] == "interface" or (known and all(each.version == 4 for each in known)):
            return Side([_EVERYTHING[0]])
    return source


def _order(rule: NatRule, at: int) -> tuple[int, ...]:
    networks = rule.source.real_networks or ()
    if rule.section == 2:
        size = sum(network.num_addresses for network in networks)
        lowest = min((int(network.network_address) for network in networks), default=0)
        return (2, rule.kind is not NatKind.STATIC, size, lowest, at)
    if rule.section is not None:
        return (rule.section, at)
    if rule.kind is NatKind.EXEMPTION:
        return (0, at)
    if rule.pool is None:
        return (1, at)
    if rule.access_list is not None:
        return (2, at)
    return (3, -max((network.prefixlen for network in networks), default=0), at)
