# SPDX-License-Identifier: GPL-3.0-or-later
"""One end at a time: what its own crypto map entry says, whoever the peer is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import addresses, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule


@dataclass(frozen=True)
class Said:
    """What a rule says of one end. Without a severity that end is healthy.

    The words are a whole sentence of an end that is ``unknown``, or to which the rule does not apply (``elsewhere``
    says which rule tells of it).
    """

    words: str
    severity: Severity | None = None
    unknown: bool = False
    elsewhere: bool = False
    fix: tuple[Fix, ...] = ()
    evidence: tuple[str, ...] = ()


Examine = Callable[[End, Config, CryptoMapEntry], Said]


def judge_ends(rule: Rule, tunnel: Tunnel, subject: str, examine: Examine) -> Iterator[Finding]:
    """Judge each end that has a static crypto map entry; the worst of them sets the severity.

    An end that was not read, or whose part was not, is ``unknown`` beside what the other end says.
    """
    unknown = unread_config(rule, tunnel, subject)
    reasons = [reason for end in tunnel.ends if (reason := without_entry(end))]
    judged: list[tuple[End, Said]] = []
    for end in tunnel.ends:
        if end.device.config is None or end.map_entry is None or without_entry(end):
            continue
        said = examine(end, end.device.config, end.map_entry)
        if said.elsewhere:
            reasons.append(said.words)
        elif said.unknown:
            unknown.append(rule.unknown(tunnel, subject, said.words, where=str(end.map_entry)))
        else:
            judged.append((end, said))
    words = " ".join(f"{end.name}: {said.words}" for end, said in judged)
    failing = [(end, said) for end, said in judged if said.severity is not None]
    yield from unknown
    if failing:
        yield rule.fails(
            tunnel,
            subject,
            words,
            where=str(failing[0][0].map_entry),
            severity=max(said.severity for _, said in failing if said.severity is not None),
            evidence=[line for _, said in failing for line in said.evidence],
            fix=[fix for _, said in failing for fix in said.fix],
        )
    elif judged and not unknown:
        yield rule.passes(tunnel, subject, words, where=str(judged[0][0].map_entry))
    elif not judged and not unknown:
        yield rule.not_applicable(tunnel, subject, reasons[0])


def without_entry(end: End) -> str:
    """Why an end has no static crypto map entry to judge, or nothing."""
    entry = end.map_entry
    if entry is None:
        return f"{end.name} has no crypto map entry for this peer: see peer-address-mismatch"
    if entry.tunnel_interface is not None:
        return virtual(end)
    if entry.dynamic_map is not None:
        return f"{end.name} takes what its peer proposes (dynamic map {entry.dynamic_map})"
    return ""


def virtual(end: End) -> str:
    """The sentence on an end whose tunnel is an interface, or nothing."""
    entry = end.map_entry
    if entry is None or entry.tunnel_interface is None:
        return ""
    lacks = "no crypto map and no access list" if entry.access_list is None else "no crypto map"
    return f"{end.name}'s {entry.tunnel_interface} takes what is routed to it: it has {lacks}"


def own_entries(end: End) -> tuple[CryptoMapEntry, ...]:
    """The static entries of this end that name the peer."""
    entries = (end.map_entry, *end.more_entries)
    return tuple(entry for entry in entries if entry is not None and entry.dynamic_map is None)


def reachable(end: End) -> tuple[Address, ...]:
    """Where peers may find this end; for a tunnel interface that is the interface it takes its source from."""
    entry, config = end.map_entry, end.device.config
    if entry is not None and entry.tunnel_interface is not None and config is not None:
        names = (entry.tunnel_interface, entry.map)
        sources = [each.tunnel_source for each in config.interfaces if each.name in names or each.nameif in names]
        found = [
            interface.address
            for source in sources
            if source is not None and (interface := config.interface(source)) is not None
            if interface.address is not None
        ]
        return tuple(dict.fromkeys([*end.device.public_addresses, *found]))
    return addresses(end) or ((end.address,) if end.address is not None else ())


def names_other(end: End, other: End) -> bool:
    """Whether one of this end's peers is an address of the other: the first or a backup.

    The SAs of now do not count: they may be older than the peer that the entry names.
    """
    there = reachable(other)
    known = end.device.config.names if end.device.config is not None else {}
    peers = {known.get(peer, peer) if isinstance(peer, str) else peer for e in own_entries(end) for peer in e.peers}
    nameless = not peers or any(isinstance(peer, str) for peer in peers)
    return not peers.isdisjoint(there) or (nameless and end.peer_address in there)


def retyped(entry: CryptoMapEntry, sequence: int | None = None) -> tuple[str, ...]:
    """The lines that take an entry away and type it again, at another sequence if one is given."""
    typed = [line for line in entry.lines if line.split()[:1] == ["crypto"]]
    old = f"crypto map {entry.map} {entry.sequence} "
    new = old if sequence is None else f"crypto map {entry.map} {sequence} "
    return tuple([f"no {line}" for line in typed] + [line.replace(old, new, 1) for line in typed])
