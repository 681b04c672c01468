# SPDX-License-Identifier: GPL-3.0-or-later
"""What each end says for itself, put together into what a rule says of the tunnel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Outcome,
    ProxyIdentities,
    Selector,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """One end's part. ``words`` are its value, or for an outcome that is no value the whole reason."""

    outcome: Outcome
    words: str
    severity: Severity = Severity.INFO
    evidence: tuple[str, ...] = ()
    fix: tuple[Fix, ...] = ()


def passes(words: str) -> Said:
    return Said(Outcome.PASS, words)


def unknown(reason: str) -> Said:
    return Said(Outcome.UNKNOWN, reason)


def not_applicable(reason: str) -> Said:
    return Said(Outcome.NOT_APPLICABLE, reason)


def each_end(
    rule: Rule, tunnel: Tunnel, subject: str, say: Callable[[End, Config], Said], *, where: str = ""
) -> Iterator[Finding]:
    """Ask each end whose configuration was read, and say once what the tunnel's ends are."""
    findings = unread_config(rule, tunnel, subject)
    said = [(end, say(end, end.device.config)) for end in tunnel.ends if end.device.config is not None]
    yield from findings
    yield from together(rule, tunnel, subject, said, where=where, whole=not findings)


def together(
    rule: Rule, tunnel: Tunnel, subject: str, said: list[tuple[End, Said]], *, where: str = "", whole: bool = True
) -> Iterator[Finding]:
    """One finding of all the values, and one for each end that has none; it passes only where every end was read."""
    aside = [each for _, each in said if each.outcome not in (Outcome.PASS, Outcome.FAIL)]
    for each in dict.fromkeys(aside):
        yield rule.finding(each.outcome, tunnel, subject, each.words, where=where)
    judged = [(end, each) for end, each in said if each.outcome in (Outcome.PASS, Outcome.FAIL)]
    failing = [each for _, each in judged if each.outcome is Outcome.FAIL]
    words = " ".join(f"{end.name}: {each.words}" for end, each in judged)
    if failing:
        yield rule.fails(
            tunnel,
            subject,
            words,
            where=where,
            severity=max(each.severity for each in failing),
            evidence=[line for each in failing for line in each.evidence],
            fix=[fix for each in failing for fix in each.fix],
        )
    elif judged and whole and not any(each.outcome is Outcome.UNKNOWN for each in aside):
        yield rule.passes(tunnel, subject, words, where=where)


@dataclass(frozen=True)
class Value:
    """What holds of a setting at one end, printed or by default."""

    on: bool
    words: str


def switch(config: Config, part: str, printed: bool | None, *, default: bool) -> Value:
    """A setting that is on or off. A part read with ``all`` prints its defaults, so that what is absent is off."""
    if printed is not None:
        return Value(printed, "on" if printed else "off")
    if part in config.all_read:
        return Value(False, "off")
    return Value(default, f"{'on' if default else 'off'} (default)")


@dataclass(frozen=True)
class Protected:
    """The traffic an end protects by its configuration; ``doubt`` says why that may not be all of it."""

    pairs: tuple[ProxyIdentities, ...] = ()
    doubt: str = ""


def protected(tunnel: Tunnel, end: End) -> Protected:
    """Whole networks, without protocols and ports, of the crypto access lists; of a dynamic map what its peer names."""
    entry, config = end.map_entry, end.device.config
    if entry is None or config is None:
        return Protected(doubt=f"{end.name} has no crypto map entry for this peer: see peer-address-mismatch")
    other = tunnel.other(end)
    if entry.access_list is None and entry.dynamic_map is not None and other is not None and _listed(other):
        found = protected(tunnel, other)
        return Protected(tuple(each.mirrored() for each in found.pairs), found.doubt)
    if entry.access_list is None and entry.dynamic_map is not None:
        return Protected(doubt=f"{end.name} takes what its peer proposes (dynamic map {entry.dynamic_map})")
    pairs: dict[ProxyIdentities, None] = {}
    doubt = ""
    for each in (entry, *end.more_entries):
        known = config.access_lists.get(each.access_list) if each.access_list is not None else None
        if each.access_list is None:
            doubt = doubt or f"{end.name} matches no access list: see map-entry-incomplete"
        elif each.access_list in config.absent_lists:
            doubt = doubt or f"{end.name} has no access list {each.access_list}: see map-entry-incomplete"
        elif known is None:
            doubt = doubt or f"{end.name}'s access list {each.access_list} was not read"
        else:
            if known.unresolved:
                doubt = doubt or f"{end.name}'s access list {known.name} names what was not read: {known.unresolved[0]}"
            for rule in known.rules:
                if rule.permit and not rule.inactive:
                    pair = ProxyIdentities(Selector(rule.source.network), Selector(rule.destination.network))
                    pairs[pair] = None
    return Protected(tuple(pairs), doubt)


def _listed(end: End) -> bool:
    return end.map_entry is not None and end.map_entry.access_list is not None


def weight(end: End, pair: ProxyIdentities) -> Severity:
    """How much a fault in the way of this traffic matters: what is encrypted all the same is not stopped by it."""
    entries = [
        entry
        for entry in end.ipsec or ()
        if entry.identities.local.network.overlaps(pair.local.network)
        and entry.identities.remote.network.overlaps(pair.remote.network)
    ]
    if any(entry.encaps for entry in entries):
        return Severity.WARNING
    up = any(entry.sas or entry.outbound_spi for entry in entries)
    return Severity.ERROR if up or end.ipsec is None else Severity.CRITICAL


def listed(items: list[str], most: int = 3) -> str:
    """The first of them, and how many more."""
    items = list(dict.fromkeys(items))
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
