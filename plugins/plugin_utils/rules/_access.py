# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access lists of one end: what it proposes and accepts, line by line.

IKE negotiates one pair of SAs for each line that permits (after its objects and groups are resolved). A responder
accepts what one of its own lines holds, and refuses what only several of them together would (713061).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessRule,
    Config,
    CryptoMapEntry,
    End,
    ProxyIdentities,
    Severity,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Examine, Said, own_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import (
    Clash,
    Index,
    Sequences,
    deciding_lines,
    sequences,
    traffic,
    within,
)

SHOWN = 4
"""So many lines or identities stand in a message; a number stands for the rest."""

ENOUGH = 100
"""So many clashes of an end are looked for: a list may be of tens of thousands of lines, and clash in each."""


def list_names(end: End) -> tuple[str, ...]:
    """The access lists of every entry that serves this peer: crypto maps, templates and tunnel policies."""
    entries = (end.map_entry, *end.more_entries)
    return tuple(dict.fromkeys(e.access_list for e in entries if e is not None and e.access_list is not None))


def doubt(end: End, config: Config) -> str:
    """Why the end's crypto access lists are not known whole, or nothing."""
    if not list_names(end):
        return f"{end.name} matches no access list: see map-entry-incomplete"
    for name in list_names(end):
        if name not in config.access_lists:
            return f"{end.name}'s access list {name} was not read"
        if config.access_lists[name].unresolved:
            return f"{end.name}'s access list {name} cannot be followed: {config.access_lists[name].unresolved[0]}"
    return ""


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
    return once(config, ("effect", name), lambda: _effect(config, name)).permitted


def exceptions(config: Config, name: str | None) -> tuple[ProxyIdentities, ...]:
    """What a list denies of what it permits further down."""
    return once(config, ("effect", name), lambda: _effect(config, name)).exceptions


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


def listed(items: Sequence[object]) -> str:
    """The first few, and how many more."""
    more = len(items) - SHOWN
    return ", ".join(map(str, items[:SHOWN])) + (f" and {more} more" if more > 0 else "")


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
            return Said(words(lines), severity, evidence=tuple(f"{end.name}: {line}" for line in lines))
        reason = doubt(end, config)
        return Said(reason, unknown=True) if reason else Said(healthy)

    return examine


def counted(lines: Sequence[object], noun: str = "line") -> str:
    return f"{len(lines)} {noun}{'' if len(lines) == 1 else 's'}"


def taken(end: End, config: Config, *, whole: bool) -> list[Clash]:
    """What earlier sequences take of this end's lines, whole or in part; those of the same peer left out."""
    found: list[Clash] = []
    for entry in own_entries(end):
        others = sequences(config, entry.map)
        ours = frozenset(e.sequence for e in own_entries(end) if e.map == entry.map and e.sequence < entry.sequence)
        # Sequences with one list and the same lines above lose the same.
        key = ("taken", entry.map, entry.access_list, others.before(entry), ours)
        found += once(config, key, partial(_taken, config, others, entry, ours))
    return [clash for clash in found if clash.whole is whole]


def _taken(config: Config, others: Sequences, entry: CryptoMapEntry, ours: frozenset[int]) -> list[Clash]:
    found: list[Clash] = []
    wholly = 0
    for mine in permitted(config, entry.access_list) if others.before(entry) else ():
        clashes = [clash for clash in others.above(entry, mine) if clash.entry.sequence not in ours]
        wholly += sum(clash.whole for clash in clashes)
        found += clashes
        if wholly >= ENOUGH:
            break
    return found


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
