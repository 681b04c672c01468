# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access lists of one end: what it proposes and accepts, line by line.

IKE negotiates one pair of SAs for each line that permits (after its objects and groups are resolved). A responder
accepts what one of its own lines holds, and refuses what only several of them together would (713061).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, traffic, within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessRule,
    Config,
    CryptoMapEntry,
    End,
    ProxyIdentities,
    Severity,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Examine, Said, fails, passes, unknown
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import Clash, Sequences, sequences


def list_names(end: End) -> tuple[str, ...]:
    """The access lists of every entry that names this peer."""
    return tuple(dict.fromkeys(e.access_list for e in own_entries(end) if e.access_list is not None))


def doubt(end: End, config: Config) -> str:
    """Why the end's crypto access lists are not known whole, or nothing."""
    names = list_names(end)
    return next((reason for name in names or (None,) if (reason := list_doubt(end, config, name))), "")


def list_doubt(end: End, config: Config, name: str | None) -> str:
    """Why one of the end's crypto access lists is not known whole, or nothing."""
    if name is None:
        return f"{end.name} matches no access list: see map-entry-incomplete"
    if name in config.absent_lists:
        return f"{end.name} has no access list {name}: see map-entry-incomplete"
    known = config.access_lists.get(name)
    if known is None:
        return f"{end.name}'s access list {name} was not read"
    return f"{end.name}'s access list {name} names what was not read: {known.unresolved[0]}" if known.unresolved else ""


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
    active = [rule for rule in (found.rules if found else ()) if not rule.inactive]
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


def judge_lines(
    wrong: Callable[[AccessRule], bool], words: Callable[[list[str]], str], healthy: str, severity: Severity
) -> Examine:
    """An examination of an end's crypto access lists that fails for lines of a kind, named as typed."""

    def examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
        lines = list(dict.fromkeys(rule.line for rule in rules_of(end, config) if wrong(rule)))
        if lines:
            return fails(words(lines), severity, evidence=tuple(f"{end.name}: {line}" for line in lines))
        reason = doubt(end, config)
        return unknown(reason) if reason else passes(healthy)

    return examine


def clashing(
    end: End, config: Config, find: Callable[[Sequences, CryptoMapEntry, ProxyIdentities], list[Clash]]
) -> list[Clash]:
    """What ``find`` says of other sequences on each line of this end's, those of the same peer left out."""
    own = own_entries(end)
    ours = {(each.map, each.sequence) for each in own}
    found = []
    for entry in own:
        others = sequences(config, entry.map)
        for mine in permitted(config, entry.access_list):
            clashes = find(others, entry, mine)
            found += [clash for clash in clashes if (clash.entry.map, clash.entry.sequence) not in ours]
    return found
