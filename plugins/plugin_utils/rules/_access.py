# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access lists of one end: what it proposes and accepts, line by line.

IKE negotiates one pair of SAs for each line that permits (after its objects and groups are resolved). A responder
accepts what one of its own lines holds, and refuses what only several of them together would (713061).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from itertools import islice

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, traffic, within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessRule,
    Config,
    CryptoMapEntry,
    End,
    ProxyIdentities,
    Severity,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Examine,
    Said,
    fails,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import Clash, deciding_lines, sequences

ENOUGH = 100
"""So many clashes of an end are looked for: a list may be of tens of thousands of lines, and clash in each."""


@once
def list_names(end: End) -> tuple[str, ...]:
    """The access lists of every entry that serves this peer: crypto maps, templates and tunnel policies."""
    entries = (end.map_entry, *end.more_entries)
    return tuple(dict.fromkeys(e.access_list for e in entries if e is not None and e.access_list is not None))


def doubt(end: End, config: Config) -> Said | None:
    """What keeps the end's crypto access lists from being judged whole, or nothing."""
    names = list_names(end)
    return next((said for name in names or (None,) if (said := list_doubt(end, config, name))), None)


def list_doubt(end: End, config: Config, name: str | None) -> Said | None:
    """What keeps one of the end's crypto access lists from being judged whole, or nothing."""
    if name is None:
        return unknown(f"{end.name} matches no access list: see map-entry-incomplete")
    if without_line(end, config, name):
        return not_applicable(f"{end.name}'s access list {name} has no line: see map-entry-incomplete")
    known = config.access_lists.get(name)
    if known is None:
        return unknown(f"{end.name}'s access list {name} was not read")
    if known.unresolved:
        return unknown(f"{end.name}'s access list {name} cannot be followed: {known.unresolved[0]}")
    return None


def without_line(end: End, config: Config, name: str) -> bool:
    """Whether the device has no line of one of the end's lists: its last was taken away, and the name left behind.

    Releases before 9.0 print lists of IPv6 elsewhere.
    """
    if name not in config.absent_lists:
        return False
    entries = [each for each in (end.map_entry, *end.more_entries) if each is not None and each.access_list == name]
    six = any(isinstance(peer, IPv6Address) for each in entries for peer in each.peers)
    return not six or (end.device.version is not None and end.device.version >= Version(9, 0))


def rules_of(end: End, config: Config) -> list[AccessRule]:
    """Every line of the end's crypto access lists that was read, the inactive ones too."""
    return [rule for name in list_names(end) if name in config.access_lists for rule in config.access_lists[name].rules]


@dataclass(frozen=True)
class _Effect:
    """What a list does: what it permits and proposes, and what it denies of what it permits further down."""

    permitted: tuple[ProxyIdentities, ...]
    exceptions: tuple[ProxyIdentities, ...]


def permitted(config: Config, name: str | None) -> tuple[ProxyIdentities, ...]:
    """What a list permits, without lines that a line above leaves nothing: they propose nothing."""
    return _effect(config, name).permitted


def exceptions(config: Config, name: str | None) -> tuple[ProxyIdentities, ...]:
    """What a list denies of what it permits further down."""
    return _effect(config, name).exceptions


@once
def _effect(config: Config, name: str | None) -> _Effect:
    found = config.access_lists.get(name or "")
    active = deciding_lines(found) if found else []
    index = Index(traffic(rule) for rule in active)
    deciding = []
    for position, mine in enumerate(index.pairs):
        # A line that holds only at some hours covers nothing for good.
        above = (p for p in index.near(mine, stop=position) if active[p].time_range is None)
        if not any(within(mine, index.pairs[p]) for p in above):
            deciding.append(position)
    permits = {position for position in deciding if active[position].permit}
    denials = (position for position in deciding if position not in permits)
    excepting = [p for p in denials if any(each in permits for each in index.near(index.pairs[p], start=p + 1))]
    return _Effect(tuple(index.pairs[p] for p in sorted(permits)), tuple(index.pairs[p] for p in excepting))


def told(clashes: Sequence[Clash]) -> str:
    """As ``listed``, of clashes that were counted no further than ``ENOUGH``."""
    return listed(clashes) if len(clashes) < ENOUGH else f"{listed(clashes)} or even more"


def judge_lines(
    wrong: Callable[[AccessRule], bool], words: Callable[[list[str]], str], healthy: str, severity: Severity
) -> Examine:
    """An examination of an end's crypto access lists that fails for lines of a kind, named as typed."""

    def examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
        lines = list(dict.fromkeys(rule.line for rule in rules_of(end, config) if wrong(rule)))
        if lines:
            return fails(words(lines), severity, evidence=tuple(f"{end.name}: {line}" for line in lines))
        return doubt(end, config) or passes(healthy)

    return examine


def taken(end: End, config: Config, *, whole: bool) -> list[Clash]:
    """What earlier sequences take of this end's lines, whole or in part; those of the same peer left out."""
    found: list[Clash] = []
    for entry in own_entries(end):
        others = sequences(config, entry.map)
        ours = frozenset(e.sequence for e in own_entries(end) if e.map == entry.map and e.sequence < entry.sequence)
        # Sequences with one list and the same lines above lose the same.
        found += _taken(config, entry.map, entry.access_list, others.before(entry), ours)
    return [clash for clash in found if clash.whole is whole]


@once
def _taken(config: Config, name: str, access_list: str | None, before: int, ours: frozenset[int]) -> tuple[Clash, ...]:
    others = sequences(config, name)
    found: list[Clash] = []
    wholly = 0
    for mine in permitted(config, access_list) if before else ():
        clashes = [clash for clash in others.above(before, mine) if clash.entry.sequence not in ours]
        wholly += sum(clash.whole for clash in clashes)
        found += clashes
        if wholly >= ENOUGH:
            break
    return tuple(found)


def wanted(end: End, config: Config) -> list[Clash]:
    """What later sequences would take of this end's lines; those of the same peer left out."""
    ours = {(each.map, each.sequence) for each in own_entries(end)}
    every = (
        clash
        for entry in own_entries(end)
        if sequences(config, entry.map).after(entry)
        for mine in permitted(config, entry.access_list)
        for clash in sequences(config, entry.map).below(entry, mine)
    )
    return list(islice((clash for clash in every if (clash.entry.map, clash.entry.sequence) not in ours), ENOUGH))


def not_taken(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    """That earlier sequences take nothing of the end's, as far as all of the lists are known."""
    if doubtful := doubt(end, config):
        return doubtful
    blind = sequences(config, entry.map).unread_above(entry)
    if blind is not None:
        return unknown(f"{end.name}'s access list {blind.access_list} of {blind} was not read whole")
    return passes("nothing")
