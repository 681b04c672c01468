# SPDX-License-Identifier: GPL-3.0-or-later
"""What one device says of peers that no device is: looked up by what may still tell who they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import cached_property

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._references import Peer, Reference
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, ProxyIdentities


class Lost:
    """The references in their order. A hub may have thousands: each is found, and taken out, without a search."""

    def __init__(
        self, identities: Callable[[Reference], frozenset[ProxyIdentities]], foreign: Collection[Address]
    ) -> None:
        self._identities = identities
        self._foreign = foreign
        self._known: dict[int, Reference] = {}

    def add(self, reference: Reference) -> None:
        self._known[id(reference)] = reference

    def take(self, reference: Reference) -> None:
        """It is somebody's after all."""
        del self._known[id(reference)]
        self._strangers.pop(id(reference), None)
        if reference.entry is None:
            self.live.pop(reference.peer, None)

    @property
    def applied(self) -> list[Reference]:
        return [reference for reference in self._known.values() if reference.applied]

    @cached_property
    def live(self) -> dict[Peer, Reference]:
        """Those that only SAs make."""
        return {reference.peer: reference for reference in self._known.values() if reference.entry is None}

    @cached_property
    def _strangers(self) -> dict[int, Reference]:
        return {
            key: reference
            for key, reference in self._known.items()
            if reference.entry is not None and reference.peer not in self._foreign
        }

    @cached_property
    def _by_identities(self) -> dict[ProxyIdentities, list[int]]:
        found: dict[ProxyIdentities, list[int]] = defaultdict(list)
        for key, reference in self._strangers.items():
            for identities in self._identities(reference):
                found[identities].append(key)
        return found

    @cached_property
    def _order(self) -> dict[int, int]:
        return {key: position for position, key in enumerate(self._strangers)}

    def stranger(self, wanted: Callable[[], Iterable[ProxyIdentities]], *, guess: bool) -> Reference | None:
        """The first entry that protects one of the wanted identities; as a ``guess`` the only one, if none is known."""
        if not self._strangers:
            return None
        asked = list(wanted())
        if not asked:
            return next(iter(self._strangers.values())) if guess and len(self._strangers) == 1 else None
        order = self._order
        alike = {key for each in asked for key in self._by_identities.get(each, ()) if key in self._strangers}
        return self._strangers[min(alike, key=order.__getitem__)] if alike else None
