# SPDX-License-Identifier: GPL-3.0-or-later
"""The sequences of a device's crypto maps, in the order in which a packet is tried against them.

A packet is taken by the first line that permits it. A line that denies it ends this sequence's list, and the next
sequence is tried (Cisco ASA CLI configuration guide, "Cascading ACLs in a Crypto Map Set"). So what is above a tunnel's
own sequence decides what that tunnel gets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, traffic, within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    CryptoMapEntry,
    ProxyIdentities,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once


def deciding_lines(access_list: AccessList) -> list[AccessRule]:
    """The active lines, without the second of two that say the same: groups give thousands of them."""
    said: dict[Hashable, AccessRule] = {}
    for rule in access_list.rules:
        if not rule.inactive:
            said.setdefault((rule.source, rule.destination, rule.permit, rule.time_range), rule)
    return [*said.values()]


@dataclass(frozen=True)
class Clash:
    """A line of another sequence that takes traffic of a tunnel's own line: all of it (``whole``), or a part."""

    entry: CryptoMapEntry
    theirs: ProxyIdentities
    mine: ProxyIdentities
    whole: bool

    def __str__(self) -> str:
        return f"{self.mine} by {self.entry} ({self.theirs})"

    @property
    def specific(self) -> bool:
        """The other line is a part of this tunnel's: the order in which one line is meant to except from another."""
        return within(self.theirs, self.mine) and not within(self.mine, self.theirs)


class Sequences:
    """One crypto map: the lines of its static sequences in the order tried.

    A list that several sequences match stands once, with the first of them: what it holds is taken there.
    """

    def __init__(self, config: Config, name: str) -> None:
        lines: list[tuple[CryptoMapEntry, AccessRule]] = []
        self.opaque: list[CryptoMapEntry] = []
        ordered = sorted((each for each in config.crypto_maps if each.map == name), key=lambda entry: entry.sequence)
        self.dynamic = [entry for entry in ordered if entry.dynamic_map is not None]
        self._uses: dict[str, list[CryptoMapEntry]] = defaultdict(list)
        for entry in ordered:
            # The device passes over an entry that is incomplete (map-entry-incomplete).
            if entry.access_list is None or not entry.peers or not (entry.transform_sets or entry.ikev2_proposals):
                continue
            if entry.access_list in config.absent_lists:
                continue
            access_list = config.access_lists.get(entry.access_list)
            if access_list is None or access_list.unresolved:
                self.opaque.append(entry)
            uses = self._uses[entry.access_list]
            uses.append(entry)
            if access_list is not None and len(uses) == 1:
                lines += ((entry, rule) for rule in deciding_lines(access_list))
        self.entries = [entry for entry, _ in lines]
        self.rules = [rule for _, rule in lines]
        self._last = max((uses[-1].sequence for uses in self._uses.values()), default=0)
        self._numbers = [entry.sequence for entry in self.entries]
        self._index = Index(traffic(rule) for rule in self.rules)

    def above(self, before: int, mine: ProxyIdentities) -> list[Clash]:
        """What so many first lines take of a line of a later sequence, up to the first that takes all of it."""
        near = self._index.near(mine, stop=before)
        return self._clashes(mine, ((self.entries[position], position) for position in near))

    def before(self, entry: CryptoMapEntry) -> int:
        """How many lines stand above ``entry``."""
        return bisect_left(self._numbers, entry.sequence)

    def after(self, entry: CryptoMapEntry) -> bool:
        """Whether a later sequence has a list."""
        return self._last > entry.sequence

    def below(self, entry: CryptoMapEntry, mine: ProxyIdentities) -> list[Clash]:
        """What later sequences would take of a line of ``entry`` if that line were not."""
        near = ((self._next_use(position, entry), position) for position in self._index.near(mine))
        later = [(use, position) for use, position in near if use is not None]
        return self._clashes(mine, sorted(later, key=lambda each: (each[0].sequence, each[1])))

    def _next_use(self, position: int, entry: CryptoMapEntry) -> CryptoMapEntry | None:
        uses = self._uses[self.entries[position].access_list or ""]
        found = bisect_right(uses, entry.sequence, key=lambda use: use.sequence)
        return uses[found] if found < len(uses) else None

    def unread_above(self, entry: CryptoMapEntry) -> CryptoMapEntry | None:
        """The first earlier sequence whose list is not known whole."""
        return next((each for each in self.opaque if each.sequence < entry.sequence), None)

    def _clashes(self, mine: ProxyIdentities, lines: Iterable[tuple[CryptoMapEntry, int]]) -> list[Clash]:
        found: list[Clash] = []
        # A denial sends what it matches to the next sequence, past the rest of its own: all of this line or a part.
        passed: set[int] = set()
        parted: set[int] = set()
        for entry, position in lines:
            rule, theirs = self.rules[position], self._index.pairs[position]
            if entry.sequence in passed:
                continue
            always = within(mine, theirs) and rule.time_range is None
            if not rule.permit:
                (passed if always else parted).add(entry.sequence)
                continue
            whole = always and entry.sequence not in parted
            found.append(Clash(entry, theirs, mine, whole))
            if whole:
                break
        return found


@once
def sequences(config: Config, name: str) -> Sequences:
    """A crypto map's sequences, made once for a configuration."""
    return Sequences(config, name)
