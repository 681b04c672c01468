# SPDX-License-Identifier: GPL-3.0-or-later
"""What address translation makes of a tunnel's traffic. A crypto map is asked after translation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Nat,
    NatKind,
    Network,
    ProxyIdentities,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._nat_rules import Effect, View, views
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import of_device

_PIECES = 64


@dataclass(frozen=True)
class Answer:
    """What becomes of one pair of proxy identities. ``untouched`` is true when a part of it meets no rule.

    ``translated`` says of each rule whether it takes the whole pair; ``mapped`` are those that make its addresses.
    """

    exempt: tuple[View, ...] = ()
    translated: tuple[tuple[View, bool], ...] = ()
    unsure: tuple[View, ...] = ()
    untouched: bool = False
    mapped: tuple[View, ...] = ()


# A view's place in the order, and whether its sources are all of those asked for.
Numbered = tuple[int, tuple[View, bool]]


class Translation:
    """A device's rules for what leaves by one interface, to look up by the traffic's networks."""

    def __init__(self, config: Config, nat: Nat, interface: str) -> None:
        found = [view for view in views(config, nat, interface) if view.leaves in ("any", interface)]
        found.sort(key=lambda view: view.order)
        self.interface = interface
        self.control = bool(nat.control)
        # A rule is looked up by the side that says more; one that matches everything is always asked.
        self._destinations = Prefixes((net, each) for each in enumerate(found) for net in _key(each[1])[0])
        self._sources = Prefixes((net, each) for each in enumerate(found) for net in _key(each[1])[1])
        self._always = [each for each in enumerate(found) if _key(each[1]) == ((), ())]
        self._from: dict[Network, list[Numbered]] = {}
        self._mapped = Prefixes(
            (network, view)
            for view in found
            if view.effect is Effect.TRANSLATE and not (view.rule.kind is NatKind.STATIC and view.rule.source.unchanged)
            for network in view.becomes or ()
        )

    def answer(self, pair: ProxyIdentities, entries: Collection[str] | None) -> Answer:
        """What becomes of this traffic when it comes in by one of these interfaces, or by any when ``None``."""
        local, remote = pair.local.network, pair.remote.network
        found = {at: (view, view.source.covers(local)) for _, (at, view) in self._destinations.overlapping(remote)}
        left = [(local, remote)]
        exempt: list[View] = []
        translated: list[tuple[View, bool]] = []
        unsure: list[View] = []
        # Both are sorted, or nearly so.
        for _, (view, covers) in sorted([*found.items(), *self._anywhere(local)], key=_first):
            if not left:
                break
            if not self._enters(view, entries):
                continue
            # Once a part is translated, only what takes all the rest can make it worse.
            if translated and view.effect is Effect.TRANSLATE and not covers:
                continue
            hit, rest = _take(left, view)
            if not hit:
                continue
            effect = view.effect
            if local.version == 6 and effect is Effect.TRANSLATE and view.source.any and view.becomes is None:
                effect = Effect.UNSURE
            if effect is Effect.UNSURE:
                unsure.append(view)
                continue
            if effect is Effect.TRANSLATE:
                translated.append((view, hit == [(local, remote)] and not exempt and not view.partial))
            elif not view.partial:
                exempt.append(view)
            # What is split into ever more pieces is not worth the time: a part is exempt, and that is known.
            if not view.partial and (not rest or (effect is Effect.EXEMPT and len(rest) <= _PIECES)):
                left = rest
        return Answer(tuple(exempt), tuple(translated), tuple(unsure), bool(left), self.making(pair))

    def _anywhere(self, local: Network) -> list[Numbered]:
        """The rules for traffic from these networks to anywhere; the tunnels of a hub share them."""
        if local not in self._from:
            found = {at: view for _, (at, view) in self._sources.overlapping(local)} | dict(self._always)
            known = ((at, (view, view.source.covers(local))) for at, view in found.items())
            self._from[local] = sorted(known, key=_first)
        return self._from[local]

    def _enters(self, view: View, entries: Collection[str] | None) -> bool:
        if view.entry == "any":
            return True
        return view.entry != self.interface if entries is None else view.entry in entries

    def making(self, pair: ProxyIdentities) -> tuple[View, ...]:
        """The rules that turn other addresses into the pair's local ones: the crypto map is then to name these."""
        remote = pair.remote.network
        found = (view for _, view in self._mapped.overlapping(pair.local.network) if view.destination.common(remote))
        return tuple(dict.fromkeys(found))


Piece = tuple[Network, Network]


def _first(item: Numbered) -> int:
    return item[0]


def _take(left: list[Piece], view: View) -> tuple[list[Piece], list[Piece]]:
    """What of these pieces the rule matches, and what remains."""
    hit: list[Piece] = []
    rest: list[Piece] = []
    for local, remote in left:
        sources, destinations = view.source.common(local), view.destination.common(remote)
        if not sources or not destinations:
            rest.append((local, remote))
            continue
        hit += [(source, destination) for source in sources for destination in destinations]
        rest += [(other, remote) for other in _without(local, sources)]
        rest += [(source, other) for source in sources for other in _without(remote, destinations)]
    return hit, rest


def _without(network: Network, parts: list[Network]) -> list[Network]:
    if parts == [network]:
        return []
    left = [network]
    for part in parts:
        left = [
            piece
            for each in left
            for piece in (each.address_exclude(part) if part.subnet_of(each) else [each])  # type: ignore[arg-type]
        ]
    return left


def _key(view: View) -> tuple[tuple[Network, ...], tuple[Network, ...]]:
    """The networks to find a rule by: those of its destination, else of its source, else none."""
    if view.destination.telling:
        return view.destination.networks, ()
    return (), (view.source.networks if view.source.telling else ())


@once
def of_config(config: Config) -> dict[str, Translation]:
    """The translation of each interface that a crypto map is applied to; empty when it was not read."""
    nat = config.nat
    if nat is None or "nat" in config.unread:
        return {}
    interfaces = dict.fromkeys(name for names in config.crypto_map_interfaces.values() for name in names)
    return {interface: Translation(config, nat, interface) for interface in interfaces}


def entries(end: End, local: Network, interface: str) -> frozenset[str] | None:
    """The interfaces by which traffic from these networks comes in, or ``None`` when that is not known."""
    config, routes = end.device.config, of_device(end.device)
    if routes is not None:
        way = routes.way(local)
        found = {name for each in routes.narrower(local) for name in routes.interfaces(each)}
        found |= set(routes.interfaces(way)) if way is not None else set()
        # A configured default says nothing of networks that a routing protocol knows.
        return frozenset(found) if found and (routes.live or found != {interface}) else None
    connected = {
        each.nameif
        for each in (config.interfaces if config is not None else ())
        if each.nameif is not None and each.network is not None and local.version == each.network.version
        if local.overlaps(each.network)
    }
    return frozenset(connected) or None
